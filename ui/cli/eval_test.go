package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"inkling/engine/enginetest"
	"inkling/engine/evaluate"
)

// without are the flags of an evaluation that names none.
func without() evaluation { return evaluation{given: func(string) bool { return false }} }

// An interrupt tells what was measured, and on standard error alone.
func TestEvalInterrupted(t *testing.T) {
	defer goleak.VerifyNone(t)
	ctx, cancel := context.WithCancel(t.Context())
	scored := 0
	m := enginetest.New(64, func([]int, []float32) {
		if scored++; scored == 100 {
			cancel()
		}
	})
	var out, stderr bytes.Buffer
	a := app{Streams: Streams{Out: &out, Err: &stderr}, environment: func(string) (string, bool) { return "", false }}
	if err := a.measure(ctx, m, strings.Repeat("x", 1000), "file", without()); !errors.Is(err, errInterrupted) {
		t.Errorf("found %v, expected %v", err, errInterrupted)
	}
	const want = "interrupted; partial result: 127 of 999 tokens scored, loss 5.5491 nats a token, perplexity 257.0000, "
	if !strings.HasPrefix(stderr.String(), want) || strings.Count(stderr.String(), "\n") != 1 || out.Len() > 0 {
		t.Errorf("found %q and %q", stderr.String(), out.String())
	}

	// Before it began.
	stderr.Reset()
	if err := a.measure(ctx, m, "text", "file", without()); !errors.Is(err, errInterrupted) {
		t.Errorf("found %v, expected %v", err, errInterrupted)
	}
	if want := "interrupted before anything was measured\n"; stderr.String() != want || out.Len() > 0 {
		t.Errorf("found %q and %q", stderr.String(), out.String())
	}
}

// interruptedInput ends the context when it is read.
type interruptedInput struct{ cancel context.CancelFunc }

func (i interruptedInput) Read([]byte) (int, error) {
	i.cancel()
	return 0, io.EOF
}

func TestEvalStatus(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	in := io.MultiReader(strings.NewReader("some text"), interruptedInput{cancel})
	var out, stderr bytes.Buffer
	none := func(string) (string, bool) { return "", false }
	status := Main(ctx, []string{"eval", "-"}, Streams{In: in, Out: &out, Err: &stderr}, none)
	if status != exitInterrupted || out.Len() > 0 {
		t.Errorf("status %d, %q, %q", status, out.String(), stderr.String())
	}
}

// Bytes that are no UTF-8 are evaluated as they are.
func TestEvalBytes(t *testing.T) {
	var seen []byte
	m := enginetest.New(64, func(ids []int, _ []float32) { seen = append(seen[:0], enginetest.Bytes(ids)...) })
	a := app{Streams: Streams{In: strings.NewReader("\xff\x00é\xc3\r\n."), Out: io.Discard, Err: io.Discard}, environment: func(string) (string, bool) { return "", false }}
	text, err := readFile(a.In, "-", longest)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.measure(t.Context(), m, text, "-", without()); err != nil {
		t.Fatal(err)
	}
	if want := "\xff\x00é\xc3\r\n"; string(seen) != want {
		t.Errorf("the model saw %q, expected %q", seen, want)
	}
}

// endlessInput never ends.
type endlessInput struct{}

func (endlessInput) Read(p []byte) (int, error) { return len(p), nil }

func TestEvalOfAnEndlessFile(t *testing.T) {
	a := app{Streams: Streams{In: endlessInput{}}}
	if _, err := readFile(a.In, "-", 3<<20); err == nil || err.Error() != "standard input is larger than 3 MB; evaluate a part of it" {
		t.Error(err)
	}
}

// Numbers that JSON does not have are null.
func TestEvalJSONOfExtremes(t *testing.T) {
	r := report{file: "f", result: evaluate.Result{Tokens: 3, Scored: 2, ToScore: 2, Loss: 5000, Bytes: 3}}
	var out bytes.Buffer
	if err := r.json(&out); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.Contains(got, `"nll":2500,"perplexity":null,`) || !strings.Contains(got, `"word_perplexity":null,`) {
		t.Error(got)
	}
	for value, want := range map[float64]string{1: "1.0000", 23.45678: "23.4568", 1e12: "1e+12", math.Inf(1): "not defined or too large"} {
		if got := shown(value); got != want {
			t.Errorf("%v: %q, expected %q", value, got, want)
		}
	}
}

// screen is what a terminal of one line shows after a text with carriage returns.
func screen(text string) string {
	var cells []rune
	at := 0
	for _, r := range text {
		if r == '\r' {
			at = 0
			continue
		}
		if at == len(cells) {
			cells = append(cells, r)
		}
		cells[at] = r
		at++
	}
	return strings.TrimRight(string(cells), " ")
}

func TestEvalMeter(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(1000, 0)
	m := evalMeter{line: line{out: &out}, now: func() time.Time { return now }, start: now}
	m.show(0, 100, math.NaN()) // nothing is known yet
	if out.Len() > 0 {
		t.Errorf("%q", out.String())
	}
	now = now.Add(10 * time.Second)
	m.show(25, 100, 123.45)
	if want := strings.Repeat("━", 6) + strings.Repeat("─", 18) + "  25%  perplexity 123.4500  0:30 left"; screen(out.String()) != want {
		t.Errorf("%q, expected %q", screen(out.String()), want)
	}

	// Not faster than a person sees.
	before := out.Len()
	now = now.Add(meterPace / 2)
	m.show(26, 100, 1)
	if out.Len() != before {
		t.Errorf("%q", out.String()[before:])
	}

	// A shorter line leaves nothing of a longer one.
	now = now.Add(time.Hour)
	m.show(100, 100, 2)
	if want := strings.Repeat("━", 24) + " 100%  perplexity 2.0000  0:00 left"; screen(out.String()) != want {
		t.Errorf("%q, expected %q", screen(out.String()), want)
	}
	m.end()
	if got := screen(out.String()); got != "" || !strings.HasSuffix(out.String(), "\r") {
		t.Errorf("%q", out.String())
	}
	before = out.Len()
	m.end()
	if out.Len() != before {
		t.Errorf("%q", out.String()[before:])
	}
}

// Nothing is drawn where standard error is no terminal.
func TestNoEvalMeter(t *testing.T) {
	var out bytes.Buffer
	a := app{Streams: Streams{Err: &out}, environment: func(string) (string, bool) { return "", false }}
	m := newEvalMeter(a.line())
	m.show(50, 100, 2)
	m.end()
	if out.Len() > 0 {
		t.Errorf("%q", out.String())
	}
}

func TestClock(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0:00", 400 * time.Millisecond: "0:00", 65 * time.Second: "1:05", 59*time.Minute + 59500*time.Millisecond: "1:00:00",
		2*time.Hour + 5*time.Second: "2:00:05", 100 * time.Hour: "100:00:00",
	} {
		if got := clock(d); got != want {
			t.Errorf("%v: %q, expected %q", d, got, want)
		}
	}
}
