package cli

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"inkling/engine/hub"
)

// A download that is interrupted keeps what it has, and says how to go on.
func TestInterruptedPull(t *testing.T) {
	s := newHub(t)
	env := map[string]string{"HF_HOME": t.TempDir(), "HF_ENDPOINT": s.URL}
	lookup := func(name string) (string, bool) { value, ok := env[name]; return value, ok }
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var mu sync.Mutex
	whole := 0 // ranges that were sent
	s.Use(func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		if r.URL.Query().Has("signature") {
			mu.Lock()
			defer mu.Unlock()
			if whole++; whole > 2 {
				cancel()
				<-r.Context().Done()
				return
			}
		}
		next(w, r)
	})
	var out, err bytes.Buffer
	if status := Main(ctx, []string{"pull", "gpt2"}, Streams{In: strings.NewReader(""), Out: &out, Err: &err}, lookup); status != exitInterrupted {
		t.Errorf("status %d, want %d", status, exitInterrupted)
	}
	if out.Len() > 0 || err.String() != "stopped; run the same command to resume\n" {
		t.Errorf("%q and %q", out.String(), err.String())
	}
	s.Use(nil)
	if status := Main(t.Context(), []string{"pull", "gpt2"}, Streams{In: strings.NewReader(""), Out: &out, Err: &err}, lookup); status != exitOK {
		t.Errorf("status %d, %s", status, err.String())
	}
	if !strings.HasPrefix(out.String(), "gpt2 is ready, ") {
		t.Errorf("%q", out.String())
	}
}

// ready is a pull in the middle.
var ready = hub.Progress{Phase: hub.Fetching, File: "model.safetensors", Done: 236_000_000, Total: 551_000_000, Rate: 12_300_000, Left: 25_600 * time.Millisecond}

func TestBar(t *testing.T) {
	m := &pullMeter{name: "gpt2"}
	for _, test := range []struct {
		p     hub.Progress
		width int
		want  string
	}{
		{hub.Progress{}, 80, "gpt2  asking the hub"},
		{ready, 100, "gpt2  [#################.......................]  42%  236 MB of 551 MB  12 MB/s  26s left"},
		{ready, 70, "gpt2  [########............]  42%  236 MB of 551 MB  12 MB/s  26s left"},
		{ready, 40, "gpt2  42%  236 MB of 551 MB  12 MB/s  26"},
		{hub.Progress{Phase: hub.Waiting, Total: 10, Left: -1}, 90, "gpt2  [............]  0%  0 bytes of 10 bytes  waiting for another program that fetches it"},
		{hub.Progress{Phase: hub.Checking, Done: 10, Total: 10, Left: -1}, 70, "gpt2  [##########]  100%  10 bytes of 10 bytes  checking what is there"},
		{ready, 0, ""},
	} {
		got := m.bar(test.p, test.width)
		if got != test.want || len(got) > test.width {
			t.Errorf("%d columns: %q, want %q", test.width, got, test.want)
		}
	}
	if want := "gpt2: downloading, 42%, 236 MB of 551 MB, 12 MB/s, 26s left"; m.text(ready) != want {
		t.Errorf("%q, want %q", m.text(ready), want)
	}
}

// On a terminal one line is rewritten and in the end is gone; elsewhere lines come with time between them.
func TestPullMeter(t *testing.T) {
	var out bytes.Buffer
	m := &pullMeter{line: line{out: &out, columns: func() int { return 80 }}, name: "gpt2"}
	for _, p := range []hub.Progress{ready, {}, ready} {
		m.show(p)
	}
	m.end()
	screen := ""
	for part := range strings.SplitSeq(out.String(), "\r") {
		screen = part + screen[min(len(part), len(screen)):]
	}
	if strings.TrimSpace(screen) != "" || strings.Contains(out.String(), "\n") {
		t.Errorf("%q leaves %q", out.String(), screen)
	}
	out.Reset()
	m = &pullMeter{out: &out, name: "gpt2", last: time.Now()}
	for range 100 {
		m.show(ready)
	}
	m.last = m.last.Add(-between)
	for range 100 {
		m.show(ready)
	}
	m.end()
	if got := out.String(); got != m.text(ready)+"\n" {
		t.Errorf("%q", got)
	}
}
