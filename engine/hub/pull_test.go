package hub_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"inkling/engine/hub"
	"inkling/engine/hub/hubtest"
)

func TestPullLaysOutTheCacheAsPythonDoes(t *testing.T) {
	s := hubtest.New(t)
	files := hubtest.Model(1, 3<<20)
	commit := s.Add(id, files)
	c := newClient(t, s)
	snapshot := pull(t, c, id)
	expect(t, snapshot, files, wanted()...)

	repo := filepath.Join(c.Cache.Dir, "models--someone--model")
	if want := filepath.Join(repo, "snapshots", commit); snapshot.Path != want || snapshot.Commit != commit || snapshot.ID != id {
		t.Errorf("snapshot %+v, want that of %s in %s", snapshot, commit, want)
	}
	if ref, err := os.ReadFile(filepath.Join(repo, "refs", "main")); string(ref) != commit {
		t.Errorf("refs/main is %q, %v, want %q", ref, err, commit)
	}
	for _, name := range wanted() {
		etag := hubtest.Etag(name, files[name])
		if _, err := os.Lstat(filepath.Join(repo, "blobs", etag)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if target, err := os.Readlink(filepath.Join(snapshot.Path, name)); runtime.GOOS != "windows" && target != "../../blobs/"+etag {
			t.Errorf("%s is a link to %q, %v, want ../../blobs/%s", name, target, err, etag)
		}
		if _, err := os.Stat(filepath.Join(c.Cache.Dir, ".locks", "models--someone--model", etag+".lock")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left := leftovers(t, c.Cache.Dir); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	if !slices.Equal(snapshot.Refs, []string{"main"}) || snapshot.Config.Type != "gpt2" {
		t.Errorf("%+v", snapshot)
	}
}

// Only what is needed is asked for, and a second pull fetches nothing.
func TestPullAsksForNothingElse(t *testing.T) {
	s := hubtest.New(t)
	files := hubtest.Model(2, 100_000)
	s.Add(id, files)
	c := newClient(t, s)
	pull(t, c, id)
	for _, r := range s.Requests() {
		name := filepath.Base(r.Path)
		if strings.Contains(r.Path, "/resolve") && !slices.Contains(wanted(), name) || strings.Contains(r.Path, "onnx") {
			t.Errorf("asked for %s", r.Path)
		}
	}
	expect(t, pull(t, c, id), files, wanted()...)
	for _, r := range s.Requests() {
		if r.Method != http.MethodHead && !strings.HasPrefix(r.Path, "/api/models/") {
			t.Errorf("fetched again: %s %s", r.Method, r.Path)
		}
	}
}

func TestWeightsAreOfOneFormat(t *testing.T) {
	index := func(shards ...string) []byte {
		var entries []string
		for i, shard := range shards {
			entries = append(entries, fmt.Sprintf(`"h.%d.weight": %q`, i, shard))
		}
		return []byte(`{"metadata": {"total_size": 1}, "weight_map": {` + strings.Join(entries, ", ") + `}}`)
	}
	model := hubtest.Model(3, 5000)
	bytes := model["model.safetensors"]
	none := hubtest.Files{"model.safetensors": nil, "pytorch_model.bin": nil}
	without := func(names ...string) []string {
		return slices.DeleteFunc(wanted(), func(n string) bool { return slices.Contains(names, n) })
	}
	const weights = "model.safetensors"
	for name, test := range map[string]struct {
		files hubtest.Files
		file  string
		want  []string
	}{
		"safetensors before bin": {model, "", wanted()},
		"one file before an index": {model.With(hubtest.Files{
			"model.safetensors.index.json": index("model-00001-of-00001.safetensors"), "model-00001-of-00001.safetensors": bytes}), "", wanted()},
		"shards": {model.With(none).With(hubtest.Files{
			"model.safetensors.index.json":     index("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model-00001-of-00002.safetensors"),
			"model-00001-of-00002.safetensors": bytes, "model-00002-of-00002.safetensors": bytes[1:], "model-00003-of-00002.safetensors": bytes,
			"pytorch_model.bin": bytes}), "",
			append(without(weights), "model.safetensors.index.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")},
		"bin": {model.With(hubtest.Files{weights: nil}), "", append(without(weights), "pytorch_model.bin")},
		"bin in shards": {model.With(none).With(hubtest.Files{
			"pytorch_model.bin.index.json": index("pytorch_model-00001-of-00001.bin"), "pytorch_model-00001-of-00001.bin": bytes}), "",
			append(without(weights), "pytorch_model.bin.index.json", "pytorch_model-00001-of-00001.bin")},
		"the only GGUF file": {model.With(none).With(hubtest.Files{"m.Q8_0.gguf": bytes}), "", append(without(weights), "m.Q8_0.gguf")},
		"the parts of a GGUF file": {model.With(none).With(hubtest.Files{"m-00001-of-00002.gguf": bytes, "m-00002-of-00002.gguf": bytes}), "",
			append(without(weights), "m-00001-of-00002.gguf", "m-00002-of-00002.gguf")},
		"a part that was asked for": {hubtest.Files{"README.md": []byte("x"), "m-00001-of-00002.gguf": bytes, "m-00002-of-00002.gguf": bytes, "n.gguf": bytes}, "m-00002-of-00002.gguf",
			[]string{"README.md", "m-00001-of-00002.gguf", "m-00002-of-00002.gguf"}},
		"a GGUF file that was asked for": {hubtest.Files{"README.md": []byte("x"), "a.gguf": bytes, "sub/b.gguf": bytes[2:]}, "sub/b.gguf",
			[]string{"README.md", "sub/b.gguf"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := hubtest.New(t)
			s.Add(id, test.files)
			c := newClient(t, s)
			snapshot, err := c.Pull(t.Context(), parse(t, id), hub.PullOptions{File: test.file})
			if err != nil {
				t.Fatal(err)
			}
			expect(t, snapshot, test.files, test.want...)
			if found, err := c.Cache.Find(parse(t, id)); err != nil || found.Path != snapshot.Path {
				t.Errorf("found %q, %v", found.Path, err)
			}
		})
	}
}

func TestRepositoriesThatCannotBeUsed(t *testing.T) {
	model := hubtest.Model(4, 5000)
	weights := model["model.safetensors"]
	none := hubtest.Files{"model.safetensors": nil, "pytorch_model.bin": nil}
	index := func(text string) hubtest.Files {
		return model.With(none).With(hubtest.Files{"model.safetensors.index.json": []byte(text)})
	}
	many := `{"weight_map": {"a": "model-0.safetensors"`
	for i := range 1500 {
		many += fmt.Sprintf(`, "w%d": "model-%d.safetensors"`, i, i)
	}
	for name, test := range map[string]struct {
		files hubtest.Files
		file  string
		kind  error
		text  string
	}{
		"another type":       {model.With(hubtest.Files{"config.json": []byte(`{"model_type": "llama"}`)}), "", hub.ErrNotGPT2, "llama"},
		"a type to mislead":  {model.With(hubtest.Files{"config.json": []byte(`{"model_type": "gpt2\n\u001b[31mx"}`)}), "", hub.ErrNotGPT2, `\x1b`},
		"no type":            {model.With(hubtest.Files{"config.json": []byte(`{}`)}), "", hub.ErrNotGPT2, id},
		"no JSON":            {model.With(hubtest.Files{"config.json": []byte(`<html>`)}), "", hub.ErrNotGPT2, "config.json cannot be read"},
		"no configuration":   {model.With(hubtest.Files{"config.json": nil}), "", hub.ErrNotGPT2, "no config.json"},
		"no weights":         {model.With(none), "", hub.ErrNoWeights, "64.tflite"},
		"nothing":            {hubtest.Files{}, "", hub.ErrNoWeights, "model.safetensors"},
		"several GGUF files": {hubtest.Files{"a.gguf": weights, "b.gguf": weights}, "", hub.ErrNoWeights, "--file: a.gguf, b.gguf"},
		"no such GGUF file":  {hubtest.Files{"a.gguf": weights}, "b.gguf", hub.ErrNotFound, "a.gguf"},
		"a file of no need":  {model, "pytorch_model.bin", hub.ErrName, "no GGUF"},
		"GGUF of a llama": {hubtest.Files{"a.gguf": weights, "config.json": []byte(`{"model_type": "llama"}`)}, "a.gguf", hub.ErrNotGPT2,
			"llama"},
		"shard above":        {index(`{"weight_map": {"a": "../model.safetensors"}}`), "", hub.ErrProtocol, "../model"},
		"shard at the root":  {index(`{"weight_map": {"a": "/etc/model.safetensors"}}`), "", hub.ErrProtocol, "/etc"},
		"shard with a drive": {index(`{"weight_map": {"a": "C:model.safetensors"}}`), "", hub.ErrProtocol, "C:"},
		"shard by backslash": {index(`{"weight_map": {"a": "..\\model.safetensors"}}`), "", hub.ErrProtocol, `\`},
		"shard below":        {index(`{"weight_map": {"a": "sub/model.safetensors"}}`), "", hub.ErrProtocol, "sub/"},
		"shard of code":      {index(`{"weight_map": {"a": "model.py"}}`), "", hub.ErrProtocol, "model.py"},
		"shard not there":    {index(`{"weight_map": {"a": "model-9.safetensors"}}`), "", hub.ErrNoWeights, "model-9"},
		"too many shards":    {index(many + "}}"), "", hub.ErrProtocol, "1000"},
		"empty index":        {index(`{"weight_map": {}}`), "", hub.ErrProtocol, "no files"},
		"index of no kind":   {index(`{"weight_map": 1}`), "", hub.ErrProtocol, "cannot be read"},
		"card out of bounds": {model.With(hubtest.Files{"README.md": make([]byte, 65<<20)}), "", hub.ErrProtocol, "README.md"},
	} {
		t.Run(name, func(t *testing.T) {
			s := hubtest.New(t)
			s.Add(id, test.files)
			c := newClient(t, s)
			_, err := c.Pull(t.Context(), parse(t, id), hub.PullOptions{File: test.file})
			if !errors.Is(err, test.kind) {
				t.Errorf("%v, want an error of the kind %q", err, test.kind)
			}
			oneLine(t, err, test.text)
			for _, r := range s.Requests() {
				if r.Stored {
					t.Errorf("fetched %s", r.Path)
				}
			}
			if _, err := c.Cache.Find(parse(t, id)); !errors.Is(err, hub.ErrNotLocal) {
				t.Errorf("afterwards Find says %v", err)
			}
			outside, err := filepath.Glob(filepath.Join(filepath.Dir(c.Cache.Dir), "*"))
			if err != nil || len(outside) != 1 {
				t.Errorf("beside the cache: %q, %v", outside, err)
			}
		})
	}
}

func TestLargeFilesComeOverSeveralConnections(t *testing.T) {
	s := hubtest.New(t)
	files := hubtest.Model(5, 9<<20+12345)
	s.Add(id, files)
	// The first ranges are held back until so many are there at once.
	const together = 4
	var gate sync.WaitGroup
	gate.Add(together)
	var mu sync.Mutex
	count := 0
	s.Use(func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		if stored(r) {
			mu.Lock()
			if count++; count <= together {
				gate.Done()
			}
			mu.Unlock()
			gate.Wait()
		}
		next(w, r)
	})
	expect(t, pull(t, newClient(t, s), id), files, wanted()...)
	var ranges []string
	for _, r := range s.Requests() {
		if r.Stored {
			ranges = append(ranges, r.Range)
		}
	}
	if slices.Sort(ranges); len(ranges) < together || len(slices.Compact(slices.Clone(ranges))) != len(ranges) || slices.Contains(ranges, "") {
		t.Errorf("the ranges are %q", ranges)
	}
}

func TestTokenGoesToTheEndpointOnly(t *testing.T) {
	const token = "hf_secret"
	s := hubtest.New(t)
	files := hubtest.Model(6, 3<<20)
	s.Add(id, files)
	s.Restrict(id, token, false)
	c := newClient(t, s)
	c.Token = token
	// The address expires once, so that it is looked up again.
	var expired sync.Once
	s.Use(func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		refused := false
		if stored(r) {
			expired.Do(func() { refused = true })
		}
		if refused {
			http.Error(w, "expired", http.StatusForbidden)
			return
		}
		next(w, r)
	})
	expect(t, pull(t, c, id), files, wanted()...)
	there := 0
	for _, r := range s.Requests() {
		switch {
		case r.Stored && r.Token != "":
			t.Errorf("%s %s at the storage has the token", r.Method, r.Path)
		case !r.Stored && r.Token != "Bearer "+token:
			t.Errorf("%s %s at the hub has the token %q", r.Method, r.Path, r.Token)
		case r.Stored:
			there++
		}
	}
	if there < 2 {
		t.Errorf("%d requests at the storage", there)
	}
}

// A listing, too, may be somewhere else.
func TestTokenDoesNotFollowARedirectOfTheListing(t *testing.T) {
	s := hubtest.New(t)
	s.Add(id, hubtest.Model(6, 1000))
	other := hubtest.New(t)
	s.Use(func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect)
	})
	c := newClient(t, s)
	c.Token = "hf_secret"
	_, err := tryPull(c, id)
	oneLine(t, err)
	requests := other.Requests()
	if len(requests) == 0 || slices.ContainsFunc(requests, func(r hubtest.Request) bool { return r.Token != "" }) {
		t.Errorf("the other host got %+v", requests)
	}
}

func TestRevisions(t *testing.T) {
	s := hubtest.New(t)
	one, two := hubtest.Model(7, 1000), hubtest.Model(8, 1000)
	first := s.AddRevision(id, "refs/pr/1", one)
	second := s.Add(id, two)
	c := newClient(t, s)
	expect(t, pull(t, c, id+"@refs/pr/1"), one, wanted()...)
	expect(t, pull(t, c, id), two, wanted()...)
	expect(t, pull(t, c, id+"@"+first), one, wanted()...)
	for name, commit := range map[string]string{id: second, id + "@main": second, id + "@refs/pr/1": first, id + "@" + first: first, id + "@" + second[:8]: second} {
		if found, err := c.Cache.Find(parse(t, name)); err != nil || found.Commit != commit {
			t.Errorf("%s: found %s, %v, want %s", name, found.Commit, err, commit)
		}
	}
	if _, err := os.Stat(filepath.Join(c.Cache.Dir, "models--someone--model", "refs", first)); err == nil {
		t.Error("a commit has a ref")
	}
	// Main moves on: the ref does, and what was there stays.
	third := s.Add(id, two.With(hubtest.Files{"README.md": []byte("new")}))
	if got := pull(t, c, id).Commit; got != third {
		t.Errorf("pulled %s, want %s", got, third)
	}
	if found, err := c.Cache.Find(parse(t, id)); err != nil || found.Commit != third {
		t.Errorf("found %s, %v", found.Commit, err)
	}
	for _, r := range s.Requests() {
		if r.Stored && strings.Contains(r.Path, hubtest.Etag("model.safetensors", two["model.safetensors"])) {
			two = nil // once
		} else if r.Stored && two == nil {
			t.Errorf("fetched again: %s", r.Path)
		}
	}
}

func TestWithoutSymbolicLinks(t *testing.T) {
	s := hubtest.New(t)
	files := hubtest.Model(9, 2<<20)
	s.Add(id, files)
	c := newClient(t, s)
	c.NoSymlinks = true
	snapshot := pull(t, c, id)
	expect(t, snapshot, files, wanted()...)
	for _, name := range wanted() {
		if info, err := os.Lstat(filepath.Join(snapshot.Path, name)); err != nil || !info.Mode().IsRegular() {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	s.Requests()
	expect(t, pull(t, c, id), files, wanted()...)
	for _, r := range s.Requests() {
		if r.Stored {
			t.Errorf("fetched again: %s", r.Path)
		}
	}
	if found, err := c.Cache.Find(parse(t, id)); err != nil || found.Size < 2<<20 {
		t.Errorf("%+v, %v", found, err)
	}
	// A blob that other snapshots link to stays when links are no longer wanted.
	linked := newClient(t, s)
	pull(t, linked, id)
	linked.NoSymlinks = true
	again := files.With(hubtest.Files{"README.md": []byte("new")})
	s.Add(id, again)
	expect(t, pull(t, linked, id), again, wanted()...)
	repos, err := linked.Cache.List()
	if err != nil || len(repos) != 1 || len(repos[0].Snapshots) != 2 {
		t.Fatalf("%+v, %v", repos, err)
	}
	for _, s := range repos[0].Snapshots {
		if len(s.Files) != len(wanted()) {
			t.Errorf("%s has only %v", s.Commit, s.Files)
		}
	}
}

// What Python fetched as "gpt2" is under that name.
func TestOldNamesOfRepositories(t *testing.T) {
	s := hubtest.New(t)
	files := hubtest.Model(10, 1000)
	s.Add("openai-community/gpt2", files)
	c := newClient(t, s)
	pull(t, c, "gpt2")
	if err := os.Rename(filepath.Join(c.Cache.Dir, "models--openai-community--gpt2"), filepath.Join(c.Cache.Dir, "models--gpt2")); err != nil {
		t.Fatal(err)
	}
	if found, err := c.Cache.Find(parse(t, "gpt2")); err != nil || found.ID != "gpt2" || found.Name() != "gpt2" {
		t.Errorf("%+v, %v", found, err)
	}
	s.Requests()
	expect(t, pull(t, c, "gpt2"), files, wanted()...)
	for _, r := range s.Requests() {
		if r.Stored {
			t.Errorf("fetched again: %s", r.Path)
		}
	}
	if entries, err := os.ReadDir(c.Cache.Dir); err != nil || slices.ContainsFunc(entries, func(e os.DirEntry) bool { return strings.Contains(e.Name(), "community") }) {
		t.Errorf("%v, %v", entries, err)
	}
}
