package template_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"inkling/chat/template"
)

// names are the special tokens of the fixtures' tokenizer.
var names = map[string]string{"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}

// run compiles and renders; an error of either is err.
func run(source string, messages []template.Message, reply bool) (string, error) {
	t, err := template.Compile(source)
	if err != nil {
		return "", err
	}
	return t.Render(template.Input{Messages: messages, Reply: reply, Tokens: names, Now: time.Date(2024, 2, 29, 13, 5, 9, 0, time.UTC)})
}

// TestRenderEqualsTransformers holds templates and single expressions to what apply_chat_template makes of them; see
// testdata/make_fixtures.py.
func TestRenderEqualsTransformers(t *testing.T) {
	var f struct {
		Conversations [][]template.Message
		Chats         []struct {
			Name, Template string
			Results        [][2]*string // by conversation: without and with a request for a reply
		}
		Conversation []template.Message
		Snippets     []struct {
			Template string
			Result   *string
		}
	}
	data, err := os.ReadFile(filepath.Join("testdata", "rendered.json"))
	if err == nil {
		err = json.Unmarshal(data, &f)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Chats) < 20 || len(f.Conversations) < 9 || len(f.Snippets) < 50 {
		t.Fatalf("%d templates, %d conversations, %d snippets", len(f.Chats), len(f.Conversations), len(f.Snippets))
	}
	compare := func(what, source string, messages []template.Message, reply bool, want *string) {
		t.Helper()
		got, err := run(source, messages, reply)
		switch {
		case want == nil && err == nil:
			t.Errorf("%s: %q, want an error", what, got)
		case want == nil && strings.ContainsAny(err.Error(), "\n\r\x1b"):
			t.Errorf("%s: the error is not one line: %q", what, err)
		case want != nil && err != nil:
			t.Errorf("%s: %v, want %q", what, err, *want)
		case want != nil && got != *want:
			t.Errorf("%s:\n got %q\nwant %q", what, got, *want)
		}
	}
	for _, chat := range f.Chats {
		for i, messages := range f.Conversations {
			for reply, want := range chat.Results[i] {
				compare(chat.Name, chat.Template, messages, reply == 1, want)
			}
		}
	}
	for _, snippet := range f.Snippets {
		compare(snippet.Template, snippet.Template, f.Conversation, true, snippet.Result)
	}
}

var hello = []template.Message{{Role: "user", Content: "Hello"}}

// refuses asserts that a template does not run, with an error of one line that holds want.
func refuses(t *testing.T, source, want string) {
	t.Helper()
	text, err := run(source, hello, true)
	if err == nil {
		t.Errorf("%.80q writes %.80q, want an error", source, text)
		return
	}
	if !strings.Contains(err.Error(), want) || strings.ContainsAny(err.Error(), "\n\r\x1b") || len(err.Error()) > 300 {
		t.Errorf("%.80q: %q, want %q in one line", source, err, want)
	}
}

// Nothing of Jinja that could reach beyond the template or call itself is there.
func TestStatementsThatAreRefused(t *testing.T) {
	for _, statement := range []string{
		`include "/etc/hostname"`, `include "/template"`, `import "/template" as x`, `from "/template" import x`, `extends "/template"`,
		`macro x()`, `call x()`, `block x`, `filter upper`, `with x = 1`, `do x.append(1)`, `autoescape true`, `trans`, `raw`, `x`, `set`,
	} {
		refuses(t, "{% "+statement+" %}", "")
		name, _, _ := strings.Cut(statement, " ")
		refuses(t, "{% set x %}{% "+statement+" %}{% end"+name+" %}{% endset %}", "")
	}
	refuses(t, "{% for m in messages recursive %}{{ loop(messages) }}{% endfor %}", "recursive loops are not supported")
	refuses(t, "{% set x %}{% for m in messages recursive %}x{% endfor %}{% endset %}{{ x }}", "recursive loops are not supported")
	refuses(t, "{% for m in messages %}{{ loop(messages) }}{% endfor %}", "the function loop is not supported")
	for _, expression := range []string{
		"lipsum()", "cycler('a')", "joiner(',')", "gettext('a')", "open('/etc/hostname')", "self.x()", "messages()", "'x' | random", "'x' | urlize",
		"'%s' | format(1)", "'x' | center(100)", "'x' | wordwrap(1)", "'{}'.format(1)", "'x'.encode()", "'x'.zfill(9)", "[1].append(2)", "messages.pop()",
		"messages[0].update(a=1)", "namespace(a=1).pop('a')", "''.__class__", "messages | attr('GetItem')", "messages | map('__call', 'x') | list", "__0", "'x' % 1", "2 ** 3", "1 < 2 < 3",
	} {
		refuses(t, "{{ "+expression+" }}", "")
	}
	// Go's own names are no attributes.
	for _, expression := range []string{
		"messages.GetItem", "messages['Len']", "messages[0].Pairs", "messages[0]['Keys']", "[1, 2].Swap", "{'a': 1}.Pairs", "'x'.String", "loop.GetAttribute", "messages[0].role.Val",
	} {
		if text, err := run("{% for m in messages %}[{{ "+expression+" }}]{% endfor %}", hello, true); err != nil || text != "[]" {
			t.Errorf("%s: %q, %v", expression, text, err)
		}
	}
}

func TestDamagedTemplates(t *testing.T) {
	for source, want := range map[string]string{
		"{{ x":                                 "line 1: found no }}",
		"a\nb{% if x":                          "line 2: found no %}",
		"{# x":                                 "a comment has no end",
		"{{ 'x }}":                             "a text has no closing quote",
		`{{ "\N{DASH}" }}`:                     `the escape \N is not supported`,
		`{{ "\ud800" }}`:                       "is no character",
		`{{ "\x" }}`:                           "",
		"{{ 0x1F }}":                           "is written in a way that is not supported",
		"{{ a ? b }}":                          "which has no meaning",
		"{{ }}":                                "the tag ends too early",
		"{{ a b }}":                            `found "b" where the tag should end`,
		"{{ (a }}":                             "brackets do not match",
		"{{ a) }}":                             "brackets do not match",
		"{{ [a) }}":                            "",
		"{{ a[] }}":                            "an index is missing",
		"{{ a[1:2:3:4] }}":                     "a slice has too many parts",
		"{{ a if }}":                           "the tag ends too early",
		"{% if x %}":                           "",
		"{% endif %}":                          "",
		"{% for x y %}{% endfor %}":            "expected \"in\"",
		"{% for 1 in x %}{% endfor %}":         "expected a name",
		"{% set 1 = x %}":                      "expected a name",
		"{% set a, b = 1, 2 %}":                "",
		"{% if x %}{% endfor %}":               "",
		"\xff{{ 'x' }}":                        "it is no UTF-8 text",
		strings.Repeat("x", 64<<10+1):          "it has 65537 bytes; at most 65536 are possible",
		"{{ " + strings.Repeat("-1", 1000):     "a tag has more than 500 words",
		"{{ " + strings.Repeat("(", 40):        "more than 30 deep",
		strings.Repeat("{% if 1 %}", 40):       "statements are more than 30 deep",
		"{{ 'x'.nothing() }}":                  "the method nothing of a text is not supported",
		"{{ 1 is nothing }}":                   "the test nothing is not supported",
		"{{ 1 | nothing }}":                    "the filter nothing is not supported",
		"{{ 'a' | replace('a', 'b', 1, 2)}}":   "an argument is one too many",
		"{{ 1 + 'a' }}":                        "a number + a text is not supported",
		"{{ missing + 'a' }}":                  "what is not there + a text is not supported",
		"{{ missing.a.b }}":                    "a is asked of what is not there",
		"{{ raise_exception('a\n\x1b[2Jb') }}": "it says: a [2Jb",
		"{% for m in messages if m.a.b %}{% endfor %}ok": "b is asked of what is not there",
		"{{ [1, missing.a] | length }}":                  "a is asked of what is not there",
		"{% for x in 5 %}{% endfor %}":                   "a loop cannot go through a number",
		"{{ strftime_now('%Q') }}":                       "%Q is not supported",
	} {
		refuses(t, source, want)
	}
}

// Work, memory and output are bounded, however a template goes about it.
func TestBounds(t *testing.T) {
	const double = "{% set s = s ~ s %}"
	for source, want := range map[string]string{
		"{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}{% endfor %}{% endfor %}{% endfor %}":    "it takes too ",
		"{% for a in range(1000) %}{% for b in range(1000) if a == 2000 %}{% endfor %}{% endfor %}":                             "it takes too ",
		"{% for a in range(1000) %}{% for b in range(1000) %}{{ '0123456789' }}{% endfor %}{% endfor %}":                        "too ",
		"{% set x %}{% for a in range(1000) %}{% for b in range(1000) %}{{ '0123456789' }}{% endfor %}{% endfor %}{% endset %}": "too ",
		"{% for a in range(1000) %}" + strings.Repeat("x", 2000) + "{% endfor %}":                                               "it writes too much",
		"{{ range(100000) }}":                   "a range has more than 1000 numbers",
		"{{ range(0, 10, 0) }}":                 "no step of 0",
		"{{ range(10, 0, -1) | length + 'x' }}": "not supported",
		"{% set s = 'x' %}" + strings.Repeat(double, 40) + "{{ s | length }}":                                         "a value that is too large",
		"{% set ns = namespace(s='x') %}{% for i in range(100) %}{% set ns.s = ns.s + ns.s %}{% endfor %}":            "a value that is too large",
		"{% set ns = namespace(s=[1]) %}{% for i in range(100) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}": "a value that is too large",
		"{% set ns = namespace(s=[1]) %}{% for i in range(100) %}{% set ns.s = ns.s + ns.s %}{% endfor %}":            "a value that is too large",
		"{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}":                                                       "a value that is too large",
		"{% set ns = namespace() %}{% set ns.x = [ns] %}{{ ns | tojson }}":                                            "a value that is too large",
		"{% set a = {} %}{% set ns = namespace(x=a) %}{% set ns.y = {'z': ns} %}{{ ns == ns }}":                       "a value that is too large",
		"{{ 'x' * 1000000000 }}":                        "a value that is too large",
		"{{ ('x' * 100000) * 100000 }}":                 "a value that is too large",
		"{{ 9007199254740991 + 2 }}":                    "a number is too large",
		"{{ ('x' * 1000) | replace('x', 'x' * 1000) }}": "a value that is too large",
		"{{ ('x' * 1000).replace('', 'x' * 1000) }}":    "a value that is too large",
		"{{ range(1000) | join('x' * 1000) }}":          "a value that is too large",
		"{{ ('x' * 1000).join(range(1000)) }}":          "a value that is too large",
		"{{ ('\n' * 100000) | indent(100) }}":           "a value that is too large",
		"{{ 'x' | indent(1000000000) }}":                "indent takes a number up to 100",
		"{{ ('x' * 100000) | list }}":                   "a value that is too large",
		"{{ ('x ' * 60000).split() }}":                  "a value that is too large",
		"{{ [('x' * 100000), ('x' * 100000)] }}":        "a value that is too large",
		"{{ range(1000) | tojson(indent=100) | length }}{{ [range(1000), range(1000), range(1000)] | tojson(indent=100) }}":        "a value that is too large",
		"{% set l = range(1000) %}{% for a in l %}{% for b in l %}{% for c in l %}{% break %}{% endfor %}{% endfor %}{% endfor %}": "too ",
	} {
		refuses(t, source, want)
	}
}

// A template and its environment are shared by goroutines.
func TestRenderInParallel(t *testing.T) {
	compiled, err := template.Compile("{% set ns = namespace(n=0) %}{% for m in messages %}{% set ns.n = ns.n + 1 %}{{ m.content }}{% endfor %}{{ ns.n }}")
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for range 50 {
				messages := slices.Repeat([]template.Message{{Role: "user", Content: strconv.Itoa(i)}}, i+1)
				text, err := compiled.Render(template.Input{Messages: messages})
				if want := strings.Repeat(strconv.Itoa(i), i+1) + strconv.Itoa(i+1); err != nil || text != want {
					t.Errorf("%q, %v, want %q", text, err, want)
					return
				}
			}
		})
	}
	group.Wait()
}

func TestStrftime(t *testing.T) {
	got, err := run("{{ strftime_now('%Y-%m-%d %H:%M:%S %j %A %a %B %b %e %y %I %p %% %F %T') }}", hello, false)
	if want := "2024-02-29 13:05:09 060 Thursday Thu February Feb 29 24 01 PM % 2024-02-29 13:05:09"; err != nil || got != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}

func TestRaisedErrorIsTold(t *testing.T) {
	_, err := run("{{ raise_exception('no') }}", hello, false)
	if raised, ok := errors.AsType[*template.RaisedError](err); !ok || raised.Message != "no" {
		t.Errorf("%v", err)
	}
	if _, err := run("{{ missing.x }}", hello, false); err == nil {
		t.Error("no error")
	} else if _, ok := errors.AsType[*template.RaisedError](err); ok {
		t.Errorf("%v is said to be the template's own", err)
	}
}

// Whatever a template is, it writes a text or ends with an error of one line, and within a second.
func FuzzRender(f *testing.F) {
	var fixtures struct {
		Chats    []struct{ Template string }
		Snippets []struct{ Template string }
	}
	data, err := os.ReadFile(filepath.Join("testdata", "rendered.json"))
	if err == nil {
		err = json.Unmarshal(data, &fixtures)
	}
	if err != nil {
		f.Fatal(err)
	}
	for _, c := range fixtures.Chats {
		f.Add(c.Template, "x")
	}
	for _, s := range fixtures.Snippets {
		f.Add(s.Template, "<b>\n")
	}
	for _, source := range heavy {
		f.Add(source, "x")
	}
	f.Add("{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}{{ 'a' * 9 }}{{ [1][-1:] }}", "")
	f.Fuzz(func(t *testing.T, source, content string) {
		var text string
		var err error
		took := quickest(func() {
			text, err = run(source, []template.Message{{Role: "system", Content: "s"}, {Role: "user", Content: content}, {Role: "assistant", Content: "a"}}, true)
		})
		if fuzzing() && took > time.Second {
			t.Fatalf("it takes %v", took)
		}
		if err != nil && (strings.ContainsAny(err.Error(), "\n\r\x1b") || text != "") {
			t.Fatalf("%q with the error %q", text, err)
		}
		if utf8.ValidString(content) && !utf8.ValidString(text) {
			t.Fatalf("%q is no UTF-8", text)
		}
	})
}
