//go:build linux || darwin

package ptytest

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// Options say how a program is started.
type Options struct {
	Path          string   // of the program; "" for inkling, as TestMain has put it into PATH
	Args          []string // without the program's name
	Home          string   // the folder with all that it keeps; "" for one of its own
	Dir           string   // where it runs; "" for Home
	Env           []string // NAME=value, besides PATH, the terminal's and those that name folders
	Width, Height int      // 0: 80 and 24
	Terminal      Terminal // the zero value is Silent

	Held  bool          // whether the terminal answers nothing before Answer
	Delay time.Duration // before an answer of the terminal
	Piece int           // bytes of an answer that arrive at once, 0: all
	Gap   time.Duration // between two pieces
}

// patience is how long a test waits for what has to happen.
const patience = 20 * time.Second

// A Program runs on a terminal until it ends or its test does.
type Program struct {
	t       testing.TB
	o       Options
	cmd     *exec.Cmd
	master  *os.File
	slave   *os.File // kept open, so that what is left unread stays
	waiting sync.WaitGroup
	answers answers

	input chan input
	done  chan struct{} // closed with the test
	ended chan struct{} // closed when the program has ended and all that it wrote is on the screen

	mu      sync.Mutex
	screen  *vt.Emulator
	output  bytes.Buffer
	changed chan struct{} // closed when the screen changes
}

// answers are what the terminal says to the program's questions.
type answers struct {
	may    chan struct{}  // closed when it may
	last   chan struct{}  // closed when the last one is sent, nil before the first
	coming sync.WaitGroup // those that are under way
	asked  int            // bytes of the output that have been searched for questions
}

// input is what somebody sends to the program: size bytes at a time, with gaps.
type input struct {
	text string
	size int
	gap  time.Duration
	sent chan struct{}
}

// Start runs a program.
func Start(t testing.TB, o Options) *Program {
	t.Helper()
	if o.Path == "" {
		o.Path = "inkling"
	}
	if o.Home == "" {
		o.Home = t.TempDir()
	}
	if o.Dir == "" {
		o.Dir = o.Home
	}
	if o.Width == 0 {
		o.Width, o.Height = 80, 24
	}
	if o.Terminal.Name == "" {
		o.Terminal = Silent
	}
	p := &Program{t: t, o: o, input: make(chan input), answers: answers{may: make(chan struct{})}, done: make(chan struct{}), ended: make(chan struct{}),
		screen: vt.NewEmulator(o.Width, o.Height), changed: make(chan struct{})}
	if !o.Held {
		close(p.answers.may)
	}
	var err error
	if p.master, p.slave, err = pty.Open(); err != nil {
		t.Fatal(err)
	}
	p.Resize(o.Width, o.Height)
	p.cmd = exec.Command(o.Path, o.Args...)
	p.cmd.Dir = o.Dir
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = p.slave, p.slave, p.slave
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	p.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir(), "HOME=" + o.Home}
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"} {
		p.cmd.Env = append(p.cmd.Env, name+"="+filepath.Join(o.Home, name))
	}
	p.cmd.Env = append(append(p.cmd.Env, o.Terminal.Env...), o.Env...)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.stop)
	// The emulator has answers of its own, which nobody wants.
	go func() { _, _ = io.Copy(io.Discard, p.screen) }()
	p.waiting.Go(p.write)
	p.waiting.Go(p.read)
	go func() {
		_ = p.cmd.Wait()
		_, _ = p.slave.WriteString(mark) // after everything that the program has written
	}()
	return p
}

// mark ends the output of a program. It is a control string that terminals do not show (APC).
const mark = "\x1b_ptytest: the end\x1b\\"

// stop ends what the test has left.
func (p *Program) stop() {
	_ = p.cmd.Process.Kill() // an error where it has ended
	<-p.ended
	close(p.done)
	_ = p.slave.Close() // the last one: reading from the master ends
	p.waiting.Wait()
	_ = p.master.Close()
	_ = p.screen.InputPipe().(io.Closer).Close()
}

// read shows what the program writes and answers its questions. It goes on after the end of the program, with what the
// terminal echoes.
func (p *Program) read() {
	var block [4096]byte
	ended := false
	for {
		n, err := p.master.Read(block[:])
		p.mu.Lock()
		p.output.Write(block[:n])
		_, _ = p.screen.Write(block[:n])
		p.answer()
		close(p.changed)
		p.changed = make(chan struct{})
		over := err != nil || bytes.Contains(p.output.Bytes()[max(p.output.Len()-n-len(mark), 0):], []byte(mark))
		p.mu.Unlock()
		if over && !ended {
			ended = true
			close(p.ended)
		}
		if err != nil {
			return
		}
	}
}

// answer sends the terminal's answers to the questions in what has been written since the last call.
func (p *Program) answer() {
	for {
		fresh := p.output.Bytes()[p.answers.asked:]
		at, question := len(fresh), ""
		for q := range p.o.Terminal.Answers {
			if i := bytes.Index(fresh, []byte(q)); i >= 0 && i < at {
				at, question = i, q
			}
		}
		if question == "" {
			return
		}
		p.answers.asked += at + len(question)
		reply := p.o.Terminal.Answers[question]
		in := input{text: reply, size: p.o.Piece, gap: p.o.Gap, sent: make(chan struct{})}
		before, answered := p.answers.last, make(chan struct{})
		p.answers.last = answered
		p.answers.coming.Add(1)
		p.waiting.Go(func() {
			defer p.answers.coming.Done()
			defer close(answered)
			select {
			case <-p.answers.may:
			case <-p.done:
				return
			}
			timer := time.NewTimer(p.o.Delay)
			defer timer.Stop()
			select {
			case <-timer.C:
				if before != nil {
					<-before // a terminal answers in order
				}
				p.deliver(in)
			case <-p.done:
			}
		})
	}
}

// write sends what comes through input, one after the other, as a line does.
func (p *Program) write() {
	for {
		select {
		case in := <-p.input:
			p.feed(in)
			close(in.sent)
		case <-p.done:
			return
		}
	}
}

func (p *Program) feed(in input) {
	size := in.size
	if size == 0 {
		size = len(in.text)
	}
	for text := in.text; text != ""; {
		n := min(size, len(text))
		if _, err := p.master.WriteString(text[:n]); err != nil {
			return // the terminal is gone
		}
		if text = text[n:]; text == "" {
			return
		}
		select {
		case <-time.After(in.gap):
		case <-p.done:
			return
		}
	}
}

// deliver puts something on the line and waits until it is sent.
func (p *Program) deliver(in input) {
	select {
	case p.input <- in:
	case <-p.done:
		return
	}
	select {
	case <-in.sent:
	case <-p.done:
	}
}

// Type sends bytes at once: keys, a paste, a terminal's reply. It returns when they are sent.
func (p *Program) Type(text string) { p.TypeSlowly(text, len(text), 0) }

// TypeSlowly sends bytes in pieces of that size, with a gap between them.
func (p *Program) TypeSlowly(text string, size int, gap time.Duration) {
	p.deliver(input{text: text, size: size, gap: gap, sent: make(chan struct{})})
}

// Answer lets a terminal that is held answer.
func (p *Program) Answer() { close(p.answers.may) }

// Answered waits until the terminal has answered all that it has been asked so far.
func (p *Program) Answered() { p.answers.coming.Wait() }

// hand is the pause that a hand makes before a key. Keys that come sooner are a paste.
const hand = 30 * time.Millisecond

// Press sends a key as a hand does.
func (p *Program) Press(key string) {
	time.Sleep(hand)
	p.Type(key)
}

// Say types a line that fits on one of the screen, and Enter.
func (p *Program) Say(line string) {
	p.t.Helper()
	p.Type(line)
	p.Shows(line)
	p.Press("\r")
}

// Resize changes the size of the terminal.
func (p *Program) Resize(width, height int) {
	p.t.Helper()
	p.mu.Lock()
	p.screen.Resize(width, height)
	p.mu.Unlock()
	if err := pty.Setsize(p.master, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}); err != nil {
		p.t.Fatal(err)
	}
}

// Signal sends a signal to the program.
func (p *Program) Signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// Pid is the number of the program's process.
func (p *Program) Pid() int { return p.cmd.Process.Pid }

// Output is everything that the program has written, as it wrote it, and after its end what the terminal echoed.
func (p *Program) Output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Replace(p.output.String(), mark, "", 1)
}

// Ends waits for the end of the program and returns its status: the one that it gave, or, as shells have it, 128 and the
// number of the signal that ended it.
func (p *Program) Ends() int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.t.Fatalf("the program did not end:\n%s", p.Screen())
	}
	status := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}

// Cooked says whether the terminal takes lines and echoes them, as shells expect to find it.
func (p *Program) Cooked() bool {
	p.t.Helper()
	mode, err := unix.IoctlGetTermios(int(p.slave.Fd()), getTermios)
	if err != nil {
		p.t.Fatal(err)
	}
	return mode.Lflag&unix.ICANON != 0 && mode.Lflag&unix.ECHO != 0 && mode.Oflag&unix.OPOST != 0
}

// Unread returns what has been sent to the program and was not read when it ended: a shell would find it on its command
// line.
func (p *Program) Unread() string {
	p.t.Helper()
	p.Ends()
	fd := int(p.slave.Fd())
	mode, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		p.t.Fatal(err)
	}
	mode.Lflag &^= unix.ICANON | unix.ECHO
	mode.Cc[unix.VMIN], mode.Cc[unix.VTIME] = 0, 0
	if err := unix.IoctlSetTermios(fd, setTermios, mode); err != nil {
		p.t.Fatal(err)
	}
	var all []byte
	var block [4096]byte
	for {
		n, err := unix.Read(fd, block[:])
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if n <= 0 || err != nil {
			return string(all)
		}
		all = append(all, block[:n]...)
	}
}
