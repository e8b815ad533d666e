package bench

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
)

// scriptedLab writes down what it is asked for and gives each figure the number of the request.
type scriptedLab struct {
	log    []string
	answer func(f figure, weights string) error
}

func (l *scriptedLab) measure(_ context.Context, f figure, weights string) (float64, error) {
	l.log = append(l.log, strings.TrimSpace(weights+" "+f.test))
	if l.answer != nil {
		if err := l.answer(f, weights); err != nil {
			return 0, err
		}
	}
	return float64(len(l.log)), nil
}

func (l *scriptedLab) release(weights string) { l.log = append(l.log, weights+" release") }

var someFigures = []figure{
	{test: "load", kind: loadCold},
	{test: "prefill", kind: prefill},
	{test: "cached", kind: loadCached},
	{test: "peak", kind: peakMemory},
}

func newRounds(count int, apart bool) *rounds {
	return &rounds{weights: []string{"q8", "f32"}, figures: someFigures, count: count, apart: apart, progress: func(string) {}}
}

// Within a round the formats take turns at every figure, and the limits are measured beside them.
func TestRoundsInterleave(t *testing.T) {
	var l scriptedLab
	runs, notes, err := newRounds(2, false).run(context.Background(), &l)
	if err != nil || notes != nil {
		t.Fatal(notes, err)
	}
	warm := []string{"memory", "fma", "integer", "q8 load", "f32 load", "q8 prefill", "f32 prefill", "q8 cached", "f32 cached"}
	round := append(slices.Clone(warm), "q8 peak", "f32 peak")
	if want := slices.Concat(warm, round, round); !slices.Equal(l.log, want) {
		t.Errorf("measured\n%q, want\n%q", l.log, want)
	}
	// What was asked for in the first round does not count.
	for of, want := range map[measured][]float64{
		{"", "memory"}:    {10, 21},
		{"q8", "prefill"}: {15, 26},
		{"f32", "peak"}:   {20, 31},
	} {
		if !slices.Equal(runs[of], want) {
			t.Errorf("%v: %v, want %v", of, runs[of], want)
		}
	}
}

// A format that the caches hold has a memory limit of its own beside the others.
func TestRoundsOfSmallWeights(t *testing.T) {
	for _, apart := range []bool{false, true} {
		var l scriptedLab
		r := newRounds(2, apart)
		r.small = []string{"q8"}
		runs, _, err := r.run(context.Background(), &l)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(runs[measured{"q8", "memory q8"}]); got != 2 || runs[measured{"f32", "memory f32"}] != nil {
			t.Errorf("apart %t: %d runs of its limit in %v", apart, got, runs)
		}
	}
}

// One format in memory at a time still takes turns with the others, round by round, and is gone before it is loaded again.
func TestRoundsApart(t *testing.T) {
	var l scriptedLab
	runs, _, err := newRounds(1, true).run(context.Background(), &l)
	if err != nil {
		t.Fatal(err)
	}
	of := func(w string, peak bool) []string {
		list := []string{w + " load", "memory", "fma", "integer", w + " prefill", w + " release", w + " cached"}
		if peak {
			list = append(list, w+" peak")
		}
		return list
	}
	if want := slices.Concat(of("q8", false), of("f32", false), of("q8", true), of("f32", true)); !slices.Equal(l.log, want) {
		t.Errorf("measured\n%q, want\n%q", l.log, want)
	}
	if n := len(runs[measured{"", "memory"}]); n != 2 {
		t.Errorf("%d runs of a limit, want one beside each format", n)
	}
}

func TestRoundsLeaveOutWhatIsUnavailable(t *testing.T) {
	l := scriptedLab{answer: func(f figure, weights string) error {
		if f.test == "cached" && weights == "f32" {
			return unavailable{"not kept"}
		}
		if f.test == "peak" {
			return unavailable{"not told"}
		}
		return nil
	}}
	runs, notes, err := newRounds(3, false).run(context.Background(), &l)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"cached is left out for f32: not kept", "peak is left out: not told"}; !slices.Equal(notes, want) {
		t.Errorf("noted %q, want %q", notes, want)
	}
	asked := 0
	for _, line := range l.log {
		if line == "f32 cached" {
			asked++
		}
	}
	if asked != 1 || runs[measured{"f32", "cached"}] != nil || len(runs[measured{"q8", "cached"}]) != 3 {
		t.Errorf("asked %d times; %v", asked, runs)
	}
}

func TestRoundsEndWithAnError(t *testing.T) {
	failure := errors.New("out of order")
	l := scriptedLab{answer: func(f figure, weights string) error {
		if f.test == "prefill" {
			return failure
		}
		return nil
	}}
	if _, _, err := newRounds(1, false).run(context.Background(), &l); !errors.Is(err, failure) {
		t.Errorf("found %v", err)
	}

	ctx, cancel := context.WithCancel(context.Background())
	l = scriptedLab{answer: func(f figure, weights string) error {
		if f.test == "prefill" {
			cancel()
		}
		return nil
	}}
	if _, _, err := newRounds(1, false).run(ctx, &l); !errors.Is(err, context.Canceled) {
		t.Errorf("found %v", err)
	}
	if last := l.log[len(l.log)-1]; last != "q8 prefill" {
		t.Errorf("went on to %q", last)
	}
}

func TestProgressTellsRoundAndFigure(t *testing.T) {
	var lines []string
	r := newRounds(1, false)
	r.progress = func(line string) { lines = append(lines, line) }
	if _, _, err := r.run(context.Background(), &scriptedLab{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"warming up: memory limit", "warming up: q8 load", "round 1 of 1: f32 peak"} {
		if !slices.Contains(lines, want) {
			t.Errorf("%q does not say %q", lines, want)
		}
	}
}

// Each test has a name of its own, and figures that need the model open come after the one that opens it.
func TestFigures(t *testing.T) {
	list := figures(4)
	seen := map[string]bool{}
	for i, f := range list {
		if seen[f.test] {
			t.Errorf("%s is there twice", f.test)
		}
		seen[f.test] = true
		if (f.kind == loadCold) != (i == 0) {
			t.Errorf("%s is number %d", f.test, i)
		}
		if i > 0 && list[i-1].kind.afterRelease() && !f.kind.afterRelease() {
			t.Errorf("%s comes after the model may be closed", f.test)
		}
	}
	for _, want := range []string{"prefill 128", "prefill 512", "decode at 0", "decode at 500", "decode at 1000", "4 sequences",
		"generate", "sample", "load cold", "load cached", "peak memory"} {
		if !seen[want] {
			t.Errorf("%s is missing", want)
		}
	}
}
