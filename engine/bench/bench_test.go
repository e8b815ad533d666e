package bench

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// tinyFolder copies the tiny model of engine/gpt2, whose context has 64 positions, and gives it a tokenizer.
func tinyFolder(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filepath.Join("..", "gpt2", "testdata", "tiny"))); err != nil {
		t.Fatal(err)
	}
	pieces := map[string]int{}
	spare := rune(256)
	for b := range rune(256) {
		letter := b // as GPT-2's vocabularies write bytes
		if b < '!' || b > '~' && b < '¡' || b == '\u00ad' {
			letter = spare
			spare++
		}
		pieces[string(letter)] = int(b)
	}
	vocabulary, err := json.Marshal(pieces)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"vocab.json": vocabulary, "merges.txt": []byte("#version: 0.2\n")} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// tests are those of a format, in order.
func tests(r *Report, weights string) []string {
	var list []string
	for _, result := range r.Results {
		if result.Weights == weights {
			list = append(list, result.Test)
		}
	}
	return list
}

func TestRunMeasuresAFolder(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	folder := tinyFolder(t)
	peaks := map[string]int{}
	r, err := Run(context.Background(), Options{Model: folder, Weights: []string{"q8", "f32"}, Threads: 2, Repetitions: 2, Sequences: 3, least: time.Millisecond,
		Peak: func(_ context.Context, weights string) (int64, error) {
			peaks[weights]++
			return 1 << 20, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	common := []string{"decode at 0", "3 sequences", "3 sequences cost", "generate", "sample", "load cold"}
	if got, want := tests(r, "q8"), append(slices.Clone(common), "load cached", "peak memory"); !slices.Equal(got, want) {
		t.Errorf("q8: %q, want %q", got, want)
	}
	if got, want := tests(r, "f32"), append(slices.Clone(common), "peak memory"); !slices.Equal(got, want) {
		t.Errorf("f32: %q, want %q", got, want)
	}
	for _, result := range r.Results {
		if len(result.Runs) != 2 || !(0 < result.Min && result.Min <= result.Median && result.Median <= result.Max) {
			t.Errorf("%s %s: %+v", result.Weights, result.Test, result.Spread)
		}
		if result.Model != folder || result.Parameters < 100_000 || result.Threads != 2 {
			t.Errorf("%+v", result)
		}
	}
	for name, limit := range r.Limits {
		if len(limit.Runs) != 2 || !(limit.Min > 0) {
			t.Errorf("%s limit: %+v", name, limit)
		}
	}
	if peaks["q8"] != 2 || peaks["f32"] != 2 {
		t.Errorf("the memory was asked for %v times, want 2 for each format", peaks)
	}
	notes := strings.Join(r.Notes, "\n")
	for _, want := range []string{
		"prefill 128 is left out: it takes 128 positions, the model's context has 64",
		"prefill 512 is left out: it takes 512 positions, the model's context has 64",
		"decode at 500 is left out: it takes 524 positions, the model's context has 64",
		"decode at 1000 is left out: it takes 1024 positions, the model's context has 64",
		"load cached is left out for f32: such weights are not kept on disk",
	} {
		if !strings.Contains(notes, want) {
			t.Errorf("the notes do not say %q:\n%s", want, notes)
		}
	}
}

// One format at a time gives the same figures, and no two models are open at once.
func TestOneFormatAtATime(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	o := Options{Model: tinyFolder(t), Weights: []string{"q8", "f16"}, Threads: 2, Repetitions: 1, Sequences: 2, least: time.Millisecond}
	info, err := o.look()
	if err != nil {
		t.Fatal(err)
	}
	l, err := newMachineLab(o, info, "", plan{buffer: leastBuffer})
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	o.Peak = func(context.Context, string) (int64, error) {
		if len(l.open) > 0 {
			t.Errorf("%d models are open while another process loads one", len(l.open))
		}
		return 1, nil
	}
	l.options = o
	most := 0
	r := rounds{weights: o.Weights, figures: figures(o.Sequences), count: 1, apart: true, progress: func(string) { most = max(most, len(l.open)) }}
	runs, _, err := r.run(context.Background(), l)
	if err != nil {
		t.Fatal(err)
	}
	if most != 1 {
		t.Errorf("%d models were open at once, want 1", most)
	}
	for _, w := range o.Weights {
		for _, test := range []string{"load cold", "decode at 0", "2 sequences", "generate", "load cached", "peak memory"} {
			if len(runs[measured{w, test}]) != 1 {
				t.Errorf("%s %s: %v", w, test, runs[measured{w, test}])
			}
		}
	}
}

func TestRunReportsWhatIsWrong(t *testing.T) {
	good := Options{Model: "no/such/folder", Weights: []string{"q8"}, Repetitions: 1, Sequences: 1}
	for want, change := range map[string]func(o *Options){
		"no such folder":       func(*Options) {},
		`no random model "x"`:  func(o *Options) { o.Random = "x" },
		"0 repetitions":        func(o *Options) { o.Repetitions = 0 },
		"65 sequences":         func(o *Options) { o.Sequences = 65 },
		"no weight format":     func(o *Options) { o.Weights = nil },
		`weight format "q9"`:   func(o *Options) { o.Weights = []string{"q9"} },
		"0 sequences at once,": func(o *Options) { o.Sequences = 0 },
	} {
		o := good
		change(&o)
		if _, err := Run(context.Background(), o); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("found %v, want one line with %q", err, want)
		}
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	folder := tinyFolder(t)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := Run(ctx, Options{Model: folder, Weights: []string{"q8"}, Threads: 1, Repetitions: 1000, Sequences: 1, least: time.Millisecond, Progress: func(line string) {
		if strings.HasPrefix(line, "round 1") {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("found %v", err)
	}
}

func TestOnce(t *testing.T) {
	peak, err := Once(context.Background(), Options{Model: tinyFolder(t), Threads: 1, Repetitions: 1, Sequences: 1}, "q8")
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "linux" && peak < 4<<20 {
		t.Errorf("%d bytes", peak)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Once(ctx, Options{Model: tinyFolder(t), Repetitions: 1, Sequences: 1}, "q8"); !errors.Is(err, context.Canceled) {
		t.Errorf("found %v", err)
	}
}

// The peak is not below what is resident, and follows it.
func TestPeakResident(t *testing.T) {
	before := peakResident()
	if before == 0 {
		if slices.Contains([]string{"linux", "darwin", "windows"}, runtime.GOOS) {
			t.Error("this system tells, but not here")
		}
		return
	}
	const n = 64 << 20
	block := make([]byte, n)
	for i := 0; i < n; i += 4096 {
		block[i] = 1
	}
	runtime.KeepAlive(block)
	if after := peakResident(); after < n || after < before {
		t.Errorf("%d bytes, before %d bytes more were in use %d", after, n, before)
	}
}

func TestMachine(t *testing.T) {
	m := thisMachine()
	if m.CPU == "" || m.OS != runtime.GOOS || m.Arch != runtime.GOARCH || m.Go != runtime.Version() {
		t.Errorf("%+v", m)
	}
	if runtime.GOOS == "linux" && m.available < 1<<20 {
		t.Errorf("%d bytes of memory", m.available)
	}
	m = Machine{CPU: "C", Kernel: "K", Threads: 3, Go: "G", OS: "O", Arch: "A", Version: "V", Commit: "W", Date: "D"}
	if got, want := m.String(), "C, kernel K, 3 threads, G O/A, inkling V (W), D"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
