package prompt

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"inkling/chat"
)

// As a path grows the view never moves back, and what a writer has kept of earlier prompts changes nothing.
func TestGrowingAPathNeverMovesTheViewBack(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	for range 60 {
		name := []string{"transcript", "dialogpt", "plain", "template"}[r.IntN(4)]
		var tok Tokenizer = byteTokenizer{}
		hint := Hint{}
		if name == "template" {
			tok, hint.Template = marks, newTemplate(t, []string{chatML, strict, alpaca}[r.IntN(3)])
		}
		choice, err := Choose(name, chat.Chat, hint)
		if err != nil {
			t.Fatal(err)
		}
		context, reserve := 300+r.IntN(1200), r.IntN(300)
		system := strings.Repeat("s", r.IntN(20))
		stop, _ := choice.Format.Ends()
		kept := NewWriter(choice, tok)
		c := chat.New(noon)
		dropped := 0
		for i := range 60 {
			text := strings.Repeat("word ", r.IntN(12)) + "."
			if r.IntN(12) == 0 {
				text = strings.Repeat("long ", r.IntN(300)) + "."
			}
			turn := c.Add(i, []chat.Role{chat.User, chat.Assistant}[i%2], text, noon)
			if turn.State = chat.Done; i%2 == 1 && r.IntN(2) == 0 {
				ids, text := randomReply(r, stop)
				turn.Text, turn.Reply = choice.Format.Clean(text), &chat.Reply{IDs: ids}
			}
			blocks := choice.Blocks(system, c.Path(), false)
			p, packed, err := kept.Write(blocks, context, reserve)
			if err != nil {
				t.Fatalf("%s, context %d, reserve %d: %v", name, context, reserve, err)
			}
			if packed.Dropped < dropped {
				t.Fatalf("%s, context %d: %d tokens dropped after %d", name, context, packed.Dropped, dropped)
			}
			dropped = packed.Dropped
			fresh, account, err := NewWriter(choice, tok).Write(blocks, context, reserve)
			if err != nil || !reflect.DeepEqual(p, fresh) || packed != account {
				t.Fatalf("%s: %+v\nfresh: %+v, %v", name, packed, account, err)
			}
		}
	}
}

// A reply that fills the room by itself is all that a template has to write down.
func TestTemplateGoesOnWithAReplyThatFillsTheRoom(t *testing.T) {
	for _, source := range []string{chatML, strict, alpaca} {
		path := talk("hi", strings.Repeat("a", 2000))
		p := planned(t, newTemplate(t, source), "", path, true, 600)
		if text := marks.Decode(p.Prompt); !strings.HasSuffix(text, "aaaa") || len(p.Begun) < 2000 || !p.CutTurn {
			t.Errorf("%.20s: %+v", source, p.Packed)
		}
	}
}

// The plan after one new turn of a long conversation.
func BenchmarkOneTurnOfFiveThousand(b *testing.B) {
	c := chat.New(noon)
	add := func() {
		i := len(c.Turns())
		c.Add(i, []chat.Role{chat.User, chat.Assistant}[i%2], strings.Repeat("some words ", 5), noon).State = chat.Done
	}
	for range 5000 {
		add()
	}
	w := NewWriter(base, byteTokenizer{})
	write := func() {
		if _, _, err := w.Write(base.Blocks("", c.Path(), false), 1024, 256); err != nil {
			b.Fatal(err)
		}
	}
	write()
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		add()
		b.StartTimer()
		write()
	}
}
