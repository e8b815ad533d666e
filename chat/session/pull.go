package session

import (
	"context"
	"errors"
	"time"

	"inkling/engine/hub"
)

// Progress is how far a download is.
type Progress = hub.Progress

// A Download is a model that is being fetched, beside the chat.
type Download struct {
	Name     string
	Progress Progress

	cancel context.CancelFunc
	ended  chan struct{} // closed when nothing of it goes on any more
	latest chan Progress // what has not been shown yet; room for one
}

// progressed brings how far a download is.
type progressed struct {
	download *Download
	progress Progress
}

// downloaded says that a download has ended.
type downloaded struct {
	download *Download
	err      error
}

func (progressed) event() {}
func (downloaded) event() {}

// startDownload fetches the model of that name, which is opened then.
func (s *Slot) startDownload(name string) []Work {
	ctx, cancel := context.WithCancel(s.ctx)
	d := &Download{Name: name, cancel: cancel, ended: make(chan struct{}), latest: make(chan Progress, 1)}
	s.download = d
	fetch := Work{do: func(context.Context) Event {
		defer close(d.ended)
		return downloaded{d, s.Pull(ctx, name, d.report)}
	}}
	return []Work{fetch, {do: d.next}}
}

// report takes the progress from whoever fetches: one goroutine, which never waits here.
func (d *Download) report(now Progress) {
	select {
	case <-d.latest:
	default:
	}
	d.latest <- now
}

// Line is what there is to tell of a download besides its figures.
func (d *Download) Line() string { return d.Name + ": " + d.Progress.Doing() + "; Esc stops it" }

// next waits for progress. One next is out at a time.
func (d *Download) next(context.Context) Event {
	select {
	case now := <-d.latest:
		return progressed{d, now}
	case <-d.ended:
		return nil
	}
}

// downloaded opens the model that has arrived, or tells why it has not. One that is not wanted any more is left as it is.
func (s *Slot) downloaded(e downloaded) []Work {
	e.download.cancel()
	if e.download != s.download {
		return nil
	}
	s.download = nil
	if e.err == nil {
		return []Work{s.open(e.download.Name, fetched)}
	}
	text := e.download.Name + " could not be downloaded: " + e.err.Error()
	if errors.Is(e.err, hub.ErrNotFound) {
		text += " (and no folder here has that name)"
	}
	s.problem(text)
	return nil
}

// StopDownload ends the download, if there is one; what has arrived stays for the next one.
func (s *Slot) StopDownload() {
	d := s.download
	if d == nil {
		return
	}
	s.endDownload()
	s.say("download of " + d.Name + " stopped; /model " + d.Name + " resumes it")
}

func (s *Slot) endDownload() {
	s.download.cancel()
	s.ending = append(s.ending, s.download.ended)
	s.download = nil
}

// downloadPatience is how long the end of the program waits for a download to put away what has arrived. What it has not
// put away then is fetched again.
const downloadPatience = 2 * time.Second

// endDownloads waits, at the end of the program, for what goes on of downloads.
func (s *Slot) endDownloads() {
	if s.download != nil {
		s.endDownload()
	}
	patience := time.After(downloadPatience)
	for _, ended := range s.ending {
		select {
		case <-ended:
		case <-patience:
			return
		}
	}
}
