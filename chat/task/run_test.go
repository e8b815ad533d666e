package task

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"inkling/engine/sample"
)

// scripted answers with its replies in turn, and counts a token a word.
type scripted struct {
	manner  Manner
	context int
	reply   func(r Request) string
	asked   []Request
}

func (s *scripted) Manner() Manner        { return s.manner }
func (s *scripted) Room(reply int) int    { return s.context - reply }
func (s *scripted) Count(text string) int { return len(strings.Fields(text)) }
func (s *scripted) Write(_ context.Context, r Request) (string, error) {
	s.asked = append(s.asked, r)
	return r.Begin + s.reply(r), nil
}

func job(t *testing.T, name string, m Model, words string, named Values) *Job {
	t.Helper()
	task, ok := Open(t.TempDir()).Find(name)
	if !ok {
		t.Fatal(name)
	}
	values, err := task.Fill([]string{words}, named)
	if err != nil {
		t.Fatal(err)
	}
	p := sample.Defaults()
	task.Adjust(&p, func(string) bool { return false })
	return &Job{Task: task, Model: m, Values: values, Params: p}
}

func TestAFailingReplyIsTriedAgainTwiceAtMost(t *testing.T) {
	replies := []string{"Two\nlines here now", "Goat on the Town Hall Roof", "never asked"}
	m := &scripted{context: 1000}
	m.reply = func(r Request) string { return replies[r.Attempt] }
	result, err := job(t, "headline", m, "a goat", nil).Run(t.Context())
	if err != nil || result.Text != replies[1] || result.Tries != 2 || len(result.Wrong) != 0 {
		t.Errorf("got %+v, %v", result, err)
	}

	m = &scripted{context: 1000, reply: func(Request) string { return "no\nheadline at all, but three\nlines" }}
	result, err = job(t, "headline", m, "a goat", nil).Run(t.Context())
	if err != nil || result.Tries != 3 || len(m.asked) != 3 || len(result.Wrong) == 0 {
		t.Errorf("got %+v, %v after %d requests", result, err, len(m.asked))
	}

	greedy := job(t, "headline", m, "a goat", nil)
	greedy.Params.Temperature, m.asked = 0, nil
	if result, _ := greedy.Run(t.Context()); result.Tries != 1 || len(m.asked) != 1 {
		t.Errorf("without chance: %d tries, %d requests", result.Tries, len(m.asked))
	}
}

func TestAFollowupSeesTheReply(t *testing.T) {
	const questions = "1. What is it?\n2. Where is it?\n3. Why is it?"
	m := &scripted{manner: Starter, context: 1000}
	m.reply = func(r Request) string {
		if len(r.Turns) == 1 {
			return questions
		}
		return "1. A moon"
	}
	j := job(t, "quiz", m, "the moon", nil)
	if _, err := j.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := j.Followup(t.Context(), j.Task.Followups[0])
	want := []string{"Give me a quiz about the moon.", questions, "What are the answers?"}
	if last := m.asked[len(m.asked)-1].Turns; err != nil || got != "1. A moon" || !slices.Equal(last, want) {
		t.Errorf("got %q, %v from %q", got, err, last)
	}
}

func TestTheBeginningOfAReplyIsWritten(t *testing.T) {
	m := &scripted{manner: Plain, context: 1000, reply: func(Request) string { return " Who?\n2. What?\n3. Where?" }}
	result, err := job(t, "quiz", m, "cats", nil).Run(t.Context())
	if err != nil || result.Text != "1. Who?\n2. What?\n3. Where?" || len(result.Wrong) != 0 {
		t.Errorf("got %+v, %v", result, err)
	}
	if !slices.Contains(m.asked[0].Params.Stop, "\n\n") {
		t.Errorf("stops are %q", m.asked[0].Params.Stop)
	}
}

// A text beyond the context goes in parts of which each fits; then their summaries are summed up.
func TestALongTextGoesInParts(t *testing.T) {
	var text strings.Builder
	for i := range 400 {
		text.WriteString([]string{"Anna feeds the hens. ", "Bert mends a fence. ", "The rain falls on the barn. "}[i%3])
		if i%20 == 19 {
			text.WriteString("\n\n")
		}
	}
	m := &scripted{manner: Starter, context: 400}
	m.reply = func(r Request) string {
		order := r.Turns[len(r.Turns)-1]
		if size := m.Count(order); size > m.Room(r.Params.MaxTokens) {
			t.Errorf("a prompt of %d tokens", size)
		}
		if strings.Contains(order, "Zelda") {
			t.Error("what a part made up is summed up")
		}
		if len(m.asked) == 2 {
			return "Zelda came."
		}
		return "Anna feeds hens. Bert mends."
	}
	j := job(t, "summary", m, text.String(), Values{"sentences": "2"})
	var parts, of int
	j.Progress = func(part, total int) { parts, of = parts+1, max(of, total) }
	result, err := j.Run(t.Context())
	if err != nil || result.Text != "Anna feeds hens. Bert mends." || len(result.Wrong) != 0 {
		t.Fatalf("got %+v, %v", result, err)
	}
	if of < 5 || parts < of {
		t.Errorf("%d parts of %d", parts, of)
	}
	if got := m.asked[0].Turns[0]; !strings.HasPrefix(got, "Summarize this text: ") {
		t.Errorf("a part is asked with %.60q", got)
	}
	if got := m.asked[len(m.asked)-1].Turns[0]; !strings.HasPrefix(got, "Summarize this text in 2 sentences: ") {
		t.Errorf("the whole is asked with %.60q", got)
	}
}

// Pieces lose no word and keep the room.
func TestPieces(t *testing.T) {
	count := func(s string) int { return len(strings.Fields(s)) }
	text := strings.Repeat("A short one. ", 30) + "\n\n" + strings.Repeat("word ", 90) + ".\n\n" + "The end."
	for room := 1; room < 40; room++ {
		var words []string
		for _, p := range Pieces(text, room, count) {
			if count(p) > room {
				t.Fatalf("room %d: a piece of %d", room, count(p))
			}
			words = append(words, strings.Fields(p)...)
		}
		if !slices.Equal(words, strings.Fields(text)) {
			t.Fatalf("room %d: other words", room)
		}
	}
}

// The ranks solve the equation of the paper, and the order of the text stays.
func TestExtract(t *testing.T) {
	all := Sentences("The ferry leaves at nine. My aunt likes jam. The ferry crosses the bay and the ferry returns at night. Jam is sweet. " +
		"The bay is calm at night. Nobody saw it.")
	weights := similarities(all)
	ranks := rank(weights)
	for i := range ranks {
		votes := 0.0
		for j := range ranks {
			sum := 0.0
			for _, w := range weights[j] {
				sum += w
			}
			if weights[j][i] > 0 {
				votes += weights[j][i] / sum * ranks[j]
			}
		}
		if want := 0.15 + 0.85*votes; math.Abs(ranks[i]-want) > 1e-3 {
			t.Errorf("sentence %d: %v, want %v", i, ranks[i], want)
		}
	}
	picked := Extract(strings.Join(all, " "), 3)
	if len(picked) != 3 || !slices.Contains(picked, all[2]) || slices.Contains(picked, all[5]) ||
		slices.Index(all, picked[0]) > slices.Index(all, picked[1]) {
		t.Errorf("picked %q", picked)
	}
	if got := Extract("One. Two.", 5); !slices.Equal(got, []string{"One.", "Two."}) {
		t.Errorf("got %q", got)
	}
}
