package hub_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"inkling/engine/hub"
)

func TestParse(t *testing.T) {
	for name, want := range map[string]hub.Ref{
		"gpt2":                     {ID: "openai-community/gpt2"},
		"gpt2-medium":              {ID: "openai-community/gpt2-medium"},
		"gpt2-large":               {ID: "openai-community/gpt2-large"},
		"gpt2-xl@main":             {ID: "openai-community/gpt2-xl", Revision: "main"},
		"distilgpt2":               {ID: "distilbert/distilgpt2"},
		"dialogpt-small":           {ID: "microsoft/DialoGPT-small"},
		"DialoGPT-medium":          {ID: "microsoft/DialoGPT-medium"},
		"dialogpt-large@refs/pr/3": {ID: "microsoft/DialoGPT-large", Revision: "refs/pr/3"},
		"microsoft/dialogpt-small": {ID: "microsoft/DialoGPT-small"},
		"a/b":                      {ID: "a/b"},
		"A_b.c-9/x@v1.0":           {ID: "A_b.c-9/x", Revision: "v1.0"},
	} {
		if got, err := hub.Parse(name); got != want || err != nil {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, want)
		}
	}
	for _, name := range []string{"", "gpt3", "a/b/c", "/", "a/", "/b", "../b", "a/..", "a--b/c", "a/b.git", "-a/b", "a/b-", "a b/c", "a/b@", "a/b@..", "a/b@/x",
		"a/b@x/", "a/b@../x", "a/b@x//y", "a/b@.x", "a/b@x.lock", `a/b@x\y`, "a/b@x:y", "a/b@x y", "a/b@x\n", "a/b\x1b[0m", "a/b@-x", "é/b",
		"https://huggingface.co/gpt2", "a/" + strings.Repeat("b", 97), "a/b@" + strings.Repeat("c", 300)} {
		_, err := hub.Parse(name)
		if !errors.Is(err, hub.ErrName) {
			t.Errorf("%q: %v, want an error of the kind %q", name, err, hub.ErrName)
		}
		oneLine(t, err)
	}
}

// What is shown as a name is one.
func TestRefString(t *testing.T) {
	for _, name := range []string{"gpt2", "gpt2@v1", "dialogpt-small", "a/b", "a/b@refs/pr/1"} {
		if got := parse(t, name).String(); got != name {
			t.Errorf("%q, want %q", got, name)
		}
	}
}

func TestKnown(t *testing.T) {
	for _, k := range hub.Known() {
		ref, err := hub.Parse(k.Name)
		if err != nil || ref.ID != k.ID || k.Licence == "" {
			t.Errorf("%+v: %+v, %v", k, ref, err)
		}
		// Between 2 bytes and 5 for each parameter: half precision with a second embedding, or single with masks.
		if k.Size < 2*k.Parameters || k.Size > 5*k.Parameters {
			t.Errorf("%s has %d parameters in %d bytes", k.Name, k.Parameters, k.Size)
		}
	}
}

func TestEnvironment(t *testing.T) {
	home := t.TempDir()
	user := func(more ...string) map[string]string {
		e := map[string]string{"HOME": home, "USERPROFILE": home, "X": "x"}
		for i := 0; i < len(more); i += 2 {
			e[more[i]] = more[i+1]
		}
		return e
	}
	put(t, home, ".cache/huggingface/token", " hf_file \n")
	put(t, home, "other/token", "hf_other")
	standard := filepath.Join(home, ".cache", "huggingface")
	for name, test := range map[string]struct {
		env  map[string]string
		want hub.Settings
	}{
		"nothing":         {user(), hub.Settings{Cache: hub.Cache{Dir: filepath.Join(standard, "hub")}, Endpoint: hub.DefaultEndpoint, Token: "hf_file"}},
		"HF_HOME":         {user("HF_HOME", filepath.Join(home, "other")), hub.Settings{Cache: hub.Cache{Dir: filepath.Join(home, "other", "hub")}, Endpoint: hub.DefaultEndpoint, Token: "hf_other"}},
		"HF_HOME, tilde":  {user("HF_HOME", "~/other"), hub.Settings{Cache: hub.Cache{Dir: filepath.Join(home, "other", "hub")}, Endpoint: hub.DefaultEndpoint, Token: "hf_other"}},
		"XDG_CACHE_HOME":  {user("XDG_CACHE_HOME", filepath.Join(home, "c")), hub.Settings{Cache: hub.Cache{Dir: filepath.Join(home, "c", "huggingface", "hub")}, Endpoint: hub.DefaultEndpoint}},
		"HF_HUB_CACHE":    {user("HF_HUB_CACHE", "$HOME/${X}/$nosuch", "HUGGINGFACE_HUB_CACHE", "/old"), hub.Settings{Cache: hub.Cache{Dir: filepath.Join(home, "x", "$nosuch")}, Endpoint: hub.DefaultEndpoint, Token: "hf_file"}},
		"an older name":   {user("HUGGINGFACE_HUB_CACHE", filepath.Join(home, "old")), hub.Settings{Cache: hub.Cache{Dir: filepath.Join(home, "old")}, Endpoint: hub.DefaultEndpoint, Token: "hf_file"}},
		"HF_ENDPOINT":     {user("HF_ENDPOINT", "https://mirror.example/hf//"), hub.Settings{Cache: hub.Cache{Dir: filepath.Join(standard, "hub")}, Endpoint: "https://mirror.example/hf", Token: "hf_file"}},
		"HF_TOKEN":        {user("HF_TOKEN", "hf_env\r\n"), hub.Settings{Cache: hub.Cache{Dir: filepath.Join(standard, "hub")}, Endpoint: hub.DefaultEndpoint, Token: "hf_env"}},
		"HF_TOKEN_PATH":   {user("HF_TOKEN_PATH", "~/other/token"), hub.Settings{Cache: hub.Cache{Dir: filepath.Join(standard, "hub")}, Endpoint: hub.DefaultEndpoint, Token: "hf_other"}},
		"no token wanted": {user("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1"), hub.Settings{Cache: hub.Cache{Dir: filepath.Join(standard, "hub")}, Endpoint: hub.DefaultEndpoint}},
		"switches": {user("HF_HUB_OFFLINE", "yes", "HF_HUB_DISABLE_SYMLINKS", "True", "HF_HOME", ""), hub.Settings{Cache: hub.Cache{Dir: filepath.Join(standard, "hub")}, Endpoint: hub.DefaultEndpoint,
			Token: "hf_file", Offline: true, NoSymlinks: true}},
		"switches off":      {user("HF_HUB_OFFLINE", "0"), hub.Settings{Cache: hub.Cache{Dir: filepath.Join(standard, "hub")}, Endpoint: hub.DefaultEndpoint, Token: "hf_file"}},
		"an older switch":   {user("TRANSFORMERS_OFFLINE", "1"), hub.Settings{Cache: hub.Cache{Dir: filepath.Join(standard, "hub")}, Endpoint: hub.DefaultEndpoint, Token: "hf_file", Offline: true}},
		"an empty variable": {user("HF_HUB_CACHE", "", "HF_ENDPOINT", "", "HF_TOKEN", " "), hub.Settings{Cache: hub.Cache{Dir: filepath.Join(standard, "hub")}, Endpoint: hub.DefaultEndpoint, Token: "hf_file"}},
	} {
		got, err := hub.Environment(func(name string) (string, bool) { value, ok := test.env[name]; return value, ok })
		got.TokenFrom = ""
		if got != test.want || err != nil {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, test.want)
		}
	}
	for name, env := range map[string]map[string]string{"HF_HOME": {}, "HF_TOKEN": user("HF_TOKEN", "hf_\x01x"), "access token": user("HF_TOKEN", "two words")} {
		_, err := hub.Environment(func(name string) (string, bool) { value, ok := env[name]; return value, ok })
		if !errors.Is(err, hub.ErrSettings) {
			t.Errorf("%v", err)
		}
		oneLine(t, err, name)
	}
	for _, endpoint := range []string{"huggingface.co", "ftp://x", "http://", "https://x/?a", "http://[::1", "http://a b/"} {
		_, err := hub.New(hub.Settings{Endpoint: endpoint, Cache: hub.Cache{Dir: "x"}})
		if !errors.Is(err, hub.ErrSettings) {
			t.Errorf("%s: %v", endpoint, err)
		}
		oneLine(t, err, "HF_ENDPOINT")
	}
}
