package hub_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"inkling/engine/hub"
	"inkling/engine/hub/hubtest"
)

// counter counts the bytes of large files that are sent.
type counter struct {
	http.ResponseWriter
	sum *atomic.Int64
}

func (c counter) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.sum.Add(int64(n))
	return n, err
}

func (c counter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func counting(sum *atomic.Int64) hubtest.Hook {
	return bytesOnly(func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) { next(counter{w, sum}, r) })
}

const (
	weightsFile = "model.safetensors"
	extentSize  = 1 << 20 // of package hub: so much is recorded at once, at most
)

// halfway is a cache in which a pull was stopped after the first of two ranges. It returns the paths of what there is
// of the weights.
func halfway(t *testing.T, s *hubtest.Server, c *hub.Client, files hubtest.Files) (data, journal string) {
	t.Helper()
	c.Connections = 1
	var n atomic.Int32
	s.Use(bytesOnly(func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		if n.Add(1) > 1 {
			http.Error(w, "", http.StatusForbidden)
			return
		}
		next(w, r)
	}))
	if _, err := tryPull(c, id); !errors.Is(err, hub.ErrServer) {
		t.Fatalf("%v", err)
	}
	s.Use(nil)
	blob := filepath.Join(c.Cache.Dir, "models--someone--model", "blobs", hubtest.Etag(weightsFile, files[weightsFile]))
	return blob + ".inkling.incomplete", blob + ".inkling.journal.incomplete"
}

// Whatever becomes of the partial state, the right bytes come out, and what is still right is not fetched again.
func TestPartialStateIsTrustedOnlyAsFarAsItGoes(t *testing.T) {
	const size = 4 << 20 // ranges of 2 MiB at one connection, recorded as 2 extents each
	files := hubtest.Model(30, size)
	change := func(path string, f func([]byte) []byte) error {
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(path, f(content), 0o600)
	}
	const record = 20
	for name, test := range map[string]struct {
		spoil func(data, journal string) error
		kept  int64 // bytes of the first 2 MiB that need not come again
	}{
		"nothing": {func(_, _ string) error { return nil }, 2 << 20},
		"the last record is torn": {func(_, journal string) error {
			return change(journal, func(b []byte) []byte { return b[:len(b)-7] })
		}, extentSize},
		"the journal ends between records": {func(_, journal string) error {
			return change(journal, func(b []byte) []byte { return b[:2*record] })
		}, extentSize},
		"only the first record is there": {func(_, journal string) error {
			return change(journal, func(b []byte) []byte { return b[:record] })
		}, 0},
		"a record has a wrong bit": {func(_, journal string) error {
			return change(journal, func(b []byte) []byte { b[record+3] ^= 4; return b })
		}, 0},
		"the journal is another's": {func(_, journal string) error {
			return change(journal, func(b []byte) []byte { return bytes.Repeat([]byte("garbage "), 1000) })
		}, 0},
		"the journal is gone":  {func(_, journal string) error { return os.Remove(journal) }, 0},
		"the journal is empty": {func(_, journal string) error { return os.Truncate(journal, 0) }, 0},
		"the bytes are gone":   {func(data, _ string) error { return os.Remove(data) }, 0},
		"the bytes end early":  {func(data, _ string) error { return os.Truncate(data, extentSize+5) }, extentSize},
		"a byte has a wrong bit": {func(data, _ string) error {
			return change(data, func(b []byte) []byte { b[100] ^= 1; return b })
		}, extentSize},
		"there are too many bytes": {func(data, _ string) error {
			return change(data, func(b []byte) []byte { return append(b, make([]byte, size)...) })
		}, 2 << 20},
		"records twice, and unordered": {func(_, journal string) error {
			return change(journal, func(b []byte) []byte {
				return bytes.Join([][]byte{b[:record], b[2*record : 3*record], b[record : 2*record], b[2*record : 3*record]}, nil)
			})
		}, 2 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			s := hubtest.New(t)
			s.Add(id, files)
			c := newClient(t, s)
			data, journal := halfway(t, s, c, files)
			if err := test.spoil(data, journal); err != nil {
				t.Fatal(err)
			}
			var sent atomic.Int64
			s.Use(counting(&sent))
			expect(t, pull(t, c, id), files, wanted()...)
			if want := size - test.kept; sent.Load() != want {
				t.Errorf("%d bytes were fetched, want %d", sent.Load(), want)
			}
			if left := leftovers(t, c.Cache.Dir); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

// A connection that is cut goes on at the byte where it was.
func TestConnectionsThatAreCut(t *testing.T) {
	s := hubtest.New(t)
	files := hubtest.Model(31, 5<<20)
	s.Add(id, files)
	c := newClient(t, s)
	for _, n := range []int64{1, 999, 65536, 300_001, 1 << 20} {
		var sent atomic.Int64
		var cut sync.Map
		s.Use(bytesOnly(func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
			w = counter{w, &sent}
			if _, again := cut.LoadOrStore(strings.Split(r.Header.Get("Range"), "-")[1], true); !again {
				w = hubtest.Cut(w, n)
			}
			next(w, r)
		}))
		s.Requests()
		expect(t, pull(t, c, id), files, wanted()...)
		if sent.Load() != 5<<20 {
			t.Errorf("cut after %d: %d bytes were sent, want %d", n, sent.Load(), 5<<20)
		}
		if _, err := c.Cache.Remove(parse(t, id)); err != nil {
			t.Fatal(err)
		}
	}
}

// A byte that arrives wrong once is found, and of what is right nothing is lost.
func TestAWrongByteIsFetchedAgain(t *testing.T) {
	s := hubtest.New(t)
	files := hubtest.Model(32, 5<<20)
	s.Add(id, files)
	c := newClient(t, s)
	var once sync.Once
	s.Use(bytesOnly(func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		once.Do(func() { w = hubtest.Flip(w, 777_777) })
		next(w, r)
	}))
	expect(t, pull(t, c, id), files, wanted()...)
	if left := leftovers(t, c.Cache.Dir); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// A line that changes bytes now and then gives the right file in the end, as long as it does not change them in the same way.
func TestALineThatChangesBytes(t *testing.T) {
	s := hubtest.New(t)
	files := hubtest.Model(33, 6<<20)
	s.Add(id, files)
	c := newClient(t, s)
	var mu sync.Mutex
	random, flips := rand.New(rand.NewPCG(1, 2)), 4
	s.Use(bytesOnly(func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		mu.Lock()
		if flips--; flips >= 0 {
			w = hubtest.Flip(w, random.Int64N(1<<20))
		}
		mu.Unlock()
		next(w, r)
	}))
	expect(t, pull(t, c, id), files, wanted()...)
}

// A blob or a link that is damaged is mended by another pull.
func TestPullMendsWhatIsThere(t *testing.T) {
	files := hubtest.Model(34, 2<<20)
	for name, spoil := range map[string]func(snapshot hub.Snapshot) error{
		"a wrong byte": func(s hub.Snapshot) error {
			path := filepath.Join(s.Path, weightsFile)
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			content[1<<20] ^= 1
			return os.WriteFile(path, content, 0o600)
		},
		"a short blob":        func(s hub.Snapshot) error { return os.Truncate(filepath.Join(s.Path, weightsFile), 100) },
		"an empty vocabulary": func(s hub.Snapshot) error { return os.Truncate(filepath.Join(s.Path, "vocab.json"), 0) },
		"a blob that is gone": func(s hub.Snapshot) error {
			path, err := filepath.EvalSymlinks(filepath.Join(s.Path, weightsFile))
			if err != nil {
				return err
			}
			return os.Remove(path)
		},
		"a link that is gone": func(s hub.Snapshot) error { return os.Remove(filepath.Join(s.Path, weightsFile)) },
		"a file for a link": func(s hub.Snapshot) error {
			path := filepath.Join(s.Path, "merges.txt")
			return errors.Join(os.Remove(path), os.WriteFile(path, []byte("x"), 0o600))
		},
		"no refs": func(s hub.Snapshot) error { return os.RemoveAll(filepath.Join(s.Path, "..", "..", "refs")) },
	} {
		t.Run(name, func(t *testing.T) {
			s := hubtest.New(t)
			s.Add(id, files)
			c := newClient(t, s)
			if err := spoil(pull(t, c, id)); err != nil {
				t.Fatal(err)
			}
			expect(t, pull(t, c, id), files, wanted()...)
			if found, err := c.Cache.Find(parse(t, id+"@main")); err != nil || len(found.Files) != len(wanted()) {
				t.Errorf("%+v, %v", found, err)
			}
		})
	}
}
