package cache

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A fixture is a model of one file, and the folder of its cache.
type fixture struct {
	t       *testing.T
	key     Key
	folder  string
	weights []byte
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	dir := t.TempDir()
	f := &fixture{t: t, folder: filepath.Join(dir, "[cache]"), weights: make([]byte, 3*chunkSize+77)}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range f.weights {
		f.weights[i] = byte(random.Uint32())
	}
	f.key = Key{Base: "model", Format: "q8", Shape: "2 layers", Size: len(f.weights), Files: []string{filepath.Join(dir, "model.safetensors")}}
	f.source("the weights as they were published")
	return f
}

func (f *fixture) source(content string) {
	f.t.Helper()
	if err := os.WriteFile(f.key.Files[0], []byte(content), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) write() {
	f.t.Helper()
	if err := f.key.Write(nil, []string{f.folder}, f.weights); err != nil {
		f.t.Fatal(err)
	}
}

// found reports whether the cache is there, and that it holds the weights.
func (f *fixture) found() bool {
	f.t.Helper()
	r := f.key.Find([]string{f.folder})
	if r == nil {
		return false
	}
	defer r.Close()
	if !bytes.Equal(Data(r), f.weights) {
		f.t.Fatal("the cache has other weights")
	}
	return true
}

func (f *fixture) files() []string {
	f.t.Helper()
	entries, err := os.ReadDir(f.folder)
	if err != nil {
		f.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestWhatWasWrittenIsFound(t *testing.T) {
	f := newFixture(t)
	if f.found() {
		t.Fatal("found before it was written")
	}
	f.write()
	if !f.found() {
		t.Fatal("not found")
	}
	names := f.files()
	if len(names) != 1 || !strings.HasPrefix(names[0], "model-q8-v3-") {
		t.Errorf("the folder holds %q", names)
	}
	os.RemoveAll(f.folder)
	if f.found() {
		t.Error("found after it was deleted")
	}
}

func TestOtherFormatsShapesAndSizesAreNotFound(t *testing.T) {
	f := newFixture(t)
	f.write()
	for name, change := range map[string]func(k *Key){
		"format": func(k *Key) { k.Format = "q4" },
		"shape":  func(k *Key) { k.Shape = "3 layers" },
		"size":   func(k *Key) { k.Size++ },
		"base":   func(k *Key) { k.Base = "mod" },
	} {
		k := f.key
		change(&k)
		if r := k.Find([]string{f.folder}); r != nil {
			t.Errorf("another %s: found", name)
		}
	}
	if !f.found() {
		t.Error("the cache itself is gone")
	}
}

// What the files hold decides, not when they were written.
func TestTheContentDecides(t *testing.T) {
	f := newFixture(t)
	f.write()
	info, err := os.Stat(f.key.Files[0])
	if err != nil {
		t.Fatal(err)
	}

	// Touched, and then moved to another inode.
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(f.key.Files[0], later, later); err != nil {
		t.Fatal(err)
	}
	if !f.found() {
		t.Error("not found after the file was touched")
	}
	os.Remove(f.key.Files[0])
	f.source("the weights as they were published")
	for _, time := range []string{"once", "twice"} {
		if !f.found() {
			t.Errorf("not found %s after the file was copied", time)
		}
	}

	// Another content of the same size, with the old times.
	f.source("the weights as they were Published")
	if err := os.Chtimes(f.key.Files[0], info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if f.found() {
		t.Error("found for other weights")
	}
	f.write()
	if !f.found() || len(f.files()) != 1 {
		t.Errorf("after writing anew the folder holds %q", f.files())
	}
}

func TestDamageIsNoticed(t *testing.T) {
	f := newFixture(t)
	f.write()
	path := filepath.Join(f.folder, f.files()[0])
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damage := map[string][]byte{"empty": {}, "cut": good[:len(good)-1], "longer": append(bytes.Clone(good), 0), "only a header": good[:headerSize], "half a header": good[:100]}
	for _, at := range []int{0, 50, headerSize - 1, headerSize, headerSize + chunkSize, len(good) - 1} {
		flipped := bytes.Clone(good)
		flipped[at] ^= 4
		damage["flipped"] = flipped
		for name, data := range damage {
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			if f.found() {
				t.Fatalf("%s (byte %d): found", name, at)
			}
			if _, err := os.Stat(path); err == nil {
				t.Fatalf("%s (byte %d): the damaged file is still there", name, at)
			}
		}
	}
}

func TestWritingEndsEarly(t *testing.T) {
	f := newFixture(t)
	done := make(chan struct{})
	close(done)
	if err := f.key.Write(done, []string{f.folder}, f.weights); err == nil {
		t.Error("no error")
	}
	if entries, err := os.ReadDir(f.folder); err == nil && len(entries) > 0 {
		t.Errorf("%d files are left", len(entries))
	}
}

func TestWhereTheFirstFolderCannotBeWritten(t *testing.T) {
	f := newFixture(t)
	blocked := f.key.Files[0] // a file is no folder
	if err := f.key.Write(nil, []string{blocked, f.folder}, f.weights); err != nil {
		t.Fatal(err)
	}
	if r := f.key.Find([]string{blocked, f.folder}); r == nil {
		t.Error("not found")
	} else {
		r.Close()
	}
	if err := f.key.Write(nil, []string{blocked}, f.weights); err == nil {
		t.Error("no error without a folder")
	}
}

func TestAbandonedFilesAreDeleted(t *testing.T) {
	f := newFixture(t)
	f.write()
	old, fresh := filepath.Join(f.folder, "model-q8-v3-1.tmp"), filepath.Join(f.folder, "model-q8-v3-2.tmp")
	for _, path := range []string{old, fresh} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-2 * abandoned)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	f.write()
	if names := f.files(); len(names) != 2 || names[0] != "model-q8-v3-2.tmp" {
		t.Errorf("the folder holds %q", names)
	}
}
