package template

import (
	"errors"
	"strings"
	"time"
)

// What a template may use up in one run. A conversation that fills the context of a model needs a small part of it. Steps are
// rounds of loops, assignments, operators and calls. Work is what these touch: the bytes of texts, and more for each item of a
// list and each node of the program, so that it stands for time; a run that is up to its bound takes some tenths of a second.
const (
	mostSteps  = 100_000
	mostWork   = 16 << 20
	mostOutput = 1 << 20   // bytes
	mostText   = 128 << 10 // bytes of a value, all texts in it together
	mostItems  = 4096      // of a value, lists within lists counted
	mostRange  = 1000      // numbers of a range
	mostDepth  = 50        // lists within lists

	workOfByte = 2
	workOfItem = 16
	workOfNode = 16
)

var (
	errSteps  = errors.New("it takes too many steps")
	errOutput = errors.New("it writes too much")
	errValue  = errors.New("it makes a value that is too large")
)

// run is one of a template: what it has left, and where it writes to.
type run struct {
	steps int
	work  int
	now   time.Time
	out   *strings.Builder
	most  int   // bytes of out
	full  error // of more
}

func newRun(now time.Time) *run {
	return &run{steps: mostSteps, work: mostWork, now: now, out: &strings.Builder{}, most: mostOutput, full: errOutput}
}

// step takes one step.
func (r *run) step() error {
	r.steps--
	return r.use(0)
}

// use takes some work.
func (r *run) use(work int) error {
	r.work -= work
	if r.steps < 0 || r.work < 0 {
		return errSteps
	}
	return nil
}

// read takes the work of going through a value, not through those within it.
func (r *run) read(v value) error {
	switch x := v.data.(type) {
	case string:
		return r.use(workOfByte * len(x))
	case list, tuple, *dict, *space:
		return r.use(workOfItem * v.size())
	}
	return nil
}

// hold refuses values that are too large, or nested too deeply, as one that holds itself is.
func (r *run) hold(v value) error {
	text, items := mostText, mostItems
	enough := measure(v, &text, &items, mostDepth)
	if err := r.use(workOfByte*len(v.text()) + workOfItem*(mostItems-max(items, 0))); err != nil {
		return err
	}
	if !enough {
		return errValue
	}
	return nil
}

// measure takes what a value needs from text and items; it reports false when that is not enough.
func measure(v value, text, items *int, depth int) bool {
	*items--
	if depth == 0 || *items < 0 {
		return false
	}
	switch x := v.data.(type) {
	case string:
		*text -= len(x)
		return *text >= 0
	case list, tuple:
		for _, item := range v.items() {
			if !measure(item, text, items, depth-1) {
				return false
			}
		}
	case *dict, *space:
		if v.size() > *items {
			return false
		}
		for _, p := range v.pairs() {
			if !measure(p.key, text, items, depth-1) || !measure(p.value, text, items, depth-1) {
				return false
			}
		}
	}
	return true
}

// write writes to the output of the run.
func (r *run) write(text string) error {
	if r.out.Len()+len(text) > r.most {
		return r.full
	}
	r.out.WriteString(text)
	return r.use(len(text))
}

// capture runs f and returns what it writes.
func (r *run) capture(f func() error) (string, error) {
	out, most, full := r.out, r.most, r.full
	r.out, r.most, r.full = &strings.Builder{}, mostText, errValue
	err := f()
	text := r.out.String()
	r.out, r.most, r.full = out, most, full
	return text, err
}

// equal compares two values as Python does.
func (r *run) equal(a, b value) (bool, error) {
	if err := r.use(workOfNode); err != nil {
		return false, err
	}
	switch {
	case a.isInteger() && b.isInteger():
		return a.data == b.data, nil
	case isNumber(a) && isNumber(b):
		return a.float() == b.float(), nil
	case a.isNil() || b.isNil():
		return a.isNil() && a.data == b.data, nil
	case a.isString() && b.isString():
		x, y := a.text(), b.text()
		return x == y, r.use(min(len(x), len(y)))
	case a.isList() && b.isList():
		x, y := a.items(), b.items()
		if len(x) != len(y) {
			return false, nil
		}
		for i := range x {
			if same, err := r.equal(x[i], y[i]); !same || err != nil {
				return false, err
			}
		}
		return true, nil
	case a.isDict() && b.isDict():
		if err := r.use(4 * workOfItem * (a.size() + b.size())); err != nil { // they are put in order first
			return false, err
		}
		return r.equalDicts(a.pairs(), b.pairs())
	}
	if x, ok := a.data.(*loop); ok {
		y, _ := b.data.(*loop)
		return x == y, nil
	}
	return false, nil
}

// equalDicts compares dictionaries, whose order does not matter.
func (r *run) equalDicts(a, b []pair) (bool, error) {
	if len(a) != len(b) {
		return false, nil
	}
	for _, p := range a {
		other, found, err := r.look(b, p.key)
		if !found || err != nil {
			return false, err
		}
		if same, err := r.equal(p.value, other); !same || err != nil {
			return false, err
		}
	}
	return true, nil
}

// look finds the value of a key.
func (r *run) look(pairs []pair, key value) (found value, ok bool, err error) {
	for _, p := range pairs {
		if same, err := r.equal(p.key, key); same || err != nil {
			return p.value, err == nil, err
		}
	}
	return undefined(), false, nil
}
