package bench

import (
	"encoding/json"
	"flag"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"inkling/engine"
	"inkling/engine/gpt2"
	"inkling/engine/kernel"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestSummarize(t *testing.T) {
	for _, test := range []struct{ runs, want []float64 }{
		{[]float64{7}, []float64{7, 7, 7}},
		{[]float64{3, 1}, []float64{2, 1, 3}},
		{[]float64{9, 1, 4}, []float64{4, 1, 9}},
		{[]float64{8, 2, 6, 4}, []float64{5, 2, 8}},
		{[]float64{1, 1, 1, 1000, 1}, []float64{1, 1, 1000}},
	} {
		runs := slices.Clone(test.runs)
		s := summarize(runs)
		if got := []float64{s.Median, s.Min, s.Max}; !slices.Equal(got, test.want) {
			t.Errorf("%v: median, min, max %v, want %v", test.runs, got, test.want)
		}
		if !slices.Equal(s.Runs, test.runs) {
			t.Errorf("the runs %v are now %v", test.runs, s.Runs)
		}
	}
}

// Four sequences in a pass that takes 1.5 times as long as that of one: 4/1.5 times the tokens.
func TestCosts(t *testing.T) {
	got := costs(4, []float64{90, 100}, []float64{240, 200})
	if want := []float64{1.5, 2}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Weights that fit into the caches reach more than the limit of the memory, which has to be said.
func TestSmall(t *testing.T) {
	all := []string{"q8", "q4", "f16", "f32"}
	for cache, want := range map[int]string{0: "", 100 << 20: "q4 fit", 200 << 20: "q8, q4 fit", 1 << 30: "q8, q4, f16, f32 fit"} {
		notes := small(gpt2Small, all, cache)
		if want == "" && notes == nil {
			continue
		}
		if len(notes) != 1 || want == "" || !strings.Contains(notes[0], "the weights in "+want+" ") {
			t.Errorf("caches of %d bytes: %q, want %q", cache, notes, want)
		}
	}
}

// narrow is a model with a context long enough for every figure.
var narrow = gpt2.Config{Vocab: 101, Context: 2048, Width: 32, Layers: 2, Heads: 2, Inner: 128, Tied: true}

func TestCostOfATokenIsItsShareOfThePass(t *testing.T) {
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9*want {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	for _, f := range figures(4) {
		for format := kernel.F32; format <= kernel.Q4; format++ {
			limit, cost := f.cost(narrow, format)
			switch f.kind {
			case decode, generate, sampled:
				sum := 0
				for position := f.from; position < f.from+f.n; position++ {
					sum += narrow.PassBytes(format, position)
				}
				near(f.test, cost, float64(sum)/float64(f.n))
			case sequences: // the weights once for all, keys and values for each
				sum := 0
				for position := range decoded {
					own := (position + 1) * narrow.PositionBytes(format)
					sum += narrow.PassBytes(format, position) + 3*own
				}
				near(f.test, cost, float64(sum)/(4*decoded))
			case prefill:
				near(f.test, cost, 2*float64(narrow.Products(0, f.n))/float64(f.n))
			default:
				if limit != "" {
					t.Errorf("%s has the limit %q", f.test, limit)
				}
				continue
			}
			want := "memory"
			if f.kind == prefill {
				want = map[bool]string{true: "integer", false: "fma"}[format.Integer()]
			}
			if limit != want {
				t.Errorf("%s in %v has the limit %q, want %q", f.test, format, limit, want)
			}
		}
	}
}

// sampleReport is what two formats and two rounds give. Rates are such that each figure reaches half of its limit.
func sampleReport() *Report {
	o := Options{Random: "gpt2", Weights: []string{"q8", "f32"}, Repetitions: 2, Sequences: 4}
	m := Machine{CPU: "Imagined 9000", OS: "linux", Arch: "amd64", Kernel: "avx2", Threads: 2, Go: "go1.26.0", Version: "v1.0.0",
		Commit: "0123456789ab", Date: "2026-01-02T03:04:05Z", cache: 1 << 20}
	info := engine.Info{Name: "models/a|b", Threads: 2}
	c := gpt2.Config{Vocab: 50257, Context: 1024, Width: 768, Layers: 12, Heads: 12, Inner: 3072, Tied: true}
	runs := map[measured][]float64{
		{"", "memory"}:  {19e9, 21e9},
		{"", "fma"}:     {90e9, 110e9},
		{"", "integer"}: {400e9, 400e9},
	}
	for _, w := range o.Weights {
		for _, f := range figures(4) {
			values := []float64{1000, 3000}
			if limit, cost := f.cost(c, formatOf(w)); limit != "" {
				half := summarize(runs[measured{"", limit}]).Median / cost / 2
				values = []float64{half * 1.25, half * 0.75}
			}
			if f.kind == peakMemory {
				values = []float64{200 << 20, 200 << 20}
			}
			if w == "f32" && f.kind == loadCached {
				continue
			}
			runs[measured{w, f.test}] = values
		}
	}
	p := plan{weights: o.Weights, buffer: 512 << 20}
	return o.report(m, c, info, figures(4), p, runs, []string{"load cached is left out for f32: such weights are not kept on disk"})
}

func TestPercentOfLimit(t *testing.T) {
	r := sampleReport()
	withLimit := 0
	for _, result := range r.Results {
		if result.Percent == nil {
			if result.Limit != nil || result.Cost != nil {
				t.Errorf("%s: a limit without a percentage", result.Test)
			}
			continue
		}
		withLimit++
		if math.Abs(*result.Percent-50) > 1e-9 {
			t.Errorf("%s %s: %v %%, want 50", result.Weights, result.Test, *result.Percent)
		}
		if again := 100 * result.Median * *result.Cost / r.Limits[*result.Limit].Median; again != *result.Percent {
			t.Errorf("%s %s: %v %%, but %v from what is in the report", result.Weights, result.Test, *result.Percent, again)
		}
	}
	if withLimit != 2*8 {
		t.Errorf("%d figures have a limit, want 8 for each format", withLimit)
	}
}

// Weights that the caches hold are held against memory of their own size.
func TestPercentOfCaches(t *testing.T) {
	c := gpt2.Config{Vocab: 300, Context: 64, Width: 64, Layers: 2, Heads: 4, Inner: 256, Tied: true}
	list := []figure{{test: "decode at 0", unit: tokensPerSecond, kind: decode, n: 8, bound: byMemory}}
	runs := map[measured][]float64{{"q8", "decode at 0"}: {1000}, {"q8", "memory q8"}: {1e9}, {"", "memory"}: {1e8}, {"", "fma"}: {1}, {"", "integer"}: {1}}
	r := Options{}.report(Machine{cache: 64 << 20}, c, engine.Info{}, list, plan{weights: []string{"q8"}, small: []string{"q8"}}, runs, nil)
	result := r.Results[0]
	if *result.Limit != "memory q8" || *result.Percent != 100*1000**result.Cost/1e9 {
		t.Errorf("%v %% of %s", *result.Percent, *result.Limit)
	}
}

func TestTable(t *testing.T) {
	var text strings.Builder
	if err := sampleReport().Table(&text); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "table.golden")
	if *update {
		if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text.String() != string(want) {
		t.Errorf("found\n%s\nwant\n%s", text.String(), want)
	}
	// Every row of a table has as many cells as its head.
	bars := 0
	for line := range strings.Lines(text.String()) {
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if n > 0 && bars > 0 && n != bars {
			t.Errorf("%d bars, want %d: %s", n, bars, line)
		}
		bars = n
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{0.123: "0.12", 1.5: "1.50", 12.34: "12.3", 99.96: "100.0", 123.4: "123", 98765: "98765"} {
		if got := number(v); got != want {
			t.Errorf("%v: %s, want %s", v, got, want)
		}
	}
}

// The keys are a contract.
func TestJSON(t *testing.T) {
	data, err := json.Marshal(sampleReport())
	if err != nil {
		t.Fatal(err)
	}
	var report map[string]json.RawMessage
	if err := json.Unmarshal(data, &report); err != nil {
		t.Fatal(err)
	}
	keys := func(what string, object map[string]json.RawMessage, want ...string) {
		t.Helper()
		slices.Sort(want)
		if got := slices.Sorted(maps.Keys(object)); !slices.Equal(got, want) {
			t.Errorf("%s has the keys %q, want %q", what, got, want)
		}
	}
	keys("the report", report, "machine", "walls", "results", "notes")
	var machine, limits map[string]json.RawMessage
	var results []map[string]json.RawMessage
	for name, to := range map[string]any{"machine": &machine, "walls": &limits, "results": &results} {
		if err := json.Unmarshal(report[name], to); err != nil {
			t.Fatal(err)
		}
	}
	keys("machine", machine, "cpu", "os", "arch", "kernel", "threads", "go", "version", "commit", "date")
	keys("limits", limits, "memory", "fma", "integer")
	for name, raw := range limits {
		var limit map[string]json.RawMessage
		if err := json.Unmarshal(raw, &limit); err != nil {
			t.Fatal(err)
		}
		keys(name, limit, "unit", "median", "min", "max", "runs")
	}
	if len(results) != 12+11 {
		t.Errorf("%d results, want 12 in q8 and 11 in f32", len(results))
	}
	for _, result := range results {
		keys(string(result["test"]), result, "model", "parameters", "bytes", "weights", "threads", "test", "unit",
			"median", "min", "max", "runs", "wall", "cost", "percent")
	}
	first := results[0]
	for key, want := range map[string]string{"test": `"prefill 128"`, "unit": `"tokens/s"`, "weights": `"q8"`, "wall": `"integer"`,
		"parameters": "124439808", "threads": "2", "model": `"models/a|b"`} {
		if string(first[key]) != want {
			t.Errorf("%s is %s, want %s", key, first[key], want)
		}
	}
}
