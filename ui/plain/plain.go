// Package plain is the chat in lines, for terminals that cannot move a cursor and for screen readers: it never rewrites what
// it has written. Keys of the chat do not exist in it, all commands do.
package plain

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/ui/editor"
	"inkling/ui/safe"
)

// Run reads lines from in and writes what comes of them to out, until the user quits, in or ctx ends, or the program is told
// to stop. It closes the models that it opened, and leaves the store to its owner. A partial reply is kept. The error is one
// line for a person, and a session.Signal where a signal has ended the chat.
func Run(ctx context.Context, o session.Options, in io.Reader, out io.Writer) error {
	t := &teletype{out: bufio.NewWriter(out)}
	if file, ok := in.(*os.File); ok && term.IsTerminal(file.Fd()) {
		t.outside.in = file
		t.outside.out, _ = out.(*os.File)
	}
	return t.chat(ctx, o, in)
}

// chat is Run.
func (t *teletype) chat(ctx context.Context, o session.Options, in io.Reader) (err error) {
	told, stop := session.Signals(ctx)
	defer stop()
	ctx, cancel := context.WithCancel(told)
	defer cancel()
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)

	s, work := session.New(o)
	t.session, t.loop = s, session.NewLoop(ctx, s)
	t.outside.lend = func() (back func()) { return session.Lend(told, interrupts) }
	defer func() {
		if cause := recover(); cause != nil {
			t.err = s.Mistake(cause, debug.Stack())
		}
		cancel()
		saved := s.Close()
		if err = t.err; err == nil {
			err = saved
		}
		err = session.Ended(told, err)
	}()
	t.loop.Do(work)
	wanted, read := lines(ctx, in)
	t.run(ctx, wanted, read, interrupts)
	return nil
}

// downloadSteps is the time between two lines about a download.
const downloadSteps = 5 * time.Second

// teletype shows a session as a stream of lines.
type teletype struct {
	session *session.Session
	loop    *session.Loop
	out     *bufio.Writer
	reading bool // a line is being waited for

	outside outside
	quit    bool
	err     error

	begun    string // lines of a message that goes on
	file     string // text that the next message begins with
	reply    shown
	asked    bool // the prompt is on the screen
	entered  bool // a line has come
	download *session.Download
	told     time.Time // when a line told of the download
}

// shown is how much of a reply is out.
type shown struct {
	turn    *chat.Turn
	thought int  // bytes of how it came about
	printed int  // bytes of its text
	open    bool // its line goes on
	ended   bool // its footer is out
}

// outside is what an editor of the user's needs.
type outside struct {
	in, out *os.File             // the terminal; no in: none can run
	lend    func() (back func()) // see session.Lend
}

// run follows what happens. A line is read only when it is wanted: an editor may read before.
func (t *teletype) run(ctx context.Context, wanted chan<- struct{}, input <-chan string, interrupts <-chan os.Signal) {
	for {
		ready := !t.loop.Busy() && !t.session.Reply.Writing() || t.session.Reply.Ready()
		t.show(ready)
		if t.out.Flush() != nil || t.quit {
			return
		}
		from := input
		if !ready {
			from = nil
		} else if !t.reading {
			t.reading = true
			wanted <- struct{}{}
		}
		select {
		case <-ctx.Done():
			return
		case e := <-t.loop.Events():
			t.loop.Take(e)
		case <-interrupts:
			switch {
			case t.session.Reply.Writing() || t.session.Reply.Waiting():
				t.session.Reply.Stop()
			case t.session.Engine.Download() != nil:
				t.session.Engine.StopDownload()
			default:
				return
			}
		case line, ok := <-from:
			if !ok && strings.Trim(t.begun, "\n\" ") == "" && t.file == "" {
				return
			}
			if !ok && t.begun != "" {
				line = session.Fence // the message ends where the input does
			}
			t.asked, t.reading = false, !ok
			t.enter(line)
		}
	}
}

// enter hands a line to the session, or keeps it where its message goes on.
func (t *teletype) enter(line string) {
	t.entered = true
	if t.begun += line; session.Unfinished(t.begun) {
		t.begun += "\n"
		return
	}
	line, t.begun = t.begun, ""
	if t.file != "" && !session.IsCommand(line) {
		line, t.file = session.Fenced(strings.TrimSpace(t.file+"\n\n"+line)), ""
	}
	work, _ := t.session.Enter(line)
	t.loop.Do(work)
}

// show prints what is new: the reply as far as it has come, what the session says, and the prompt when a line is wanted.
func (t *teletype) show(ready bool) {
	t.showReply()
	var notice session.Notice // the last one counts
	for _, a := range t.session.Answers() {
		switch a := a.(type) {
		case session.Notice:
			if !a.Yields || notice.Words == "" {
				notice = a
			}
		case session.Bell:
			t.out.WriteString("\a")
		case session.Clip:
			notice = session.Notice{Words: "this terminal has no clipboard; /save writes the chat to a file", Problem: true}
		case session.Draft:
			if t.file = ""; a.File != "" {
				t.file = a.Words
				notice = session.Notice{Words: "read " + a.File + "; your next line follows it, an empty one sends it"}
			} else if a.Edits {
				notice = session.Notice{Words: "your next line takes the place of: " + a.Words}
			} else {
				t.offer(a.Words)
			}
		case session.Began:
			if t.entered && t.session.Chat.Conversation().Leaf() == nil {
				notice = session.Notice{Words: "a new chat"}
			}
		case session.Focus:
			if t.out.WriteString(safe.Text(a.Text())); strings.TrimSpace(a.Text()) == "" {
				notice = session.Notice{Words: "nothing is written yet"}
			}
		case session.Editing:
			notice = t.edit(a)
		case session.Help:
			t.out.WriteString(help().Text())
		case session.Sheet:
			t.out.WriteString(a.Clean(safe.Line, safe.Visible).Text())
		case session.Quit:
			t.quit, t.err = true, a.Err
		default:
			t.out.WriteString(safe.Text(a.Text()))
		}
	}
	if notice.Words != "" {
		if t.reply.open {
			t.out.WriteString("\n")
			t.reply.open = false
		}
		fmt.Fprintf(t.out, "* %s\n", safe.Line(notice.Words))
	}
	t.showDownload()
	if ready && !t.asked && !t.quit {
		t.asked = true
		mark := "> "
		if t.session.Reply.Ready() && t.reply.open {
			mark = "\n> "
		}
		if t.begun != "" {
			mark = "... "
		}
		t.out.WriteString(mark)
	}
}

// edit has the user's own editor edit a text, and waits for it. The next message begins with one that was written in it.
func (t *teletype) edit(e session.Editing) (notice session.Notice) {
	if t.outside.in == nil {
		return session.Notice{Words: "an editor needs a terminal as standard input; type the text instead", Problem: true}
	}
	t.out.Flush()
	back := t.outside.lend()
	text, err := editor.Edit(e.Words, e.Name, t.outside.in, t.outside.out)
	back()
	if e.Input && err == nil {
		if t.file = text; strings.TrimSpace(text) != "" {
			notice.Words = "your next line follows what you wrote; an empty one sends it"
		}
		return notice
	}
	t.loop.Do(t.session.Take(e.Done(text, err)))
	return notice
}

// offer lists what goes on a command that waits for more.
func (t *teletype) offer(command string) {
	for _, c := range t.session.Completions(command) {
		fmt.Fprintf(t.out, "%-14s %s\n", safe.Line(c.Line), safe.Line(c.Help))
	}
}

// help lists the commands that do something on such a terminal.
func help() session.Sheet {
	rows := slices.DeleteFunc(session.CommandRows(), func(r session.Row) bool { return strings.HasPrefix(r.Name, "/copy") })
	return session.Sheet{Title: "Commands", Rows: rows}
}

func (t *teletype) showReply() {
	r := &t.reply
	if leaf := t.session.Chat.Conversation().Leaf(); leaf != r.turn {
		if r.turn != nil && !r.ended && r.printed > 0 && r.turn.State != chat.Writing { // another reply began at once
			t.showText()
		}
		*r = shown{turn: leaf, ended: leaf != nil && leaf.Role == chat.User}
	}
	if r.turn == nil || r.ended || t.session.Reply.Choosing() { // candidates are shown when all are there
		return
	}
	t.showText()
}

// showThought prints what is new of how the model comes to the reply, between brackets, as there is no dim text here.
func (t *teletype) showThought(over bool) {
	r := &t.reply
	text := strings.TrimSpace(safe.Text(t.session.Chat.Thought(r.turn)))
	if r.printed > 0 || text == "" {
		return
	}
	if r.thought == 0 {
		t.out.WriteString("[thinking: ")
	}
	if len(text) > r.thought {
		t.out.WriteString(text[r.thought:])
		r.thought, r.open = len(text), true
	}
	if over {
		t.out.WriteString("]\n")
		r.open = false
	}
}

// showText prints what is new of the reply, and its footer when it is finished.
func (t *teletype) showText() {
	r := &t.reply
	t.showThought(r.turn.Text != "" || r.turn.State != chat.Writing)
	text := strings.TrimLeft(safe.Text(r.turn.Text), " ") // a passage of a story may begin with a blank
	if len(text) < r.printed {                            // some of it was taken back
		t.out.WriteString("\n* back to:\n")
		r.printed = 0
	}
	if len(text) > r.printed {
		t.out.WriteString(text[r.printed:])
		r.printed, r.open = len(text), true
	}
	if r.turn.State != chat.Writing {
		if r.open || r.printed == 0 {
			t.out.WriteString("\n")
		}
		if footer := t.session.Chat.Footer(r.turn, true); footer != "" { // no model wrote a reply without one
			fmt.Fprintf(t.out, "[%s]\n", safe.Line(footer))
		}
		r.open, r.ended = false, true
	}
}

func (t *teletype) showDownload() {
	d, now := t.session.Engine.Download(), time.Now()
	if d != t.download {
		t.download, t.told = d, now
	}
	if d != nil && now.Sub(t.told) >= downloadSteps {
		t.told = now
		fmt.Fprintf(t.out, "* %s: %s\n", safe.Line(d.Name), d.Progress)
	}
}

// lines yields the lines of r until it ends, one for each time that one is wanted.
func lines(ctx context.Context, r io.Reader) (wanted chan<- struct{}, read <-chan string) {
	asks, out := make(chan struct{}, 1), make(chan string)
	go func() {
		defer close(out)
		reader := bufio.NewReader(r)
		for {
			select {
			case <-asks:
			case <-ctx.Done():
				return
			}
			line, err := reader.ReadString('\n')
			if line != "" {
				select {
				case out <- strings.TrimRight(line, "\r\n"):
				case <-ctx.Done():
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	return asks, out
}
