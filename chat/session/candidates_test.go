package session

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"inkling/chat"
	"inkling/engine/enginetest"
	"inkling/engine/sample"
)

// Several replies have one seed and attempts one after the other, as further versions would have, and a number takes one.
func TestSeveralReplies(t *testing.T) {
	s := start(t, enginetest.Replies(func(q string) string { return "You said: " + q }))
	s.drive(t, s.Run("/n 4"))
	work, _ := s.Enter("hello")
	s.drive(t, work)
	all := s.Reply.Candidates().All
	if len(all) != 4 {
		t.Fatalf("%d candidates, want 4", len(all))
	}
	for i, one := range all {
		if one.Turn.Reply.Seed != all[0].Turn.Reply.Seed || one.Turn.Reply.Attempt != uint32(i) || one.Turn.Text != "You said: hello" || one.Turn.State != chat.Done {
			t.Errorf("%d: %+v %+v", i, one.Turn, one.Turn.Reply)
		}
		if math.IsNaN(one.Score) || one.Score > 0 {
			t.Errorf("score %v", one.Score)
		}
	}
	if text := s.Reply.Candidates().Text(); !strings.Contains(text, "[4] ") || !strings.Contains(text, "log-prob") {
		t.Errorf("text %q", text)
	}
	s.Enter("3")
	if got := s.Chat.Conversation().Leaf(); got != all[2].Turn || s.Reply.Choosing() {
		t.Errorf("leaf %+v, choosing %v", got, s.Reply.Choosing())
	}
	if err := s.Chat.flush(t.Context(), s.Chat.conv.ID, storePatience); err != nil {
		t.Fatal(err)
	}
	if loaded, err := s.Chat.store.Load(t.Context(), s.Chat.conv.ID); err != nil || loaded.Leaf().ID != all[2].Turn.ID || len(loaded.Turns()) != 5 {
		t.Errorf("in the store: %+v, %v", loaded, err)
	}
}

// Variants have their own parameters, and are told apart by their names.
func TestVariants(t *testing.T) {
	s := start(t, enginetest.Replies(func(q string) string { return "You said: " + q }))
	s.drive(t, s.Reply.Send("hello"))
	var variants []Variant
	for _, temperature := range []float64{0.25, 0.75} {
		variants = append(variants, Variant{"T", func(p *sample.Params) { p.Temperature = temperature }})
	}
	work := s.Reply.several(variants)
	s.Run("/set top_k 7")
	s.drive(t, work)
	all := s.Reply.Candidates().All
	if len(all) != 2 {
		t.Fatalf("%d candidates, want 2", len(all))
	}
	for i, want := range []float64{0.25, 0.75} {
		var made sample.Params
		if err := json.Unmarshal(all[i].Turn.Reply.Params, &made); err != nil || made.Temperature != want {
			t.Errorf("temperature %v, want %v (%v)", made.Temperature, want, err)
		}
		if got := s.Reply.choice.all[i].controls.Load(); got.TopK != 7 || got.Temperature != want {
			t.Errorf("%+v does not follow the settings", got)
		}
	}
	s.drive(t, s.Reply.Retry())
	if s.Reply.Choosing() {
		t.Error("one more reply is a choice")
	}
}

func TestRepetition(t *testing.T) {
	for text, want := range map[string]float64{
		"":                                       0,
		"one two three":                          0,
		"the fox ran over the hill and away":     0,
		"go on and on go on and on go on and on": 5.0 / 9,
		"天天向上天天向上":                               1.0 / 5,
	} {
		if got := repetition(text); math.Abs(got-want) > 1e-9 {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
