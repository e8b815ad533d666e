package session

import (
	"reflect"
	"testing"

	"inkling/chat"
	"inkling/engine/enginetest"
)

// A chat that two programs have open goes on as a copy in one of them, with how its replies came about.
func TestACopyKeepsTraces(t *testing.T) {
	s := start(t, enginetest.Replies(func(q string) string { return "so " + q }))
	s.drive(t, s.Reply.Send("hello"))
	from := s.Chat.conv.ID
	reply := s.Chat.conv.Leaf()
	if err := s.Chat.journal.Flush(t.Context(), from); err != nil {
		t.Fatal(err)
	}
	there, err := s.Chat.store.Load(t.Context(), from)
	if err != nil {
		t.Fatal(err)
	}
	there.Add(reply.ID, chat.User, "from elsewhere", s.now())
	if err := s.Chat.store.SaveTurn(t.Context(), from, there.Leaf().Clone()); err != nil {
		t.Fatal(err)
	}
	s.drive(t, s.Reply.Send("again"))
	copied := s.Chat.conv.ID
	if copied == from {
		t.Fatal("both go on in one chat")
	}
	if err := s.Chat.journal.Flush(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	traces := s.Chat.store.(chat.Traces)
	want, _ := traces.Trace(t.Context(), from, reply.ID)
	if got, err := traces.Trace(t.Context(), copied, reply.ID); err != nil || len(got) == 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("the copy has %d tokens of the old reply, %v, want %d", len(got), err, len(want))
	}
	if got, err := traces.Trace(t.Context(), copied, s.Chat.conv.Leaf().ID); err != nil || len(got) == 0 {
		t.Errorf("%d tokens of the new reply, %v", len(got), err)
	}
}
