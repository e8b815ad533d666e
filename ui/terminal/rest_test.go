package terminal

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
)

// counter shows how often it has been told something.
type counter int

func (c counter) Init() tea.Cmd { return nil }

func (c counter) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := msg.(tea.KeyPressMsg); ok {
		return c + 1, nil
	}
	return c, nil
}

func (c counter) View() tea.View { return tea.NewView(strings.Repeat("x", int(c))) }

// screen is what a program has written.
type screen struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) has(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Contains(s.text.String(), text)
}

// The clock that Bubble Tea draws by is found, whatever it is called one day.
func TestClock(t *testing.T) {
	if clock(tea.NewProgram(counter(0))) != nil {
		t.Error("a program that does not run has a clock")
	}
	r := &rest{}
	model := resting{counter(0), r}
	program := tea.NewProgram(model, tea.WithInput(strings.NewReader("")), tea.WithOutput(&screen{}))
	r.find = func() *time.Ticker { return clock(program) }
	go program.Quit()
	if _, err := program.Run(); err != nil {
		t.Fatal(err)
	}
	if r.clock == nil {
		t.Error("the clock of Bubble Tea was not found: it ticks 60 times a second now")
	}
}

// After a change the clock ticks for a while, at once at first, and then stands still; another change starts it again.
func TestRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ticker := time.NewTicker(frame)
		r := &rest{find: func() *time.Ticker { return ticker }}
		ticks := func(d time.Duration) (n int) {
			for end := time.After(d); ; {
				select {
				case <-ticker.C:
					n++
				case <-end:
					return n
				}
			}
		}
		for range 3 {
			r.changed()
			if n := ticks(2 * time.Millisecond); n == 0 {
				t.Error("what has changed after a rest is not drawn at once")
			}
			if n := ticks(200 * time.Millisecond); n < 10 {
				t.Errorf("%d ticks in the 200 ms after a change", n)
			}
			ticks(5 * time.Second)
			if n := ticks(time.Hour); n > 0 {
				t.Errorf("%d ticks in an hour without a change", n)
			}
		}
		for range 100 { // changes that come and come
			r.changed()
			if n := ticks(100 * time.Millisecond); n < 5 {
				t.Fatalf("%d ticks in 100 ms of changes", n)
			}
		}
		ticks(5 * time.Second)
	})
}

// What is shown after a rest is drawn.
func TestDrawnAfterARest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &screen{}
		r := &rest{}
		program := tea.NewProgram(resting{counter(0), r}, tea.WithInput(nil), tea.WithOutput(out), tea.WithWindowSize(20, 2))
		r.find = func() *time.Ticker { return clock(program) }
		done := make(chan error)
		go func() {
			_, err := program.Run()
			done <- err
		}()
		for range 3 {
			time.Sleep(time.Minute)
			program.Send(tea.KeyPressMsg{Code: 'x', Text: "x"})
		}
		time.Sleep(100 * time.Millisecond)
		if !out.has("x") {
			t.Errorf("nothing was drawn: %q", out.text.String())
		}
		program.Quit()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
