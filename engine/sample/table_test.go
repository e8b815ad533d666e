package sample

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Every field of Params but the lists of ids has one row, which bears its name in JSON.
func TestEveryFieldHasARow(t *testing.T) {
	var p Params
	fields := reflect.ValueOf(&p).Elem()
	rows := map[string]Row{}
	for _, r := range Table() {
		if _, twice := rows[r.Key]; twice {
			t.Errorf("%s has two rows", r.Key)
		}
		rows[r.Key] = r
	}
	for i := range fields.NumField() {
		key, _, _ := strings.Cut(fields.Type().Field(i).Tag.Get("json"), ",")
		r, ok := rows[key]
		delete(rows, key)
		if key == "bias" || key == "ban" {
			continue
		}
		if !ok {
			t.Errorf("%s has no row", key)
		} else if r.At(&p) != fields.Field(i).Addr().Interface() {
			t.Errorf("the row %s points to another field", key)
		}
	}
	for key := range rows {
		t.Errorf("the row %s has no field", key)
	}
}

func TestDefaultsAndOffAreTaken(t *testing.T) {
	for name, p := range map[string]Params{"defaults": Defaults(), "neutral": Neutral()} {
		if err := p.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	neutral, other := Neutral(), everythingOn()
	other.DryMultiplier, other.DryBase, other.DryAllowedLength, other.DryRange, other.DryBreakers = 1, 2, 3, 4, nil
	other.XTCProbability, other.XTCThreshold, other.MirostatTau, other.MirostatEta = 0.5, 0.2, 5, 0.2
	other.DynatempRange, other.DynatempExponent = 0.5, 2
	other.Ramp, other.Unwanted, other.LoopGuard = 0.5, []string{"x"}, 3
	other.MaxTokens, other.MinTokens, other.Pace, other.Stop, other.Samplers = 1, 1, 1, []string{"x"}, []string{"top_k"}
	for _, r := range Table() {
		if !r.IsOff(&neutral) || r.IsOff(&other) {
			t.Errorf("%s is off: %t in %+v, %t in %+v", r.Key, r.IsOff(&neutral), neutral, r.IsOff(&other), other)
		}
	}
}

func TestRange(t *testing.T) {
	for _, test := range []struct {
		in             Range
		holds, refuses []float64
		numbers        string
	}{
		{Range{High: 100}, []float64{0, 50, 100}, []float64{-1, 100.1}, "a number from 0 to 100"},
		{Range{High: 1, OpenLow: true}, []float64{5e-324, 1}, []float64{0, 1.1}, "a number above 0, at most 1"},
		{Range{High: 1, OpenHigh: true}, []float64{0, 0.999}, []float64{1, -0.1}, "a number of 0 or more, below 1"},
		{Range{Low: 0.01, High: 10, Zero: true}, []float64{0, 0.01, 10}, []float64{0.001, 11, -1}, "0, or a number from 0.01 to 10"},
	} {
		for _, x := range test.holds {
			if !test.in.Holds(x) {
				t.Errorf("%s refuses %v", test.numbers, x)
			}
		}
		for _, x := range append(test.refuses, float64(nan), float64(inf), float64(-inf)) {
			if test.in.Holds(x) {
				t.Errorf("%s holds %v", test.numbers, x)
			}
		}
		if got := test.in.Numbers(); got != test.numbers {
			t.Errorf("%q, want %q", got, test.numbers)
		}
	}
}

// A parameter that refines another changes nothing while that one is off.
func TestIdle(t *testing.T) {
	for _, r := range Table() {
		if r.Of == "" {
			continue
		}
		p := Neutral()
		switch at := r.At(&p).(type) {
		case *float64:
			*at = r.Off + 0.05
		case *int:
			*at = int(r.Off) + 1
		case *[]string:
			*at = []string{"x"}
		}
		if !r.Idle(&p) || r.IsOff(&p) {
			t.Errorf("%s is at work while %s is off", r.Key, r.Of)
		}
		for _, of := range Table() {
			if to, ok := of.At(&p).(*float64); ok && of.Key == r.Of {
				*to = 0.5
			}
		}
		if r.Idle(&p) {
			t.Errorf("%s changes nothing while %s is on", r.Key, r.Of)
		}
	}
}

// A key never turns a parameter out of its range, and does turn every one of them both ways.
func TestTurned(t *testing.T) {
	for _, row := range Table() {
		p := Defaults()
		if _, list := row.At(&p).(*[]string); list {
			if row.Step != 0 {
				t.Errorf("%s has a step", row.Key)
			}
			continue
		}
		set := func(text string) {
			value, err := strconv.ParseFloat(text, 64)
			if err != nil || !row.Holds(value) {
				t.Fatalf("%s was turned to %s, %v", row.Key, text, err)
			}
			switch at := row.At(&p).(type) {
			case *float64:
				*at = value
			case *int:
				*at = int(value)
			}
		}
		for i, steps := range []int{+1, -1, +1} {
			moved := false
			for range 300 {
				before := row.Text(&p)
				set(row.Turned(&p, steps))
				moved = moved || row.Text(&p) != before
			}
			if i > 0 && !moved { // it may have been at its upper end
				t.Errorf("%s does not turn by %d", row.Key, steps)
			}
		}
	}
}

// Each stage belongs to a row, and no row to a stage that there is not.
func TestStagesOfRows(t *testing.T) {
	of := map[string]bool{}
	for _, r := range Table() {
		if of[r.Stage] = true; r.Stage != "" && !slices.Contains(Samplers(), r.Stage) {
			t.Errorf("%s belongs to %s", r.Key, r.Stage)
		}
	}
	for _, name := range Samplers() {
		if !of[name] {
			t.Errorf("no row turns %s", name)
		}
	}
}
