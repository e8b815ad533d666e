package config_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"inkling/config"
)

// The base directories are read from the environment as a process starts, so
// this binary runs itself once more to print what it locates.
const locating = "CONFIG_TEST_LOCATING"

func TestMain(m *testing.M) {
	if os.Getenv(locating) != "" {
		json.NewEncoder(os.Stdout).Encode(config.Locate(os.LookupEnv))
		return
	}
	os.Exit(m.Run())
}

func locate(t *testing.T, environment ...string) config.Paths {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(append(os.Environ(), "INKLING_CONFIG=", locating+"=1"), environment...)
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var paths config.Paths
	if err := json.Unmarshal(out, &paths); err != nil {
		t.Fatalf("%v in %q", err, out)
	}
	return paths
}

func TestLocate(t *testing.T) {
	base := t.TempDir()
	configs, data := filepath.Join(base, "config"), filepath.Join(base, "data")
	environment := []string{"XDG_CONFIG_HOME=" + configs, "XDG_DATA_HOME=" + data}

	got := locate(t, environment...)
	if want := filepath.Join(configs, "inkling", "config.toml"); got.Config != want {
		t.Errorf("the config file is %s, want %s", got.Config, want)
	}
	if want := filepath.Join(data, "inkling"); got.Data != want {
		t.Errorf("the data folder is %s, want %s", got.Data, want)
	}
	if entries, err := os.ReadDir(base); err != nil || len(entries) > 0 {
		t.Errorf("looking made %v, %v", entries, err)
	}

	got = locate(t, append(environment, "INKLING_CONFIG=my.toml")...)
	if got.Config != "my.toml" {
		t.Errorf("with INKLING_CONFIG the config file is %s", got.Config)
	}
}
