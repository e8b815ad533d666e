package terminal

import (
	"reflect"
	"sync"
	"time"
	"unsafe"

	tea "charm.land/bubbletea/v2"
)

// Run runs a program as tea.Program.Run does, and lets the clock by which it draws stand still while nothing changes.
func Run(model tea.Model, options ...tea.ProgramOption) error {
	r := &rest{}
	program := tea.NewProgram(resting{model, r}, options...)
	r.find = func() *time.Ticker { return clock(program) }
	_, err := program.Run()
	return err
}

const (
	atOnce   = time.Millisecond       // until the first look after a rest
	frame    = time.Second / 60       // between two looks of Bubble Tea at what is to be drawn
	restless = 250 * time.Millisecond // how long it goes on looking after a change
	lastLook = 2 * time.Second        // when it looks once more, should it have been kept from looking
)

// rest stops the clock of a program, which would tick 60 times a second for good.
type rest struct {
	find  func() *time.Ticker
	clock *time.Ticker
	timer *time.Timer

	mu    sync.Mutex // the timer has a goroutine of its own
	pace  pace
	until time.Time // when the clock may slow down
}

// pace is how the clock ticks.
type pace int

const (
	still   pace = iota
	waking       // at once, for the first tick
	running      // frame by frame
	slowing      // one more tick
)

// changed sees to it that what has just been shown is drawn. It is called by the goroutine that started the clock.
func (r *rest) changed() {
	if r.clock == nil {
		if r.clock = r.find(); r.clock == nil {
			return
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.until = time.Now().Add(restless)
	if r.pace == waking || r.pace == running {
		return
	}
	r.pace = waking
	r.clock.Reset(atOnce)
	if r.timer == nil {
		r.timer = time.AfterFunc(3*atOnce, r.slower)
	} else {
		r.timer.Reset(3 * atOnce)
	}
}

// slower is called when the clock may slow down.
func (r *rest) slower() {
	r.mu.Lock()
	defer r.mu.Unlock()
	left := time.Until(r.until)
	switch {
	case r.pace == waking:
		r.pace = running
		r.clock.Reset(frame)
		r.timer.Reset(left)
	case r.pace == running && left > 0:
		r.timer.Reset(left)
	case r.pace == running:
		r.pace = slowing
		r.clock.Reset(lastLook)
		r.timer.Reset(lastLook + lastLook/2)
	default:
		r.pace = still
		r.clock.Stop()
	}
}

// clock is the ticker of p. Bubble Tea has no word for it; where it calls it something else one day, it goes on ticking.
func clock(p *tea.Program) *time.Ticker {
	field := reflect.ValueOf(p).Elem().FieldByName("ticker")
	if !field.IsValid() || field.Type() != reflect.TypeFor[*time.Ticker]() {
		return nil
	}
	return *(**time.Ticker)(unsafe.Pointer(field.UnsafeAddr()))
}

// resting is a model whose views are drawn although the clock stands still.
type resting struct {
	tea.Model
	*rest
}

func (r resting) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	next, cmd := r.Model.Update(msg)
	return resting{next, r.rest}, cmd
}

func (r resting) View() tea.View {
	view := r.Model.View()
	r.changed()
	return view
}
