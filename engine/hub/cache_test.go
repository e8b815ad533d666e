package hub_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"inkling/engine/hub"
	"inkling/engine/hub/hubtest"
)

// put writes a file below folder.
func put(t testing.TB, folder, name, content string) {
	t.Helper()
	path := filepath.Join(folder, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// symlink makes a link below folder, or skips the test where there are none.
func symlink(t testing.TB, folder, name, target string) {
	t.Helper()
	path := filepath.Join(folder, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.FromSlash(target), path); err != nil {
		if runtime.GOOS == "windows" {
			t.Skip(err)
		}
		t.Fatal(err)
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func TestList(t *testing.T) {
	s := hubtest.New(t)
	c := newClient(t, s)
	if repos, err := c.Cache.List(); len(repos) != 0 || err != nil {
		t.Errorf("an empty cache has %v, %v", repos, err)
	}
	if repos, err := (hub.Cache{Dir: filepath.Join(c.Cache.Dir, "nowhere")}).List(); len(repos) != 0 || err != nil {
		t.Errorf("no cache has %v, %v", repos, err)
	}
	one := hubtest.Model(60, 100_000)
	two := one.With(hubtest.Files{"README.md": []byte("another card")})
	s.AddRevision(id, "v1", one)
	first := pull(t, c, id+"@v1").Commit
	s.Add(id, two)
	second := pull(t, c, id).Commit
	s.Add("distilbert/distilgpt2", one.With(hubtest.Files{"model.safetensors": nil}))
	pull(t, c, "distilgpt2")
	// What is no model, or no repository, is none.
	put(t, c.Cache.Dir, "datasets--a--b/blobs/x", "")
	put(t, c.Cache.Dir, "models--a--b--c--d", "")
	put(t, c.Cache.Dir, "version.txt", "1")
	put(t, c.Cache.Dir, "models--someone--model/blobs/abc.incomplete", "12345")
	put(t, c.Cache.Dir, "models--someone--model/snapshots/no-commit/config.json", "{}")

	repos, err := c.Cache.List()
	if err != nil || len(repos) != 2 || repos[0].ID != "distilbert/distilgpt2" || repos[1].ID != id {
		t.Fatalf("%+v, %v", repos, err)
	}
	sum := func(f hubtest.Files, weights string) int64 {
		var n int64
		for _, name := range wanted() {
			n += int64(len(f[strings.Replace(name, weightsFile, weights, 1)]))
		}
		return n
	}
	repo := repos[1]
	if want := sum(one, weightsFile) + int64(len(two["README.md"])) + 5; repo.Size != want || repo.Partial != 5 {
		t.Errorf("%s has %d bytes, %d of them partial, want %d and 5", id, repo.Size, repo.Partial, want)
	}
	var commits []string
	for _, s := range repo.Snapshots {
		commits = append(commits, s.Commit)
		files, ref := one, "v1"
		if s.Commit == second {
			files, ref = two, "main"
		}
		if s.Size != sum(files, weightsFile) || !slices.Equal(s.Refs, []string{ref}) || len(s.Files) != len(wanted()) ||
			!slices.Equal(s.Formats(), []string{"safetensors"}) || s.Used.IsZero() {
			t.Errorf("%+v", s)
		}
		if s.Config != (hub.Config{Type: "gpt2", Context: 128, Parameters: 512*64 + 128*64 + 2*(12*64*64+13*64) + 2*64}) {
			t.Errorf("%+v", s.Config)
		}
		if weights, err := s.Weights(); err != nil || !slices.Equal(weights, []string{weightsFile}) {
			t.Errorf("%v, %v", weights, err)
		}
	}
	if !slices.Contains(commits, first) || !slices.Contains(commits, second) || len(commits) != 2 {
		t.Errorf("snapshots of %q", commits)
	}
	distil := repos[0].Snapshots[0]
	if distil.Name() != "distilgpt2" || !slices.Equal(distil.Formats(), []string{"bin"}) || distil.Size != sum(one, "pytorch_model.bin") {
		t.Errorf("%+v", distil)
	}
}

func TestFindTellsWhatIsMissing(t *testing.T) {
	s := hubtest.New(t)
	files := hubtest.Model(61, 1000)
	commit := s.Add(id, files)
	c := newClient(t, s)
	wants := func(name string, texts ...string) {
		t.Helper()
		_, err := c.Cache.Find(parse(t, name))
		if !errors.Is(err, hub.ErrNotLocal) {
			t.Errorf("%v", err)
		}
		oneLine(t, err, texts...)
	}
	wants(id, `"someone/model" is not on this machine`, "inkling pull someone/model")
	wants("openai-community/gpt2", `"gpt2"`, "inkling pull gpt2")
	snapshot := pull(t, c, id)
	if found, err := c.Cache.Find(parse(t, id)); err != nil || found.Commit != commit {
		t.Errorf("%+v, %v", found, err)
	}
	wants(id+"@v2", "inkling pull someone/model@v2")
	if err := os.Remove(filepath.Join(snapshot.Path, weightsFile)); err != nil {
		t.Fatal(err)
	}
	wants(id, "not whole", "no weights", "inkling pull someone/model")
	put(t, snapshot.Path, "model.safetensors.index.json", `{"weight_map": {"a": "model-1.safetensors"}}`)
	wants(id, "model-1.safetensors is missing")
	pull(t, c, id)
	if err := os.Remove(filepath.Join(snapshot.Path, "config.json")); err != nil {
		t.Fatal(err)
	}
	wants(id, "config.json is missing")

	// The only whole one is what is meant without a revision; of two none is.
	pull(t, c, id)
	if err := os.RemoveAll(filepath.Join(c.Cache.Dir, "models--someone--model", "refs")); err != nil {
		t.Fatal(err)
	}
	if found, err := c.Cache.Find(parse(t, id)); err != nil || found.Name() != id+"@"+commit[:7] {
		t.Errorf("%s, %v", found.Name(), err)
	}
	s.AddRevision(id, "v2", files.With(hubtest.Files{"README.md": nil}))
	pull(t, c, id+"@v2")
	wants(id, "several revisions", "someone/model@")
}

// A repository that was moved elsewhere and linked to is found, but not deleted.
func TestARepositoryElsewhere(t *testing.T) {
	s := hubtest.New(t)
	files := hubtest.Model(64, 1000)
	s.Add(id, files)
	c := newClient(t, s)
	pull(t, c, id)
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.Rename(filepath.Join(c.Cache.Dir, "models--someone--model"), elsewhere); err != nil {
		t.Fatal(err)
	}
	symlink(t, c.Cache.Dir, "models--someone--model", elsewhere)
	found, err := c.Cache.Find(parse(t, id))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, found, files, wanted()...)
	if repos, err := c.Cache.List(); len(repos) != 1 || err != nil {
		t.Errorf("%+v, %v", repos, err)
	}
	_, err = c.Cache.Remove(parse(t, id))
	oneLine(t, err, "by hand")
	if !exists(filepath.Join(elsewhere, "refs", "main")) {
		t.Error("the repository is gone")
	}
}

// Several GGUF files are several models, all of them whole.
func TestSeveralGGUFFiles(t *testing.T) {
	s := hubtest.New(t)
	files := hubtest.Files{"a.gguf": []byte("a"), "b.gguf": []byte("b"), "c.gguf": []byte("c")}
	s.Add(id, files)
	c := newClient(t, s)
	for _, name := range []string{"a.gguf", "c.gguf"} {
		if _, err := c.Pull(t.Context(), parse(t, id), hub.PullOptions{File: name}); err != nil {
			t.Fatal(err)
		}
	}
	found, err := c.Cache.Find(parse(t, id))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, found, files, "a.gguf", "c.gguf")
	if weights, err := found.Weights(); err != nil || !slices.Equal(weights, []string{"a.gguf", "c.gguf"}) {
		t.Errorf("%q, %v", weights, err)
	}
}

func TestRemove(t *testing.T) {
	s := hubtest.New(t)
	one := hubtest.Model(62, 100_000)
	two := one.With(hubtest.Files{"model.safetensors": one["pytorch_model.bin"], "README.md": []byte("another card")})
	s.AddRevision(id, "v1", one)
	s.Add(id, two)
	s.Add("someone/other", one)
	c := newClient(t, s)
	for _, name := range []string{id + "@v1", id, "someone/other"} {
		pull(t, c, name)
	}
	if _, err := c.Cache.Remove(parse(t, id+"@v3")); !errors.Is(err, hub.ErrNotLocal) {
		t.Errorf("%v", err)
	}
	if _, err := c.Cache.Remove(parse(t, "someone/third")); !errors.Is(err, hub.ErrNotLocal) {
		t.Errorf("%v", err)
	}
	// One revision, with what belongs to it alone.
	freed, err := c.Cache.Remove(parse(t, id+"@v1"))
	if want := int64(len(one["model.safetensors"]) + len(one["README.md"])); err != nil || freed != want {
		t.Errorf("freed %d, %v, want %d", freed, err, want)
	}
	found, err := c.Cache.Find(parse(t, id))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, found, two, wanted()...)
	if _, err := c.Cache.Find(parse(t, id+"@v1")); !errors.Is(err, hub.ErrNotLocal) {
		t.Errorf("%v", err)
	}
	// The rest.
	if _, err := c.Cache.Remove(parse(t, id)); err != nil {
		t.Error(err)
	}
	if path := filepath.Join(c.Cache.Dir, "models--someone--model"); exists(path) {
		t.Errorf("%s is still there", path)
	}
	if _, err := c.Cache.Remove(parse(t, id)); !errors.Is(err, hub.ErrNotLocal) {
		t.Errorf("%v", err)
	}
	// The last revision by its name takes all.
	if _, err := c.Cache.Remove(parse(t, "someone/other@main")); err != nil {
		t.Error(err)
	}
	if repos, err := c.Cache.List(); len(repos) != 0 || err != nil {
		t.Errorf("%+v, %v", repos, err)
	}
	expect(t, pull(t, c, id), two, wanted()...)
}

// Nothing outside the cache is touched, whatever links there are in it.
func TestRemoveStaysInsideTheCache(t *testing.T) {
	top := t.TempDir()
	cache := hub.Cache{Dir: filepath.Join(top, "hub")}
	put(t, top, "precious/file", "precious")
	put(t, top, "precious/blobs/b", "precious")
	const repo = "models--a--b"
	commit := strings.Repeat("1", 40)
	put(t, cache.Dir, repo+"/refs/main", commit)
	put(t, cache.Dir, repo+"/refs/up", "../../../precious")
	symlink(t, cache.Dir, repo+"/blobs", "../../precious/blobs")
	symlink(t, cache.Dir, repo+"/snapshots/"+commit+"/sub", "../../../../../precious")
	symlink(t, cache.Dir, repo+"/snapshots/"+commit+"/file", "../../../../../precious/file")
	symlink(t, cache.Dir, repo+"/snapshots/"+strings.Repeat("2", 40), "../../../precious")
	symlink(t, cache.Dir, ".locks/"+repo, "../../../precious")
	symlink(t, cache.Dir, "models--a--link", "../precious")
	symlink(t, cache.Dir, "models--a--self", "models--a--b")

	for _, name := range []string{"a/link", "a/self"} {
		_, err := cache.Remove(parse(t, name))
		oneLine(t, err, "by hand")
	}
	if _, err := cache.Remove(parse(t, "a/b@main")); err != nil {
		t.Error(err)
	}
	if exists(filepath.Join(cache.Dir, repo)) {
		if _, err := cache.Remove(parse(t, "a/b")); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"file", "blobs/b"} {
		if content, err := os.ReadFile(filepath.Join(top, "precious", name)); string(content) != "precious" {
			t.Errorf("%s: %q, %v", name, content, err)
		}
	}
	if exists(filepath.Join(cache.Dir, repo)) {
		t.Error("the repository is still there")
	}
	// A hostile name is none.
	if _, err := cache.Remove(hub.Ref{ID: "../precious"}); !errors.Is(err, hub.ErrNotLocal) && !errors.Is(err, hub.ErrName) {
		t.Errorf("%v", err)
	}
	if _, err := cache.Remove(hub.Ref{ID: "a/b", Revision: "../../.."}); err == nil {
		t.Error("removed a revision above")
	}
}

// A blob that Python keeps once for several repositories goes with the last of them.
func TestRemoveSharedBlobs(t *testing.T) {
	s := hubtest.New(t)
	files := hubtest.Model(63, 50_000)
	s.Add("a/one", files)
	s.Add("a/two", files)
	c := newClient(t, s)
	etag := hubtest.Etag(weightsFile, files[weightsFile])
	hash := strings.Repeat("ab", 32)
	place := filepath.Join(c.Cache.Dir, "blobs", "ab", hash)
	put(t, c.Cache.Dir, "blobs/.huggingface-shared-blobs", "1\n")
	put(t, c.Cache.Dir, "blobs/ab/"+hash, string(files[weightsFile]))
	put(t, c.Cache.Dir, "blobs/ab/"+hash+".refs", "models--a--gone/blobs/"+etag+"\n../../etc/passwd\nmodels--a--one/blobs/"+etag+"\nmodels--a--two/blobs/"+etag+"\n")
	for _, name := range []string{"one", "two"} {
		pull(t, c, "a/"+name)
		blob := "models--a--" + name + "/blobs/" + etag
		if err := os.Remove(filepath.Join(c.Cache.Dir, blob)); err != nil {
			t.Fatal(err)
		}
		symlink(t, c.Cache.Dir, blob, "../../blobs/ab/"+hash)
	}
	s.Requests()
	expect(t, pull(t, c, "a/one"), files, wanted()...)
	if slices.ContainsFunc(s.Requests(), func(r hubtest.Request) bool { return r.Stored }) {
		t.Error("fetched what is there")
	}
	if _, err := c.Cache.Remove(parse(t, "a/one")); err != nil || !exists(place) {
		t.Errorf("%v; the blob that a/two has is there: %t", err, exists(place))
	}
	found, err := c.Cache.Find(parse(t, "a/two"))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, found, files, wanted()...)
	if freed, err := c.Cache.Remove(parse(t, "a/two")); err != nil || exists(place) || freed < 50_000 {
		t.Errorf("freed %d, %v; the blob is there: %t", freed, err, exists(place))
	}
}
