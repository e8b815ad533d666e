package ui

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/engine"
	"inkling/engine/enginetest"
	"inkling/engine/hub"
	"inkling/engine/hub/hubtest"
	"inkling/ui/pane"
)

const (
	small = "../engine/gpt2/testdata/small" // the folder of a model
	tiny  = "someone/tiny"                  // its name on the hub of these tests
)

// shop is a hub, and the cache of this machine.
type shop struct {
	*hubtest.Server
	client *hub.Client
	ended  chan struct{} // gets a value as each download ends
}

// openShop makes a hub with a model, and an empty cache.
func openShop(t *testing.T) *shop {
	t.Helper()
	files, err := hubtest.Folder(os.DirFS(small))
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{Server: hubtest.New(t), ended: make(chan struct{}, 10)}
	s.Add(tiny, files.With(hubtest.Files{engine.GenerationFile: []byte(`{"top_k": 7, "top_p": 0.5}`)}))
	s.Add("someone/llama", hubtest.Files{"config.json": []byte(`{"model_type": "llama"}`), "model.safetensors": []byte("no weights")})
	t.Setenv("HF_HOME", t.TempDir())
	t.Setenv("HF_HUB_CACHE", "")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	cache, err := hub.Local(os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	s.client, err = hub.New(hub.Settings{Endpoint: s.URL, Cache: cache})
	if err != nil {
		t.Fatal(err)
	}
	s.client.Pause, s.client.Stall = time.Millisecond, time.Minute
	t.Cleanup(s.client.Close)
	return s
}

// options has a chat begin with that model, and take all others from the shop.
func (s *shop) options(first *engine.Model) func(*session.Options) {
	return func(o *session.Options) {
		var taken atomic.Bool
		o.Open = func(name string) (engine.Engine, error) {
			if name != engine.Starter {
				// Without its cache, which is written to a folder that ends with the test.
				return engine.Open(name, engine.Options{Threads: 1, Cache: engine.CacheIgnored})
			}
			if taken.Swap(true) {
				return enginetest.New(512, enginetest.Replies(echo)), nil
			}
			return first, nil
		}
		o.Models = func() ([]session.Choice, error) {
			return []session.Choice{
				{Name: engine.Starter, Here: true, Parameters: 2_700_000, Size: 5_300_000},
				{Name: "gpt2", Parameters: 124_000_000, Size: 551_000_000, Licence: "MIT"},
				{Name: "distilgpt2", Parameters: 82_000_000, Size: 356_000_000, Licence: "Apache-2.0", Begun: true},
			}, nil
		}
		o.Pull = func(ctx context.Context, name string, report func(hub.Progress)) error {
			defer func() { s.ended <- struct{}{} }()
			ref, err := hub.Parse(name)
			if err != nil {
				return err
			}
			_, err = s.client.Pull(ctx, ref, hub.PullOptions{Progress: report})
			return err
		}
	}
}

// hold keeps the weights back until the returned function is called. came is closed when somebody asks for them.
func (s *shop) hold() (came <-chan struct{}, release func()) {
	asked, open := make(chan struct{}), make(chan struct{})
	var first atomic.Bool
	s.Use(func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		if r.URL.Query().Has("signature") {
			if !first.Swap(true) {
				close(asked)
			}
			select {
			case <-open:
			case <-r.Context().Done():
				return
			}
		}
		next(w, r)
	})
	return asked, func() { close(open) }
}

// pulling waits until the screen shows how far a pull is.
func (u *user) pulling() {
	u.t.Helper()
	share := regexp.MustCompile(`(?m)^↓ tiny \d+% `)
	u.until("the status line shows the share", func() bool { return share.MatchString(u.screen()) })
}

// arrived says what of weights that are not whole is on disk.
func arrived(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(os.Getenv("HF_HOME"), "hub", "models--*", "blobs", "*.inkling.incomplete"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// tracked is a scripted model that tells when it is closed.
type tracked struct {
	engine.Network
	closed chan struct{}
}

func (m tracked) Close() { close(m.closed) }

func scripted(f enginetest.Logits) (*engine.Model, <-chan struct{}) {
	m := tracked{enginetest.Network(512, f), make(chan struct{})}
	info := enginetest.New(512, f).Info()
	return engine.New(m, enginetest.Tokenizer(), info), m.closed
}

// A model is chosen while a reply streams; it is fetched meanwhile, takes over after the reply, and reads the conversation.
func TestPickWhileAReplyStreams(t *testing.T) {
	s := openShop(t)
	came, release := s.hold()
	gate := make(chan struct{})
	old, closed := scripted(enginetest.Gate(enginetest.Replies(func(string) string { return "one two three" }), gate))
	u := newUserOf(t, 80, 24, old, s.options(old))
	u.types("hello")
	u.press("enter")
	u.shows("▌ hello")
	u.types("/model")
	u.press("enter")
	u.shows("Models: now scripted")
	u.types(tiny)
	u.shows("As typed")
	u.press("enter")
	u.shows("↓ tiny")
	<-came
	u.pulling()
	let(gate, 1+4)
	u.shows("one")
	u.types("a draft")
	u.shows("❯ a draft")
	u.hides("two")

	release()
	u.shows("next: tiny")
	u.shows("switching to " + tiny + " after this reply")
	select {
	case <-closed:
		t.Fatal("the model was closed under its reply")
	default:
	}
	go let(gate, 10)
	u.shows("now using " + tiny)
	<-closed
	u.shows("one two three")
	if got := u.p.session.Settings.Values().Model; got != tiny {
		t.Errorf("the settings have %q", got)
	}
	u.press("ctrl+c")
	u.says("and you?")
	path := u.path()
	if len(path) != 4 || path[1].Text != "one two three" || path[1].Reply.Model != "scripted" || path[3].Reply.Model != tiny {
		t.Errorf("%+v", path)
	}
	u.says("/prompt")
	for _, read := range []string{"User: hello", "Assistant: one two three", "User: and you?"} {
		u.shows(read)
	}
}

// What another model suggests replaces what the one before did; what the user has said stays.
func TestDefaultsGoWithTheModel(t *testing.T) {
	s := openShop(t)
	first := enginetest.NewWith(512, enginetest.Replies(echo), engine.Info{PromptFormat: "transcript",
		Defaults: map[string]any{"temperature": 0.3, "top_k": int64(99), "top_p": 0.9}})
	u := newUserOf(t, 100, 30, first, s.options(first))
	u.shows("model defaults: temperature 0.3, top_k 99, top_p 0.9")
	u.types("/set top_p 0.8")
	u.press("enter")
	u.types("/set temperature")
	u.press("enter")
	u.shows("temperature is 0.3 (model): ")
	u.types("/set top_p")
	u.press("enter")
	u.shows("top_p is 0.8 (command): ")
	u.types("/model " + tiny)
	u.press("enter")
	u.shows("now using " + tiny + "; model defaults: temperature 0.8, top_k 7")
	if got := u.p.session.Settings.Values(); got.TopP != 0.8 || got.TopK != 7 || got.Temperature != 0.8 {
		t.Errorf("%+v", got)
	}
}

// Whatever goes wrong is a line, and the chat goes on with the model that it has.
func TestPullsThatFail(t *testing.T) {
	for name, c := range map[string]struct {
		model string
		hook  hubtest.Hook
		want  string
	}{
		"not there":     {"someone/else", nil, "has no repository someone/else"},
		"no folder":     {"someone/else", nil, "no folder here has that name"},
		"no revision":   {tiny + "@v9", nil, "v9"},
		"another type":  {"someone/llama", nil, `only those of the type "gpt2" can be opened`},
		"not a name":    {"nosuch", nil, "no such folder"},
		"a server down": {tiny, func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) { http.Error(w, "down", 500) }, "500"},
		"cut off": {tiny, func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
			if r.URL.Query().Has("signature") {
				w = hubtest.Cut(w, 0)
			}
			next(w, r)
		}, "someone/tiny could not be downloaded: "},
	} {
		t.Run(name, func(t *testing.T) {
			s := openShop(t)
			s.Use(c.hook)
			first, closed := scripted(enginetest.Replies(echo))
			u := newUserOf(t, 200, 24, first, s.options(first))
			u.types("/model " + c.model)
			u.press("enter")
			u.until("there is a line", func() bool { return u.p.notice.problem })
			if !strings.Contains(u.p.notice.text, c.want) || strings.Contains(u.p.notice.text, "\n") || u.p.session.Engine.Download() != nil || u.p.session.Engine.Opening() != "" {
				t.Errorf("%+v", u.p.notice)
			}
			u.says("still there?")
			u.shows("You said: still there?.")
			select {
			case <-closed:
				t.Error("the model was closed")
			default:
			}
			if u.p.session.Settings.Values().Model != engine.Starter {
				t.Errorf("the model is %q", u.p.session.Settings.Values().Model)
			}
		})
	}
}

// A pull can be stopped, and goes on later from where it was.
func TestPullsAreStopped(t *testing.T) {
	for name, c := range map[string]struct {
		stop func(u *user)
		want string
	}{
		"esc":           {func(u *user) { u.press("esc") }, "download of someone/tiny stopped; /model someone/tiny resumes it"},
		"ctrl+c":        {func(u *user) { u.press("ctrl+c") }, "download of someone/tiny stopped"},
		"another model": {func(u *user) { u.types("/model starter"); u.press("enter") }, "now using starter"},
	} {
		t.Run(name, func(t *testing.T) {
			s := openShop(t)
			came, _ := s.hold()
			first := enginetest.New(512, enginetest.Replies(echo))
			u := newUserOf(t, 100, 24, first, s.options(first))
			u.types("/model " + tiny)
			u.press("enter")
			u.shows("↓ tiny")
			<-came
			u.pulling()
			u.shows("someone/tiny: downloading; Esc stops it")
			u.types("/model " + tiny) // once more changes nothing
			u.press("enter")
			u.shows("someone/tiny: downloading; Esc stops it")
			c.stop(u)
			u.shows(c.want)
			u.hides("↓")
			<-s.ended
			u.says("still there?")
			u.shows("You said: still there?.")
			if u.quit {
				t.Error("the program ends")
			}
			s.Use(nil)
			u.types("/model " + tiny)
			u.press("enter")
			u.shows("now using " + tiny)
		})
	}
}

// The end of the program ends a pull. What has arrived stays, and the next pull goes on from there.
func TestQuittingWhileAPull(t *testing.T) {
	s := openShop(t)
	const whole = 1 // ranges that are sent
	var sent atomic.Int32
	held := make(chan struct{}, 100)
	s.Use(func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		if r.URL.Query().Has("signature") && sent.Add(1) > whole {
			held <- struct{}{}
			<-r.Context().Done()
			return
		}
		next(w, r)
	})
	s.client.Connections = 1
	first, closed := scripted(enginetest.Replies(echo))
	u := newUserOf(t, 80, 24, first, s.options(first))
	u.types("/model " + tiny)
	u.press("enter")
	u.until("the weights stop coming", func() bool { return len(held) > 0 })
	if err := u.p.close(nil); err != nil {
		t.Fatal(err)
	}
	<-s.ended
	<-closed
	if files := arrived(t); len(files) != 1 {
		t.Fatalf("%q", files)
	}
	s.Use(nil)
	s.Requests()
	ref, _ := hub.Parse(tiny)
	if _, err := s.client.Pull(t.Context(), ref, hub.PullOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, r := range s.Requests() {
		if r.Stored && (r.Range == "" || strings.HasPrefix(r.Range, "bytes=0-")) {
			t.Errorf("the beginning was fetched again: %+v", r)
		}
	}
}

// A model that does not fit into memory is refused before it is loaded.
func TestModelThatDoesNotFit(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(small)); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(folder, "config.json")
	if err := os.Chmod(config, 0o600); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf(`{"model_type": "gpt2", "vocab_size": 4096, "n_positions": %d, "n_embd": 192, "n_layer": 50, "n_head": 6}`, 1<<24)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := openShop(t)
	first, closed := scripted(enginetest.Replies(echo))
	u := newUserOf(t, 100, 24, first, s.options(first))
	u.types("/model " + folder)
	u.press("enter")
	u.until("it is refused", func() bool { return u.p.notice.problem })
	for _, want := range []string{"not enough memory for ", " for weights (q8) and ", " GB for the context, ", " available"} {
		if !strings.Contains(u.p.notice.text, want) {
			t.Errorf("%q lacks %q", u.p.notice.text, want)
		}
	}
	u.says("still there?")
	u.shows("You said: still there?.")
	select {
	case <-closed:
		t.Error("the model was closed")
	default:
	}
}

func TestPicker(t *testing.T) {
	s := openShop(t)
	first := enginetest.New(512, enginetest.Replies(echo))
	u := newUserOf(t, 80, 24, first, s.options(first))
	list := func() {
		u.types("/model")
		u.press("enter")
		u.until("the list is there", func() bool { _, ok := u.p.dock.Dialogs.Top().(*pane.Models); return ok })
	}
	chosen := func() string {
		for line := range strings.Lines(u.screen()) {
			if words := strings.Fields(line); len(words) > 1 && words[0] == "›" {
				return words[1]
			}
		}
		return ""
	}
	list()
	u.shows("› scripted")
	u.shows("in use")
	u.shows("partial, apache-2.0")
	for _, step := range []struct{ key, want string }{
		{"up", "scripted"}, {"down", engine.Starter}, {"down", "gpt2"}, {"pgdown", "distilgpt2"}, {"down", "distilgpt2"}, {"pgup", "scripted"},
	} {
		u.press(step.key)
		if got := chosen(); got != step.want {
			t.Errorf("%s chooses %q, want %q", step.key, got, step.want)
		}
	}
	// j and k are letters of a name.
	u.types("jk")
	u.shows("Filter or name: jk")
	u.shows("none")
	u.press("backspace", "backspace")
	u.types("GPT apache")
	if got := chosen(); got != "distilgpt2" {
		t.Errorf("%q is chosen", got)
	}
	u.press("esc")
	if u.p.dock.Dialogs.Top() != nil {
		t.Fatal("esc does not close the list")
	}

	// A name of which others are parts is the one that is chosen; the whole name is the short one.
	for typed, want := range map[string]string{
		"gpt2": "gpt2", "openai-community/gpt2": "gpt2", "gpt2@v1": "gpt2@v1", "someone/poems": "someone/poems", filepath.Dir(os.Getenv("HF_HOME")): filepath.Dir(os.Getenv("HF_HOME")),
	} {
		list()
		u.p.dock.Dialogs.Top().Handle(tea.PasteMsg{Content: typed + "\n"})
		if got := chosen(); got != want {
			t.Errorf("%s chooses %q", typed, got)
		}
		u.press("esc")
	}

	// The one in use stays as it is.
	list()
	u.press("enter")
	u.shows("already using scripted, 1.0M parameters")
	if u.p.session.Engine.Opening() != "" || u.p.dock.Dialogs.Top() != nil {
		t.Error("it was opened again")
	}
}

// A cache that cannot be read leaves the other models.
func TestPickerWithoutACache(t *testing.T) {
	u := newUser(t, 80, 24, echo, func(o *session.Options) {
		o.Models = func() ([]session.Choice, error) {
			return []session.Choice{{Name: "gpt2"}}, errors.New("cache: permission denied")
		}
	})
	u.types("/model")
	u.press("enter")
	u.shows("gpt2")
	u.shows("cache: permission denied")
	u.press("down", "enter")
	u.idle()
}

// The last of several wishes counts; a model that was opened for nothing is released.
func TestTheLastChoiceCounts(t *testing.T) {
	gate := make(chan struct{})
	first, old := scripted(enginetest.Gate(enginetest.Replies(func(string) string { return "one" }), gate))
	second, closed := scripted(enginetest.Replies(echo))
	third, last := scripted(enginetest.Replies(echo))
	u := newUserOf(t, 80, 24, first, func(o *session.Options) {
		o.Open = func(name string) (engine.Engine, error) {
			return map[string]*engine.Model{engine.Starter: first, "second": second, "third": third}[name], nil
		}
	})
	u.types("hello")
	u.press("enter")
	for _, name := range []string{"second", "third"} {
		u.types("/model " + name)
		u.press("enter")
		u.shows("next: " + name)
	}
	<-closed
	go let(gate, 5)
	u.shows("now using third")
	<-old
	select {
	case <-last:
		t.Error("the model that was chosen last was closed")
	default:
	}
	if got := u.p.session.Settings.Values().Model; got != "third" || u.leaf().State != chat.Done {
		t.Errorf("%q, %+v", got, u.leaf())
	}
}
