package cli

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"inkling/engine/hub/hubtest"
)

func TestMain(m *testing.M) {
	// What runs on a terminal, and what is pulled, waits for most of its time.
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"inkling": func() {
		os.Exit(Main(context.Background(), os.Args[1:], Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, os.LookupEnv))
	}})
}

// homes are the variables that say where the program's files are.
var homes = []string{"HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"}

// small is the folder of a model.
const small = "../../engine/gpt2/testdata/small"

// newHub is a hub with models: that one as gpt2, in two revisions, and some that cannot be used.
func newHub(t *testing.T) *hubtest.Server {
	t.Helper()
	model, err := hubtest.Folder(os.DirFS(small))
	if err != nil {
		t.Fatal(err)
	}
	model = model.With(hubtest.Files{"README.md": []byte("---\nlicense: mit\n---\n"), "tf_model.h5": []byte("not needed")})
	s := hubtest.New(t)
	s.Add("openai-community/gpt2", model)
	s.AddRevision("openai-community/gpt2", "v1", model.With(hubtest.Files{"README.md": []byte("first\n")}))
	s.Add("someone/llama", model.With(hubtest.Files{"config.json": []byte(`{"model_type": "llama"}`)}))
	s.Add("someone/gguf", hubtest.Files{"a.gguf": []byte("a"), "b.gguf": []byte("b")})
	s.Add("someone/gated", model)
	s.Restrict("someone/gated", "hf_right", true)
	return s
}

// The scripts run the program as a user does, each with a home directory of its own, and one hub for all of them.
func TestScript(t *testing.T) {
	models := newHub(t)
	// The others run nothing beside anything else that these do not.
	dir, files := filepath.Join("testdata", "script"), []string(nil)
	if testing.Short() {
		for _, name := range []string{"chat_pipe", "generate_interrupt", "generate_pipe", "models", "pull", "search", "task"} {
			files = append(files, filepath.Join(dir, name+".txtar"))
		}
		dir = ""
	}
	testscript.Run(t, testscript.Params{
		Dir: dir, Files: files,
		Setup: func(env *testscript.Env) error {
			for _, name := range homes {
				env.Setenv(name, filepath.Join(env.WorkDir, "home", name))
			}
			env.Setenv("HF_ENDPOINT", models.URL)
			return os.MkdirAll(env.Getenv("HOME"), 0o700)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":    status,
			"interrupt": interrupt,
		},
	})
}

// status runs a program and checks the status that it exits with: "status 2 inkling --nosuch". It looks after standard
// input and output as the command exec does.
func status(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) < 2 {
		ts.Fatalf("usage: status N program [arguments]")
	}
	found := exitStatus(ts, ts.Exec(args[1], args[2:]...))
	if strconv.Itoa(found) != args[0] {
		ts.Fatalf("exit status %d, expected %s", found, args[0])
	}
}

// interrupt runs the program, sends it an interrupt as soon as it has written something, and expects it to end with
// status 130. What it wrote is left for the commands stdout and stderr.
func interrupt(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) == 0 {
		ts.Fatalf("usage: interrupt program [arguments]")
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = ts.Getenv("WORK")
	cmd.Env = os.Environ()
	for _, name := range homes {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	cmd.Stderr = ts.Stderr()
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	first := make([]byte, 1)
	_, err = io.ReadFull(out, first)
	if err == nil {
		err = cmd.Process.Signal(os.Interrupt)
	}
	rest, reading := io.ReadAll(out)
	ended := cmd.Wait()
	ts.Check(errors.Join(err, reading))
	ts.Stdout().Write(bytes.Join([][]byte{first, rest}, nil))
	if found := exitStatus(ts, ended); found != 130 {
		ts.Fatalf("exit status %d, expected 130", found)
	}
}

// exitStatus is the status of a program from the error of running it.
func exitStatus(ts *testscript.TestScript, err error) int {
	if err == nil {
		return 0
	}
	failure, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		ts.Fatalf("%v", err)
	}
	return failure.ExitCode()
}
