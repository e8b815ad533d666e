package task

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"inkling/engine/sample"
)

func TestTheTasksOfTheProgramAreWhole(t *testing.T) {
	l := Open(t.TempDir())
	if len(l.Problems) > 0 || !slices.Equal(l.Names(), order) {
		t.Fatalf("got %v, %v", l.Names(), l.Problems)
	}
	entries, err := builtin.ReadDir("builtin")
	if err != nil || len(entries) != len(order) {
		t.Errorf("%d files, %d names, %v", len(entries), len(order), err)
	}
	for _, task := range l.Tasks {
		if !strings.HasPrefix(task.Example, "inkling task "+task.Name) {
			t.Errorf("%s: example %q", task.Name, task.Example)
		}
		main, ok := task.Main()
		if !ok {
			t.Errorf("%s takes no words", task.Name)
			continue
		}
		values, err := task.Fill([]string{"a lost key"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for m := range forms {
			prompt, _, err := task.Prompt(m, values)
			if err != nil || !strings.Contains(prompt, "a lost key") {
				t.Errorf("%s %v: %q, %v", task.Name, m, prompt, err)
			}
			if m == Starter && strings.Contains(prompt, "\n") {
				t.Errorf("%s: the starter was trained with orders of one line, found %q", task.Name, prompt)
			}
		}
		if _, err := task.Fill(nil, nil); err == nil || !strings.Contains(err.Error(), main.Help) {
			t.Errorf("%s without words: %v", task.Name, err)
		}
		for _, name := range task.Kit {
			if _, ok := l.Find(name); !ok {
				t.Errorf("%s: no task %s for its kit", task.Name, name)
			}
		}
	}
}

func TestOrdersOfTheStarter(t *testing.T) {
	l := Open(t.TempDir())
	for _, c := range []struct {
		task  string
		words []string
		named Values
		want  string
	}{
		{"poem", []string{"autumn", "rain"}, nil, "Write a poem about autumn rain."},
		{"quiz", []string{"the moon"}, nil, "Give me a quiz about the moon."},
		{"summary", []string{"It rained."}, nil, "Summarize this text: It rained."},
		{"summary", []string{"It rained."}, Values{"sentences": "2"}, "Summarize this text in 2 sentences: It rained."},
		{"summary", []string{"It rained."}, Values{"points": "3"}, "Summarize this text in 3 points: It rained."},
		{"rewrite", []string{"Come here!"}, nil, "Rewrite this text so that it is shorter: Come here!"},
		{"rewrite", []string{"formal", "Come here!"}, nil, "Rewrite this text so that it is formal: Come here!"},
		{"rewrite", []string{"Friendlier Come here!"}, nil, "Rewrite this text so that it is friendlier: Come here!"},
		{"rewrite", []string{"formally speaking, come"}, nil, "Rewrite this text so that it is shorter: formally speaking, come"},
	} {
		task, _ := l.Find(c.task)
		values, err := task.Fill(c.words, c.named)
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := task.Prompt(Starter, values)
		if err != nil || got != c.want {
			t.Errorf("%s %q: %q, %v", c.task, c.words, got, err)
		}
	}
}

func TestValuesThatAreNotTaken(t *testing.T) {
	l := Open(t.TempDir())
	for _, c := range []struct {
		task  string
		named Values
		want  string
	}{
		{"summary", Values{"sentences": "none"}, `summary: sentences: found "none", expected a whole number, 1 or more`},
		{"summary", Values{"sentences": "0"}, `summary: sentences: found "0", expected a whole number, 1 or more`},
		{"rewrite", Values{"style": "rude"}, `rewrite: style: found "rude", expected shorter, friendlier or formal`},
		{"poem", Values{"colour": "red"}, `poem: no variable "colour"; it has subject`},
	} {
		task, _ := l.Find(c.task)
		if _, err := task.Fill([]string{"a text"}, c.named); err == nil || err.Error() != c.want {
			t.Errorf("%s %v: %v, want %s", c.task, c.named, err, c.want)
		}
	}
}

// A file of the user that is broken is told in one line with file, line and key; the others work.
func TestBrokenFiles(t *testing.T) {
	const head = "description = \"x\"\n"
	for _, c := range []struct{ name, text, want string }{
		{"syntax", "description = \n", ":1: "},
		{"unknown", head + "[chat]\nprompt = \"a\"\ncolour = 1\n", ":4: chat.colour: unknown key"},
		{"kind", "description = 3\n", ":1: description: found a number, expected a text"},
		{"list", "description = 'x'\nchecks = true\n", ":2: checks: found true or false, expected a list of texts"},
		{"item", "description = 'x'\nchecks = [2020-01-01]\n", ":2: checks: found a date or time, expected a text"},
		{"table", "description = 'x'\nchat = 'p'\n", ":2: chat: found a text, expected a table"},
		{"tables", "description = 'x'\n[[chat]]\n", ":2: chat: found a list of tables, expected a table"},
		{"flag", "description = 'x'\nparts = {}\n", ":2: parts: found a table, expected true or false"},
		{"prompt", head + "\n[starter]\nprompt = \"a\"\n", ": chat: missing"},
		{"name", head + "[chat]\nprompt = \"{{.subjekt}}\"\n", `:3: chat.prompt: no variable "subjekt"; add [variables.subjekt]`},
		{"template", head + "[chat]\nprompt = \"{{.a\"\n", ":3: chat.prompt: the template cannot be read"},
		{"sampling", head + "[chat]\nprompt = \"a\"\n[sampling]\ntop_q = 1\n", ":5: sampling.top_q: unknown key"},
		{"range", head + "[chat]\nprompt = \"a\"\n[sampling]\ntop_p = 2\n", ":5: sampling.top_p: found 2, expected a number above 0, at most 1"},
		{"whole", head + "[chat]\nprompt = \"a\"\n[sampling]\ntop_k = 1.5\n", ":5: sampling.top_k: found 1.5, expected a whole number"},
		{"check", head + "checks = [\"rhymes\"]\n[chat]\nprompt = \"a\"\n", `:2: checks: unknown check "rhymes"; there are `},
		{"args", head + "checks = [\"lines 3\"]\n[chat]\nprompt = \"a\"\n", `:2: checks: found "lines 3", expected lines MIN MAX`},
		{"words", head + "[variables.a]\nwords = true\n[variables.b]\nwords = true\n[chat]\nprompt = \"a\"\n", ":4: variables.b: words = true stands in variables.a too"},
	} {
		folder := t.TempDir()
		path := filepath.Join(folder, c.name+".toml")
		write(t, path, c.text)
		write(t, filepath.Join(folder, "limerick.toml"), head+"[variables.subject]\nwords = true\n[chat]\nprompt = \"A limerick about {{.subject}}.\"\n")
		l := Open(folder)
		if len(l.Problems) != 1 {
			t.Errorf("%s: %v", c.name, l.Problems)
			continue
		}
		got := l.Problems[0].Error()
		if !strings.HasPrefix(got, path) || !strings.Contains(got, c.want) || strings.Contains(got, "\n") || strings.Contains(got, "Go ") {
			t.Errorf("%s: %s, want %s%s", c.name, got, path, c.want)
		}
		if _, ok := l.Find("limerick"); !ok || len(l.Tasks) != len(order)+1 {
			t.Errorf("%s: the other file of the folder is missing", c.name)
		}
	}
}

func TestAUsersFileReplacesATaskOfTheProgram(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "poem.toml"), "description = \"Write a haiku\"\n[variables.x]\nwords = true\n[chat]\nprompt = \"A haiku about {{.x}}.\"\n")
	task, _ := Open(folder).Find("poem")
	values, err := task.Fill([]string{"frogs"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, _, _ := task.Prompt(Starter, values); got != "A haiku about frogs." {
		t.Errorf("got %q", got)
	}
}

func TestSamplingGivesWayToTheUser(t *testing.T) {
	task, _ := Open(t.TempDir()).Find("summary")
	p := sample.Defaults()
	p.MaxTokens = 7
	task.Adjust(&p, func(key string) bool { return key == "max_tokens" })
	if p.Temperature != 0.3 || p.MaxTokens != 7 {
		t.Errorf("temperature %v, max_tokens %v", p.Temperature, p.MaxTokens)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
