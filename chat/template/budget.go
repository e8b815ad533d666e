package template

import (
	"errors"
	"strings"
	"time"

	"github.com/nikolalohinski/gonja/v2/exec"
)

// What a template may use up in one run. A conversation that fills the context of a model needs a small part of it. Steps
// are rounds of loops, assignments, operators, and calls; the bounds of values hold down what one of them can do.
const (
	mostSteps  = 100_000
	mostOutput = 1 << 20 // bytes
	mostTime   = time.Second
	mostText   = 128 << 10 // bytes of a value, all texts in it together
	mostItems  = 4096      // of a value, lists within lists counted
	mostRange  = 1000      // numbers of a range
	mostDepth  = 50        // lists within lists
)

var (
	errSteps  = errors.New("it takes too many steps")
	errTime   = errors.New("it takes too long")
	errOutput = errors.New("it writes too much")
	errValue  = errors.New("it makes a value that is too large")
)

// budgetName is where a run's budget is in its context. No template can write it.
const budgetName = "\x00budget"

// budget is what a run has left, and where it writes to.
type budget struct {
	steps  int
	ends   time.Time
	now    time.Time
	out    strings.Builder
	failed error // why the run has to end; jinja2 ends at the first error, and gonja does not at every one
}

func newBudget(now time.Time) *budget {
	return &budget{steps: mostSteps, ends: time.Now().Add(mostTime), now: now}
}

// budgetOf returns the budget of the run that an evaluator belongs to.
func budgetOf(context *exec.Context) *budget {
	value, _ := context.Get(budgetName)
	return value.(*budget) // Render puts it there
}

// step takes one step.
func (b *budget) step() error {
	b.steps--
	switch {
	case b.steps < 0:
		return b.fail(errSteps)
	case b.steps%64 == 0 && time.Now().After(b.ends):
		return b.fail(errTime)
	}
	return b.failed
}

// fail ends the run, where nothing has ended it yet.
func (b *budget) fail(err error) error {
	if b.failed == nil {
		b.failed = err
	}
	return b.failed
}

// hold refuses values that are too large, or nested too deeply, as one that holds itself is.
func (b *budget) hold(value *exec.Value) error {
	text, items := mostText, mostItems
	if !measure(value, &text, &items, mostDepth) {
		return b.fail(errValue)
	}
	return b.failed
}

// measure takes what a value needs from text and items; it reports false when that is not enough.
func measure(value *exec.Value, text, items *int, depth int) bool {
	*items--
	if depth == 0 || *items < 0 {
		return false
	}
	enough := true
	switch {
	case value == nil || value.IsNil():
	case value.IsString():
		*text -= len(value.String())
		enough = *text >= 0
	case value.IsList(), value.IsDict():
		value.Iterate(func(_, _ int, key, item *exec.Value) bool {
			enough = measure(key, text, items, depth-1) && (item == nil || measure(item, text, items, depth-1))
			return enough
		}, func() {})
	}
	return enough
}

// Write implements io.Writer for the output of the run.
func (b *budget) Write(p []byte) (int, error) {
	if b.out.Len()+len(p) > mostOutput {
		b.fail(errOutput)
	}
	if b.failed != nil {
		return 0, b.failed
	}
	return b.out.Write(p)
}
