package task

import (
	"slices"
	"testing"
)

func TestChecks(t *testing.T) {
	const text = "Anna Berg has 3 hens in Oslo. They lay two eggs a day, and Dr. Holm buys them."
	task := &Task{Variables: []Variable{{Name: "text", Words: true}}}
	for _, c := range []struct {
		check, reply string
		holds        bool
	}{
		{"one_line", "Hens Lay Again", true},
		{"one_line", "Hens Lay Again\nAnd again", false},
		{"lines 2 3", "one\n\ntwo", true},
		{"lines 2 3", "one", false},
		{"sentences 2 2", "Dr. Holm buys eggs. Are they good?", true},
		{"sentences 2 2", "Only one. Two. Three.", false},
		{"sentences 2 2", "母鸡下蛋。医生买蛋。", true},
		{"words 2 3", "two words", true},
		{"points 3 3", "1. Hens\n2. Eggs\n3) Oslo", true},
		{"points 3 3", "- Hens\n* Eggs\n• Oslo", true},
		{"points 3 3", "Ideas:\n1. Hens\n2. Eggs", false},
		{"points 1 3", "1. Hens\nI hope that helps!", false},
		{"questions 3", "1. What lays eggs?\n2. Where is Oslo?\n3. Who buys?", true},
		{"questions 3", "1. What lays eggs? Hens.\n2. Where is Oslo?\n3. Who buys?", false},
		{"finished", `She said: "Yes."`, true},
		{"finished", "She said that the", false},
		{"finished", "Hens of the U.S", false},
		{"finished", "「母鸡下蛋。」", true},
		{"finished", "هل تبيض الدجاجة؟", true},
		{"finished", "मुर्गी अंडे देती है।", true},
		{"about text", "母鸡下蛋。", false},
		{"about text", "The hen sleeps.", true},
		{"about text", "A song of rivers.", false},
		{"quotes text", `I like "two eggs a day".`, true},
		{"quotes text", `I like “Two eggs, a day”.`, true},
		{"quotes text", `I like "three ducks".`, false},
		{"quotes text", "I like two eggs a day.", false},
		{"grounded text", "Anna's three hens lay 2 eggs.", true},
		{"grounded text", "1. Anna has hens.\n2. Holm buys the eggs.", true},
		{"grounded text", "The hens of Anna live in Bergen.", false},
		{"grounded text", "Anna has 4 hens.", false},
		{"grounded text", "Anna has four hens.", false},
		{"grounded text", "Hens lay eggs, says Dr. Holm.", true},
		{"grounded text", "Zelda has hens.", false},
		{"grounded text", "People in Oslo buy eggs. Workers do, too.", true},
		{"shorter text", "Anna has hens.", true},
		{"shorter text", text + " And more.", false},
		{"changed text", "anna berg has 3 hens in oslo; they lay two eggs a day, and dr holm buys them!", false},
		{"changed text", "Anna Berg keeps hens.", true},
		{"praise_and_advice", `I like the hens. You could add their names.`, true},
		{"praise_and_advice", "The text has hens.", false},
		{"no_repeats", "The hen sat down. The hen sat down.", false},
		{"no_repeats", "The hen sat down. The hen stood up.", true},
	} {
		check, err := parseCheck(c.check, task)
		if err != nil {
			t.Fatal(err)
		}
		wrong := check.rule.wrong(c.reply, Values{"text": text}, check.args)
		if (wrong == "") != c.holds {
			t.Errorf("%s: %q: %q", c.check, c.reply, wrong)
		}
	}
}

func TestSentences(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"Mr. Lee came. He sat.", []string{"Mr. Lee came.", "He sat."}},
		{"J. R. Smith came! Was it late?", []string{"J. R. Smith came!", "Was it late?"}},
		{"A line\nAnother line", []string{"A line", "Another line"}},
		{`"Come in," she said. "It rains."`, []string{`"Come in," she said.`, `"It rains."`}},
		{"It costs 3.50 a piece. Cheap.", []string{"It costs 3.50 a piece.", "Cheap."}},
		{"", nil},
	} {
		if got := Sentences(c.text); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q", c.text, got)
		}
	}
}
