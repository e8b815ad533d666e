package session

import (
	"encoding/json"
	"testing"

	"inkling/engine/enginetest"
	"inkling/engine/sample"
)

// A sweep writes the reply once for each temperature, from the same random numbers; each keeps its own, and all are versions.
func TestSweep(t *testing.T) {
	s := start(t, enginetest.Replies(func(q string) string { return "You said: " + q }))
	s.drive(t, s.Run("/sweep 0.2"))
	s.drive(t, s.Run("/sweep 0.2 warm"))
	if s.drive(t, s.Run("/sweep 0.2 0.6")); len(s.Reply.Candidates().All) != 0 {
		t.Fatal("a sweep of nothing")
	}
	s.drive(t, s.Reply.Send("hello"))
	s.drive(t, s.Run("/sweep 0.2 0.6 1.0 1.4"))
	all := s.Reply.Candidates().All
	if len(all) != 4 {
		t.Fatalf("%d candidates, want 4", len(all))
	}
	for i, want := range []struct {
		name        string
		temperature float64
	}{{"T 0.2", 0.2}, {"T 0.6", 0.6}, {"T 1.0", 1}, {"T 1.4", 1.4}} {
		reply := all[i].Turn.Reply
		var p sample.Params
		if err := json.Unmarshal(reply.Params, &p); err != nil || p.Temperature != want.temperature || all[i].Name != want.name {
			t.Errorf("candidate %d: %s, temperature %v, %v, want %+v", i, all[i].Name, p.Temperature, err, want)
		}
		if reply.Seed != all[0].Turn.Reply.Seed || reply.Attempt != all[0].Turn.Reply.Attempt {
			t.Errorf("candidate %d: seed %d, attempt %d", i, reply.Seed, reply.Attempt)
		}
	}
	if siblings, _ := s.Chat.conv.Siblings(all[0].Turn.ID); len(siblings) != 5 {
		t.Errorf("%d versions, want the first and four", len(siblings))
	}
	s.Enter("2")
	if leaf := s.Chat.conv.Leaf(); leaf != all[1].Turn {
		t.Errorf("took %+v", leaf)
	}
	if got := s.Settings.Values().Temperature; got != 0.8 {
		t.Errorf("the temperature is %v after the sweep", got)
	}
}
