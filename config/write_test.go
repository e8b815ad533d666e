package config_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"inkling/config"
)

func TestTemplate(t *testing.T) {
	var b bytes.Buffer
	if err := config.WriteTemplate(&b); err != nil {
		t.Fatal(err)
	}
	golden.RequireEqual(t, b.Bytes())
}

// Taking the "# " before every setting away gives a file that sets each of them
// to its default.
func TestTemplateRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "config.toml")
	if err := config.Init(path); err != nil {
		t.Fatal(err)
	}
	template, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Paths{Config: path}, lookup())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range config.Table() {
		if source := c.Origin(s.Key).Source; source != config.Default {
			t.Errorf("the untouched template sets %s", s.Key)
		}
	}

	setting := regexp.MustCompile(`(?m)^# ([a-z_]+ = )`)
	c, err = config.Load(config.Paths{Config: file(t, setting.ReplaceAllString(string(template), "$1"))}, lookup())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(c.Settings, config.Defaults()) {
		t.Errorf("\ngot  %+v\nwant %+v", c.Settings, config.Defaults())
	}
	for _, s := range config.Table() {
		if source := c.Origin(s.Key).Source; source != config.File {
			t.Errorf("the template does not set %s", s.Key)
		}
	}
}

func TestInitKeepsWhatIsThere(t *testing.T) {
	path := file(t, "top_k = 3\n")
	err := config.Init(path)
	if want := path + ": file already exists: edit it or remove it first"; err == nil || err.Error() != want {
		t.Errorf("\ngot  %v\nwant %s", err, want)
	}
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("%v does not wrap fs.ErrExist", err)
	}
	if content, _ := os.ReadFile(path); string(content) != "top_k = 3\n" {
		t.Errorf("the file became %q", content)
	}
}

func TestInitLeavesOneFile(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "inkling")
	path := filepath.Join(folder, "config.toml")
	if err := config.Init(path); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 {
		t.Errorf("the folder holds %v", entries)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v", info.Mode())
	}
}

func TestInitWithoutPlace(t *testing.T) {
	occupied := file(t, "")
	if err := config.Init(filepath.Join(occupied, "config.toml")); err == nil {
		t.Error("no error below a file")
	}
	err := config.Init("")
	if want := "no place for a config file; set HOME or INKLING_CONFIG"; err == nil || err.Error() != want {
		t.Errorf("\ngot  %v\nwant %s", err, want)
	}
}

// printed loads, prints and returns the text with the path of the config file
// replaced.
func printed(t *testing.T, paths config.Paths, environment, arguments []string) string {
	t.Helper()
	c, err := config.Load(paths, lookup(environment...))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetFlags(flags(t, arguments...)...); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := c.Print(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPrint(t *testing.T) {
	path := file(t, "top_k = 3\nsystem = \"You are a lighthouse keeper\\n\\u001b[31m\"\n")
	out := printed(t, config.Paths{Config: path, Data: "/data/inkling"},
		[]string{"INKLING_TEMPERATURE=0.35"}, []string{"--stop=User:", "--stop=\n", "--seed=42"})
	golden.RequireEqual(t, strings.ReplaceAll(out, path, "/config/inkling/config.toml"))
}

func TestPrintPlaces(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "config.toml")
	for _, test := range []struct {
		paths config.Paths
		want  string
	}{
		{config.Paths{Config: missing, Data: "/data"},
			"# config file: " + missing + " (missing; \"inkling config --init\" writes it)\n# data folder: /data\n\n"},
		{config.Paths{},
			"# config file: none (no home directory)\n# data folder: none (no home directory)\n\n"},
	} {
		if out := printed(t, test.paths, nil, nil); !strings.HasPrefix(out, test.want) {
			t.Errorf("\ngot  %s\nwant %s", out, test.want)
		}
	}
}

// What Print writes is itself a config file with the same settings.
func TestPrintRoundTrip(t *testing.T) {
	out := printed(t, config.Paths{}, []string{`INKLING_STOP=["\u001b", "\"\\"]`, "INKLING_SEED=18446744073709551615"},
		[]string{"--system=\x1b]0;title\a \x7f ünï\n[x]", "--format=plain", "--mouse=false", "--top-p=0.000001"})
	if strings.ContainsAny(out, "\x1b\a\x7f") {
		t.Errorf("control characters in %q", out)
	}
	c, err := config.Load(config.Paths{Config: file(t, out)}, lookup())
	if err != nil {
		t.Fatal(err)
	}
	seed := ^uint64(0)
	want := config.Defaults()
	want.Stop, want.Seed = []string{"\x1b", `"\`}, &seed
	want.System, want.Format, want.Mouse, want.TopP = "\x1b]0;title\a \x7f ünï\n[x]", "plain", false, 0.000001
	if !reflect.DeepEqual(c.Settings, want) {
		t.Errorf("\ngot  %+v\nwant %+v", c.Settings, want)
	}
}
