package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"inkling/chat/session"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/hub"
	"inkling/engine/hub/hubtest"
	"inkling/ui/plain"
)

// machine is an app with a home of its own, and that hub.
func machine(t *testing.T, s *hubtest.Server) *app {
	t.Helper()
	for _, name := range append([]string{"HF_HOME", "XDG_CACHE_HOME"}, homes...) {
		t.Setenv(name, t.TempDir())
	}
	t.Setenv("HF_HUB_CACHE", "")
	t.Setenv("HF_ENDPOINT", s.URL)
	return &app{Streams: Streams{Err: io.Discard}, environment: os.LookupEnv}
}

// What is here comes first, and what is not all here is offered for download.
func TestChoices(t *testing.T) {
	s := newHub(t)
	model, err := hubtest.Folder(os.DirFS(small))
	if err != nil {
		t.Fatal(err)
	}
	s.Add("distilbert/distilgpt2", model)
	a := machine(t, s)
	if err := a.fetch(t.Context(), "gpt2@v1", nil); err != nil {
		t.Fatal(err)
	}
	// The connection ends before the last of distilgpt2's weights.
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var sent atomic.Int32
	s.Use(func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		if r.URL.Query().Has("signature") && sent.Add(1) > 2 {
			cancel()
			<-r.Context().Done()
			return
		}
		next(w, r)
	})
	if err := a.fetch(ctx, "distilgpt2", nil); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	models, err := a.choices(&config.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	byName := map[string]session.Choice{}
	for _, m := range models {
		names = append(names, m.Name)
		byName[m.Name] = m
	}
	const want = "starter gpt2@v1 distilgpt2 gpt2 gpt2-medium gpt2-large gpt2-xl dialogpt-small dialogpt-medium dialogpt-large"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if m := byName["gpt2@v1"]; !m.Here || m.Parameters != 2_664_576 || m.Size < 5_000_000 || m.Licence != "MIT" || m.Begun {
		t.Errorf("%+v", m)
	}
	if m := byName["distilgpt2"]; m.Here || m.Size != 356_000_000 || m.Licence != "Apache-2.0" || !m.Begun {
		t.Errorf("%+v", m)
	}
	if m := byName["gpt2-xl"]; m.Here || m.Parameters != 1_557_611_200 || m.Licence != "MIT" {
		t.Errorf("%+v", m)
	}
	if m := byName["starter"]; !m.Here || m.Size < 1_000_000 || m.Licence != "mit" {
		t.Errorf("%+v", m)
	}

	// A cache that cannot be read.
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HF_HUB_CACHE", file)
	if models, err := a.choices(&config.Config{}); err == nil || len(models) != 1+len(hub.Known()) {
		t.Errorf("%d models, %v", len(models), err)
	}
}

// The plain chat lists the models, downloads one and goes on with it.
func TestModelsInThePlainChat(t *testing.T) {
	a := machine(t, newHub(t))
	c := kept(t.TempDir())
	c.Threads = 1
	models, err := a.opener(c)
	if err != nil {
		t.Fatal(err)
	}
	chats, _ := openStore(t.Context(), c)
	defer chats.Close()
	var out bytes.Buffer
	in := strings.NewReader("/model\n/model gpt2\n/model\n/model someone/else\n/show\n")
	o := session.Options{Settings: c, Sources: session.Sources{Open: models, Models: func() ([]session.Choice, error) { return a.choices(c) }, Pull: a.fetch}, Store: chats}
	if err := plain.Run(t.Context(), o, in, &out); err != nil {
		t.Fatal(err)
	}
	starter, err := engine.Describe(engine.Starter)
	if err != nil {
		t.Fatal(err)
	}
	size := fmt.Sprintf("%s, %d MB", starter.Info().Size(), (starter.Size()+500_000)/1_000_000)
	for _, want := range []string{
		"On this machine\n  starter: " + size + ", in use, mit\n", "To download\n  gpt2: 124M, 551 MB, mit\n", "/model NAME chooses one",
		"* now using gpt2\n", "On this machine\n  starter: " + size + ", mit\n  gpt2: 2.7M, ", "* someone/else could not be downloaded: ",
		" in use, mit, used just now\n", " gpt2, 2.7M parameters in q8",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
