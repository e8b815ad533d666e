package hub_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"inkling/engine/hub"
	"inkling/engine/hub/hubtest"
)

// interpreter is a Python that has huggingface_hub, or the test is skipped.
func interpreter(t *testing.T) string {
	t.Helper()
	name := os.Getenv("INKLING_TEST_PYTHON")
	if name == "" {
		name = "python3"
	}
	python, err := exec.LookPath(name)
	if err != nil {
		t.Skip(err)
	}
	if out, err := exec.Command(python, "-c", "import huggingface_hub.file_download").CombinedOutput(); err != nil {
		t.Skipf("%s: %s", python, bytes.TrimSpace(out))
	}
	return python
}

// ask runs testdata/python.py and reads what it prints.
func ask(t *testing.T, python string, result any, args ...string) {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command(python, append([]string{filepath.Join("testdata", "python.py")}, args...)...)
	cmd.Env = append(os.Environ(), "HF_HOME="+t.TempDir())
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%q: %v: %s", args, err, stderr.Bytes())
	}
	if err := json.Unmarshal(out, result); err != nil {
		t.Fatalf("%q: %v: %s", args, err, out)
	}
}

type scanned struct {
	Size     int64
	Warnings []string
	Repos    map[string]struct {
		Size      int64
		Revisions map[string][]string
	}
}

// TestPython holds the cache to what the package huggingface_hub makes of it.
func TestPython(t *testing.T) {
	python := interpreter(t)
	s := hubtest.New(t)
	one, two := hubtest.Model(70, 200_000), hubtest.Model(71, 200_000)
	first := s.AddRevision(id, "refs/pr/1", one)
	second := s.Add(id, two)

	t.Run("finds what was fetched", func(t *testing.T) {
		c := newClient(t, s)
		for _, name := range []string{id, id + "@refs/pr/1"} {
			pull(t, c, name)
		}
		for revision, commit := range map[string]string{"main": second, "refs/pr/1": first, first: first} {
			var found struct {
				Snapshot string
				Paths    []string
			}
			ask(t, python, &found, append([]string{"resolve", c.Cache.Dir, id, revision}, wanted()...)...)
			want := filepath.Join(c.Cache.Dir, "models--someone--model", "snapshots", commit)
			if found.Snapshot != want {
				t.Errorf("%s: the snapshot is %s, want %s", revision, found.Snapshot, want)
			}
			for i, name := range wanted() {
				if found.Paths[i] != filepath.Join(want, name) {
					t.Errorf("%s: %s is %s", revision, name, found.Paths[i])
				}
			}
		}
		var all scanned
		ask(t, python, &all, "scan", c.Cache.Dir)
		repos, err := c.Cache.List()
		if err != nil {
			t.Fatal(err)
		}
		got := all.Repos[id]
		if len(all.Warnings) > 0 || got.Size != repos[0].Size || !reflect.DeepEqual(got.Revisions, map[string][]string{first: {"refs/pr/1"}, second: {"main"}}) {
			t.Errorf("%+v, want %d bytes", all, repos[0].Size)
		}
		if _, err := c.Cache.Remove(parse(t, id+"@refs/pr/1")); err != nil {
			t.Fatal(err)
		}
		all = scanned{}
		ask(t, python, &all, "scan", c.Cache.Dir)
		if len(all.Warnings) > 0 || !reflect.DeepEqual(all.Repos[id].Revisions, map[string][]string{second: {"main"}}) {
			t.Errorf("after the removal: %+v", all)
		}
	})

	t.Run("fetches what is found", func(t *testing.T) {
		c := newClient(t, s)
		var paths []string
		ask(t, python, &paths, append([]string{"fetch", s.URL, c.Cache.Dir, id}, wanted()...)...)
		found, err := c.Cache.Find(parse(t, id))
		if err != nil || found.Commit != second {
			t.Fatalf("%+v, %v", found, err)
		}
		expect(t, found, two, wanted()...)
		s.Requests()
		expect(t, pull(t, c, id), two, wanted()...)
		if slices.ContainsFunc(s.Requests(), func(r hubtest.Request) bool { return r.Method == "GET" && !strings.HasPrefix(r.Path, "/api/models/") }) {
			t.Error("fetched what is there")
		}
	})

	t.Run("holds a lock that is waited for", func(t *testing.T) {
		c := newClient(t, s)
		cmd := exec.Command(python, filepath.Join("testdata", "python.py"), "hold", c.Cache.Dir, id, hubtest.Etag(weightsFile, two[weightsFile]))
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(out, make([]byte, len("held\n"))); err != nil {
			t.Fatal(err)
		}
		waited := false
		report := func(p hub.Progress) {
			if p.Phase == hub.Waiting && p.File == weightsFile && !waited {
				waited = true
				in.Close()
			}
		}
		snapshot, err := c.Pull(t.Context(), parse(t, id), hub.PullOptions{Progress: report})
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil || !waited {
			t.Errorf("%v; waited: %t", err, waited)
		}
		expect(t, snapshot, two, wanted()...)
	})

	t.Run("shares a blob", func(t *testing.T) {
		c := newClient(t, s)
		pull(t, c, id)
		var shared bool
		ask(t, python, &shared, "share", c.Cache.Dir, id, hubtest.Etag(weightsFile, two[weightsFile]))
		if !shared {
			t.Fatal("Python did not share the blob")
		}
		expect(t, pull(t, c, id), two, wanted()...)
		repos, err := c.Cache.List()
		if err != nil || repos[0].Size < 200_000 {
			t.Errorf("%+v, %v", repos, err)
		}
		if _, err := c.Cache.Remove(parse(t, id)); err != nil {
			t.Fatal(err)
		}
		var all scanned
		ask(t, python, &all, "scan", c.Cache.Dir)
		if len(all.Warnings) > 0 || len(all.Repos) > 0 || all.Size > 0 {
			t.Errorf("after the removal: %+v", all)
		}
	})
}
