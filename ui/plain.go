package ui

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/ui/safe"
)

// RunPlain is Run for terminals that cannot move a cursor, and for screen readers: it reads lines from in, writes lines
// to out, and never rewrites what it has written. Keys of the chat do not exist in it, all commands do.
func RunPlain(ctx context.Context, o Options, in io.Reader, out io.Writer) error {
	ctx, stop := signal.NotifyContext(ctx, endSignals()...)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)

	t := &teletype{program: newProgram(ctx, o, chat.NewJournal(o.Store)), out: bufio.NewWriter(out), msgs: make(chan tea.Msg)}
	t.screenless = true
	t.run(ctx, t.program.Init())
	t.loop(ctx, lines(ctx, in), interrupts)
	cancel()
	return t.program.close(nil)
}

// pullSteps is the time between two lines about a pull.
const pullSteps = 5 * time.Second

// teletype shows a program as a stream of lines.
type teletype struct {
	*program
	out     *bufio.Writer
	msgs    chan tea.Msg
	pending int // commands whose message has not come
	quit    bool

	turn    *chat.Turn // the reply that is being shown
	printed int        // bytes of its text that are out
	ended   bool       // its footer is out
	asked   bool       // the prompt is on the screen
}

func (t *teletype) loop(ctx context.Context, input <-chan string, interrupts <-chan os.Signal) {
	for {
		ready := t.pending == 0 && t.reply == nil
		t.show(ready)
		if t.quit || t.out.Flush() != nil {
			return
		}
		from := input
		if !ready {
			from = nil
		}
		select {
		case <-ctx.Done():
			return
		case msg := <-t.msgs:
			t.pending--
			t.update(ctx, msg)
		case <-interrupts:
			switch {
			case t.reply != nil:
				t.reply.cancel()
			case t.pull != nil:
				t.stopPull()
			default:
				return
			}
		case line, ok := <-from:
			if !ok {
				return
			}
			t.asked = false
			t.composer.set(line)
			t.run(ctx, t.enter())
		}
	}
}

func (t *teletype) update(ctx context.Context, msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.QuitMsg:
		t.quit = true
	case tea.BatchMsg:
		for _, cmd := range msg {
			t.run(ctx, cmd)
		}
	default:
		_, cmd := guard{program: t.program}.Update(msg)
		t.run(ctx, cmd)
	}
}

// run runs a command as Bubble Tea does; the message that it gives, nil too, comes through msgs.
func (t *teletype) run(ctx context.Context, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	t.pending++
	go func() {
		msg := guarded(cmd)()
		select {
		case t.msgs <- msg:
		case <-ctx.Done():
		}
	}()
}

// show prints what is new: the reply as far as it has come, notices, panels, and the prompt when a line is wanted.
func (t *teletype) show(ready bool) {
	if leaf := t.conv.Leaf(); leaf != t.turn {
		t.turn, t.printed, t.ended = leaf, 0, leaf != nil && leaf.Role == chat.User
	}
	if t.turn != nil && !t.ended {
		text := safe.Text(t.turn.Text)
		if len(text) > t.printed {
			t.out.WriteString(text[t.printed:])
			t.printed = len(text)
		}
		if t.turn.State != chat.Writing {
			fmt.Fprintf(t.out, "\n[%s]\n", t.footer(t.turn))
			t.ended = true
		}
	}
	switch panel := t.panel.(type) {
	case *textPanel:
		fmt.Fprintf(t.out, "%s\n\n%s\n", panel.title, ansi.Strip(strings.Join(panel.rows(80), "\n")))
	case *sessionsPanel:
		for _, c := range panel.all {
			fmt.Fprintf(t.out, "%s (%d turns)\n", safe.Line(c.Title), c.Turns)
		}
	case *modelsPanel:
		t.out.WriteString(panel.text())
	}
	t.panel = nil
	if t.notice.text != "" {
		fmt.Fprintf(t.out, "* %s\n", safe.Line(t.notice.text))
		t.notice = notice{}
	}
	if l := t.pull; l != nil && t.now().Sub(l.told) >= pullSteps {
		l.told = t.now()
		fmt.Fprintf(t.out, "* %s: %s\n", safe.Line(l.name), l.shown)
	}
	if ready && !t.asked {
		t.asked = true
		t.out.WriteString("> ")
	}
}

// lines yields the lines of r until it ends.
func lines(ctx context.Context, r io.Reader) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		reader := bufio.NewReader(r)
		for {
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
	return out
}
