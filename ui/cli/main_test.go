package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"inkling/engine/enginetest"
)

// command runs a command line with a text as standard input, and no environment.
func command(t *testing.T, in string, args ...string) (status int, out, err string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	none := func(string) (string, bool) { return "", false }
	status = Main(context.Background(), args, Streams{In: strings.NewReader(in), Out: &stdout, Err: &stderr}, none)
	return status, stdout.String(), stderr.String()
}

// Errors are one line, whatever they quote.
func TestErrorLine(t *testing.T) {
	for _, args := range [][]string{
		{"two\nlines\x1b[31m\x07", "--\x1b]0;title\x07"},
		{"generate", "--model", "no\nsuch\x1b[31m", "x"},
		{"generate", "--temperature", "x\r\ny\x1b[m", "x"},
		{"\x1b[31m"},
		{"models", "a\nb"},
	} {
		status, out, text := command(t, "", args...)
		if status == 0 || out != "" {
			t.Errorf("%q: status %d, output %q", args, status, out)
		}
		line, more, _ := strings.Cut(text, "\n")
		if !strings.HasPrefix(line, "inkling: ") || more != "" || strings.ContainsAny(line, "\x1b\x07\r") {
			t.Errorf("%q: %q", args, text)
		}
	}
}

func TestStatus(t *testing.T) {
	for want, err := range map[int]error{
		0:   nil,
		1:   errors.New("failed"),
		2:   usage("found %w", errors.New("wrong")),
		130: errInterrupted,
	} {
		var stderr bytes.Buffer
		a := app{Streams: Streams{Err: &stderr}, err: err}
		if got := a.status(); got != want {
			t.Errorf("%v: status %d, expected %d", err, got, want)
		}
		if silent := stderr.Len() == 0; silent != (want == 0 || want == 130) {
			t.Errorf("%v: reported %q", err, stderr.String())
		}
	}
}

// Standard input that fails is no empty prompt.
func TestInputFails(t *testing.T) {
	folder, err := os.Open(t.TempDir()) // reading a folder fails
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	a := app{Streams: Streams{In: folder}}
	if _, err := a.text(nil, "prompt", written); err == nil || !strings.HasPrefix(err.Error(), "cannot read the prompt") {
		t.Errorf("found %v", err)
	}
}

// Standard input is taken byte for byte, with what is no UTF-8.
func TestTokenize(t *testing.T) {
	text := "a \xff\r\n\x00é\n\n"
	a := app{Streams: Streams{In: strings.NewReader(text)}}
	got, err := a.text(nil, "text", asItIs)
	if err != nil || got != text {
		t.Fatalf("found %q, %v", got, err)
	}

	m := enginetest.New(8, func([]int, []float32) {})
	var out bytes.Buffer
	if err := tokens(&out, &m.Codec, []int{97, 10}); err != nil {
		t.Fatal(err)
	}
	if want := "97\t\"a\"\n10\t\"\\n\"\n"; out.String() != want {
		t.Errorf("found %q, expected %q", out.String(), want)
	}
	out.Reset()
	if err := tokensJSON(&out, &m.Codec, m.Encode("a<\xc3")); err != nil {
		t.Fatal(err)
	}
	if want := `{"ids":[97,60,195],"pieces":["a","<","�"]}` + "\n"; out.String() != want {
		t.Errorf("found %q, expected %q", out.String(), want)
	}
}

// Standard input that somebody has written is text, whatever it was written with; its last line break is none of it.
func TestWrittenInput(t *testing.T) {
	for in, want := range map[string]string{
		"":                                    "",
		"a":                                   "a",
		"a\n":                                 "a",
		"a\r\n":                               "a",
		"a\n\n":                               "a\n",
		"a\r":                                 "a\r",
		"\n":                                  "",
		"\ufeffa\n":                           "a",
		"\xff\xfea\x00\x3d\xd8\x42\xde\n\x00": "a🙂",
		"\xfe\xff\x00a\x00\r\x00\n":           "a",
		"\xff\xfe":                            "",
		"\ufffd":                              "\ufffd",
	} {
		if got, err := written([]byte(in)); err != nil || got != want {
			t.Errorf("%q: found %q, %v, expected %q", in, got, err, want)
		}
	}
	for in, want := range map[string]string{
		"caf\xe9\n":                     "byte 0xe9 at 4",
		"\xff\xfe\x00\x00a\x00\x00\x00": "UTF-32",
		"\x00\x00\xfe\xff\x00\x00\x00a": "UTF-32",
		"a\x00b\x00\n\x00":              "UTF-16 without",
		"\xff\xfea":                     "within a character",
	} {
		if got, err := written([]byte(in)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: found %q, %v, expected an error with %q", in, got, err, want)
		}
	}
}
