package hub_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"inkling/engine/hub"
	"inkling/engine/hub/hubtest"
)

const id = "someone/model"

// childVariable makes the test binary a process that pulls, and then says how that ended.
const childVariable = "INKLING_TEST_PULL"

func TestMain(m *testing.M) {
	if name := os.Getenv(childVariable); name != "" {
		os.Exit(pullAndSay(name))
	}
	if err := flag.Set("test.parallel", "6"); err != nil { // most of the time is waiting
		panic(err)
	}
	os.Exit(m.Run())
}

// pullAndSay is what a child process does.
func pullAndSay(name string) int {
	settings, err := hub.Environment(os.LookupEnv)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	client, err := hub.New(settings)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	client.Pause = time.Millisecond
	var said atomic.Bool
	report := func(p hub.Progress) {
		if p.Phase == hub.Waiting && !said.Swap(true) {
			fmt.Println("waiting")
		}
	}
	ref, err := hub.Parse(name)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	s, err := client.Pull(context.Background(), ref, hub.PullOptions{Progress: report})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("commit", s.Commit)
	return 0
}

// newClient is a client of the server with a cache of its own that does not wait long.
func newClient(t testing.TB, s *hubtest.Server) *hub.Client {
	t.Helper()
	return clientOf(t, s, t.TempDir())
}

func clientOf(t testing.TB, s *hubtest.Server, cache string) *hub.Client {
	t.Helper()
	c, err := hub.New(hub.Settings{Endpoint: s.URL, Cache: hub.Cache{Dir: cache}})
	if err != nil {
		t.Fatal(err)
	}
	c.Pause = time.Millisecond
	t.Cleanup(c.Close)
	return c
}

// pull pulls and fails the test on an error.
func pull(t testing.TB, c *hub.Client, name string) hub.Snapshot {
	t.Helper()
	s, err := tryPull(c, name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func tryPull(c *hub.Client, name string) (hub.Snapshot, error) {
	ref, err := hub.Parse(name)
	if err != nil {
		return hub.Snapshot{}, err
	}
	return c.Pull(context.Background(), ref, hub.PullOptions{})
}

func parse(t testing.TB, name string) hub.Ref {
	t.Helper()
	ref, err := hub.Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// wanted are the files of hubtest.Model that a pull fetches.
func wanted() []string {
	return []string{"README.md", "chat_template.jinja", "config.json", "generation_config.json", "merges.txt", "model.safetensors", "tokenizer.json", "vocab.json"}
}

// expect checks that a snapshot has these files, as they are in the repository, and no others.
func expect(t testing.TB, s hub.Snapshot, repository hubtest.Files, names ...string) {
	t.Helper()
	var found []string
	err := filepath.WalkDir(s.Path, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, _ := filepath.Rel(s.Path, path)
		name = filepath.ToSlash(name)
		found = append(found, name)
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !bytes.Equal(content, repository[name]) {
			t.Errorf("%s: %d bytes that differ from the %d of the repository", name, len(content), len(repository[name]))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	if slices.Sort(found); !slices.Equal(found, names) {
		t.Errorf("the snapshot has %q, want %q", found, names)
	}
	if !slices.Equal(s.Files, names) {
		t.Errorf("Files are %q, want %q", s.Files, names)
	}
}

// leftovers are the files in the cache that belong to unfinished downloads.
func leftovers(t testing.TB, cache string) []string {
	t.Helper()
	var found []string
	filepath.WalkDir(cache, func(path string, entry os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".incomplete") {
			found = append(found, path)
		}
		return err
	})
	return found
}

// oneLine checks that an error is one line with these texts in it.
func oneLine(t testing.TB, err error, texts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one with %q", texts)
		return
	}
	if strings.ContainsAny(err.Error(), "\n\r\x1b") || len(err.Error()) > 700 {
		t.Errorf("not one line of bearable length: %q", err)
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%q does not say %q", err, text)
		}
	}
}

// stored says whether a request is one for the bytes of a large file.
func stored(r *http.Request) bool { return r.URL.Query().Has("signature") }
