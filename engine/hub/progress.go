package hub

import (
	"sync"
	"sync/atomic"
	"time"
)

// A Phase is what a pull does.
type Phase int

const (
	Asking   Phase = iota // the hub what there is
	Waiting               // for another process that fetches the same file
	Checking              // what is there already
	Fetching              // bytes
)

func (p Phase) String() string {
	return [...]string{"asking", "waiting", "checking", "fetching"}[p]
}

// Progress is how far a pull is.
type Progress struct {
	Phase Phase
	File  string        // that was begun last
	Done  int64         // bytes that are there and right
	Total int64         // bytes that there will be; 0 as long as that is not known
	Rate  float64       // bytes per second from the network, over the last seconds
	Left  time.Duration // until the end at this rate; negative while that cannot be told
}

const (
	progressStep  = 100 * time.Millisecond // between two reports
	progressSteps = 50                     // over which the rate is averaged
)

// A tracker adds up what the parts of a pull do and reports it.
type tracker struct {
	phase    atomic.Int32
	file     atomic.Pointer[string]
	done     atomic.Int64
	total    atomic.Int64
	received atomic.Int64

	report func(Progress)
	quit   chan struct{}
	ended  sync.WaitGroup

	// The receipts at the last steps, the latest last. Only the reporting goroutine uses them.
	receipts []receipt
}

type receipt struct {
	at    time.Time
	bytes int64
}

// newTracker begins to report from a goroutine of its own. report may be nil.
func newTracker(report func(Progress)) *tracker {
	t := &tracker{report: report, quit: make(chan struct{})}
	if report == nil {
		return t
	}
	t.ended.Go(func() {
		ticker := time.NewTicker(progressStep)
		defer ticker.Stop()
		for {
			t.report(t.progress(time.Now()))
			select {
			case <-ticker.C:
			case <-t.quit:
				t.report(t.progress(time.Now()))
				return
			}
		}
	})
	return t
}

// stop reports for the last time.
func (t *tracker) stop() {
	close(t.quit)
	t.ended.Wait()
}

func (t *tracker) begin(phase Phase, file string) {
	t.phase.Store(int32(phase))
	t.file.Store(&file)
}

// found counts bytes that were there already.
func (t *tracker) found(n int64) { t.done.Add(n) }

// fetched counts bytes that came from the network.
func (t *tracker) fetched(n int64) {
	t.received.Add(n)
	t.done.Add(n)
}

// progress is the state of things now.
func (t *tracker) progress(now time.Time) Progress {
	t.receipts = append(t.receipts, receipt{now, t.received.Load()})
	if len(t.receipts) > progressSteps {
		t.receipts = t.receipts[1:]
	}
	p := Progress{Phase: Phase(t.phase.Load()), Done: t.done.Load(), Total: t.total.Load(), Left: -1}
	if file := t.file.Load(); file != nil {
		p.File = *file
	}
	oldest, latest := t.receipts[0], t.receipts[len(t.receipts)-1]
	if elapsed := latest.at.Sub(oldest.at).Seconds(); elapsed > 0 {
		p.Rate = float64(latest.bytes-oldest.bytes) / elapsed
	}
	const longest = 1000 * time.Hour
	if left := float64(p.Total-p.Done) / p.Rate; p.Total > 0 && p.Rate > 0 && left < longest.Seconds() {
		p.Left = time.Duration(left * float64(time.Second))
	}
	return p
}
