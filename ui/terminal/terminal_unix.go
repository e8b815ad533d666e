//go:build linux || darwin

package terminal

import (
	"errors"
	"io"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/sys/unix"
)

// A Terminal is what the program reads keys from and draws on. It is raw from Open to Close.
type Terminal struct {
	in, out *os.File
	cooked  unix.Termios // as it was found
	closing atomic.Bool

	reading   sync.Mutex // the end may overlap a last Read
	assembler assembler
	asking    sync.Mutex
	questions questions
}

// Open takes the terminal. It gives nil, and no error, where in is none: Bubble Tea reads by itself then.
func Open(in, out *os.File) (*Terminal, error) {
	mode, err := unix.IoctlGetTermios(int(in.Fd()), getTermios)
	if err != nil {
		return nil, nil
	}
	t := &Terminal{in: in, out: out, cooked: *mode}
	t.assembler.asking = t.waiting
	t.assembler.whole = func(reply []byte) {
		t.asking.Lock()
		defer t.asking.Unlock()
		t.questions.answer(reply, time.Now())
	}
	return t, t.take()
}

// take makes the terminal raw, as cfmakeraw(3) does. Bubble Tea then finds it so, and leaves it so.
func (t *Terminal) take() error {
	raw := t.cooked
	raw.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP | unix.INLCR | unix.IGNCR | unix.ICRNL | unix.IXON
	raw.Oflag &^= unix.OPOST
	raw.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
	raw.Cflag &^= unix.CSIZE | unix.PARENB
	raw.Cflag |= unix.CS8
	raw.Cc[unix.VMIN], raw.Cc[unix.VTIME] = 1, 0
	return unix.IoctlSetTermios(int(t.in.Fd()), setTermios, &raw)
}

// giveBack waits for what the terminal still has to say, throws away what nobody has read and makes the terminal what it was.
func (t *Terminal) giveBack() error {
	t.settle()
	flush(int(t.in.Fd()))
	return unix.IoctlSetTermios(int(t.in.Fd()), setTermios, &t.cooked)
}

// settleTime is how long an end waits for answers.
const settleTime = 200 * time.Millisecond

// settle reads the answers to what has been asked.
func (t *Terminal) settle() {
	t.reading.Lock()
	defer t.reading.Unlock()
	end := time.Now().Add(settleTime)
	var block, whole [buffer]byte
	for now := time.Now(); now.Before(end) && (t.waiting() || t.assembler.waiting(now)); now = time.Now() {
		if !t.ready(end.Sub(now)) {
			continue
		}
		n, err := t.in.Read(block[:])
		if err != nil {
			return
		}
		t.assembler.add(whole[:0], block[:n], time.Now())
	}
}

// waiting says whether the terminal may still answer what it has been asked.
func (t *Terminal) waiting() bool {
	t.asking.Lock()
	defer t.asking.Unlock()
	return t.questions.waiting(time.Now())
}

// Close gives the terminal back.
func (t *Terminal) Close() error {
	if t == nil {
		return nil
	}
	t.closing.Store(true)
	return t.giveBack()
}

// Options make a Bubble Tea program use the terminal. filter takes each of its messages before the program does.
func (t *Terminal) Options(filter func(tea.Model, tea.Msg) tea.Msg) []tea.ProgramOption {
	if t == nil {
		return []tea.ProgramOption{tea.WithFilter(filter)}
	}
	return []tea.ProgramOption{tea.WithInput(input{t}), tea.WithOutput(output{t}), tea.WithFilter(func(m tea.Model, msg tea.Msg) tea.Msg {
		// Bubble Tea would leave the terminal raw while the process stands still.
		if _, ok := msg.(tea.SuspendMsg); ok {
			return tea.Exec(stop{t}, func(error) tea.Msg { return tea.ResumeMsg{} })()
		}
		return filter(m, msg)
	})}
}

// stopTime is how long a process runs at most that is about to be stopped.
const stopTime = 200 * time.Millisecond

// stop is the command that stops the process group until it is continued.
type stop struct{ *Terminal }

func (s stop) Run() error {
	if err := s.giveBack(); err != nil {
		return err
	}
	on := make(chan os.Signal, 1)
	signal.Notify(on, syscall.SIGCONT)
	defer signal.Stop(on)
	err := syscall.Kill(0, syscall.SIGTSTP)
	if err == nil {
		select {
		case <-on:
		case <-time.After(stopTime): // without a shell that could continue it, the system does not stop it
		}
	}
	return errors.Join(err, s.take())
}

func (stop) SetStdin(io.Reader)  {}
func (stop) SetStdout(io.Writer) {}
func (stop) SetStderr(io.Writer) {}

// input is the side that keys come from. Bubble Tea calls Read when there is something.
type input struct{ *Terminal }

const buffer = 512 // bytes that are read at once

// Read gives out what is whole, which may be nothing yet. It waits for what follows an Esc, and in a paste, of which nothing
// is seen before its end.
func (i input) Read(p []byte) (int, error) {
	t := i.Terminal
	t.reading.Lock()
	defer t.reading.Unlock()
	if len(p) < longest+growth {
		return 0, io.ErrShortBuffer
	}
	var block [buffer]byte
	for out := p[:0]; ; {
		room := (len(p) - len(out) - longest) / growth
		if room < 1 {
			return len(out), nil
		}
		n, err := t.in.Read(block[:min(room, buffer)])
		out = t.assembler.add(out, block[:n], time.Now())
		if err != nil {
			return len(out), err
		}
		due, ok := t.assembler.deadline()
		for ; ok && !t.ready(time.Until(due)); due, ok = t.assembler.deadline() {
			switch {
			case t.closing.Load():
				return len(out), nil
			case !time.Now().Before(due):
				out = t.assembler.expire(out)
			}
		}
		if !ok {
			return len(out), nil
		}
	}
}

func (i input) Write(p []byte) (int, error) { return i.in.Write(p) }
func (i input) Close() error                { return nil }
func (i input) Fd() uintptr                 { return i.in.Fd() }
func (i input) Name() string                { return i.in.Name() }

// slice is the longest wait that an end has to wait for.
const slice = 100 * time.Millisecond

// ready waits until there is something to read, for a slice at most.
func (t *Terminal) ready(wait time.Duration) bool {
	fd := int(t.in.Fd())
	var set unix.FdSet
	set.Set(fd)
	left := unix.NsecToTimeval(int64(min(max(wait, 0), slice)))
	n, err := unix.Select(fd+1, &set, nil, nil, &left)
	return err == nil && n > 0
}

// output is the side that is drawn on.
type output struct{ *Terminal }

func (o output) Write(p []byte) (int, error) {
	o.asking.Lock()
	o.questions.ask(p, time.Now())
	o.asking.Unlock()
	return o.out.Write(p)
}

func (o output) Read(p []byte) (int, error) { return o.out.Read(p) }
func (o output) Close() error               { return nil }
func (o output) Fd() uintptr                { return o.out.Fd() }

// Run implements tea.ExecCommand. Bubble Tea alone would leave the terminal raw.
func (l *lent) Run() error {
	from, ok := l.from.(input)
	if !ok {
		return l.run(l.in, l.out)
	}
	if err := from.giveBack(); err != nil {
		return err
	}
	return errors.Join(l.run(from.in, from.out), from.take())
}
