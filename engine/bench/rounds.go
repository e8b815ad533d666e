package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A lab measures figures. loadCold opens the model that the others of its format are measured with.
type lab interface {
	// measure returns a figure for a format, "" for a limit. The error is unavailable where there is none.
	measure(ctx context.Context, f figure, weights string) (float64, error)
	// release closes the model in a format.
	release(weights string)
}

// unavailable says why a figure cannot be measured.
type unavailable struct{ reason string }

func (u unavailable) Error() string { return u.reason }

// measured is what a run belongs to. weights is "" for a limit.
type measured struct{ weights, test string }

// rounds is the order in which figures are measured.
type rounds struct {
	weights  []string
	figures  []figure
	count    int      // rounds, after one that warms up
	apart    bool     // one format in memory at a time
	small    []string // formats with a memory limit of their own
	progress func(line string)
}

// run returns the runs of each figure, one for every round, and notes on what was left out. There are more runs of the limits
// where the formats are apart.
func (r *rounds) run(ctx context.Context, l lab) (runs map[measured][]float64, notes []string, err error) {
	runs = map[measured][]float64{}
	var left omissions
	for round := range r.count + 1 {
		for _, s := range r.steps() {
			if err := ctx.Err(); err != nil {
				return nil, nil, err
			}
			of := measured{s.weights, s.figure.test}
			switch {
			case s.release:
				l.release(s.weights)
				continue
			case left.has(of) || round == 0 && s.figure.kind == peakMemory: // a process of its own has no warm-up
				continue
			}
			r.progress(r.describe(round, s))
			value, err := l.measure(ctx, s.figure, s.weights)
			if reason, ok := errors.AsType[unavailable](err); ok {
				left = append(left, omission{of, reason.reason})
				continue
			}
			if err != nil {
				return nil, nil, err
			}
			if round > 0 {
				runs[of] = append(runs[of], value)
			}
		}
	}
	return runs, left.notes(len(r.weights)), nil
}

// An omission is a figure that is left out, and why.
type omission struct {
	measured
	reason string
}

type omissions []omission

func (list omissions) has(of measured) bool {
	return slices.ContainsFunc(list, func(o omission) bool { return o.measured == of })
}

// notes are a line for each test and reason. formats is how many there are in all.
func (list omissions) notes(formats int) []string {
	var lines []string
	for _, first := range list {
		var weights []string
		for _, o := range list {
			if o.test == first.test && o.reason == first.reason {
				weights = append(weights, o.weights)
			}
		}
		line := first.test + " is left out"
		if len(weights) < formats {
			line += " for " + strings.Join(weights, ", ")
		}
		if line += ": " + first.reason; !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// A step of a round measures a figure, or releases a model.
type step struct {
	figure  figure
	weights string
	release bool
}

// steps are those of one round.
func (r *rounds) steps() []step {
	var list []step
	if !r.apart {
		for _, f := range limits {
			list = append(list, step{figure: f})
		}
		for _, w := range r.small {
			list = append(list, step{figure: memoryOf(w), weights: w})
		}
		for _, f := range r.figures {
			for _, w := range r.weights {
				list = append(list, step{figure: f, weights: w})
			}
		}
		return list
	}
	for _, w := range r.weights {
		released := false
		for _, f := range r.figures {
			if f.kind.afterRelease() && !released {
				list = append(list, step{weights: w, release: true})
				released = true
			}
			list = append(list, step{figure: f, weights: w})
			if f.kind == loadCold {
				for _, f := range limits {
					list = append(list, step{figure: f})
				}
				if slices.Contains(r.small, w) {
					list = append(list, step{figure: memoryOf(w), weights: w})
				}
			}
		}
	}
	return list
}

func (r *rounds) describe(round int, s step) string {
	name := "warming up"
	if round > 0 {
		name = fmt.Sprintf("round %d of %d", round, r.count)
	}
	if s.weights == "" {
		return name + ": " + s.figure.test + " limit"
	}
	return name + ": " + s.weights + " " + s.figure.test
}
