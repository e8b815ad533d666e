package prompt

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"inkling/chat"
)

// checkPlan asserts what holds for every plan of this path.
func checkPlan(t *testing.T, p plan, f Format, path []*chat.Turn) {
	t.Helper()
	tok := byteTokenizer{}
	if len(p.Prompt) == 0 {
		t.Fatal("empty prompt")
	}
	if len(p.Prompt) != p.Prefix+p.History+p.Cue {
		t.Fatalf("%d tokens, accounted as %d + %d + %d", len(p.Prompt), p.Prefix, p.History, p.Cue)
	}
	if len(p.Prompt)+p.Reserve+p.Free() != p.Context || p.Free() < 0 {
		t.Fatalf("%d tokens, reserve %d, free %d, context %d", len(p.Prompt), p.Reserve, p.Free(), p.Context)
	}
	if (p.Dropped > 0) != (p.FirstKept != 0) || p.CutTurn && p.Dropped == 0 || p.DroppedTurns > 0 && p.Dropped == 0 {
		t.Fatalf("dropped %d tokens, %d turns, cut %v, but first kept %d", p.Dropped, p.DroppedTurns, p.CutTurn, p.FirstKept)
	}
	first := 0
	if p.FirstKept != 0 {
		first = slices.IndexFunc(path, func(t *chat.Turn) bool { return t.ID == p.FirstKept })
	}
	if first != p.DroppedTurns {
		t.Fatalf("%d turns dropped, but the first kept is number %d", p.DroppedTurns, first)
	}

	// The history is the end of the whole history, with the label kept where the
	// first turn is cut.
	full := fullHistory(t, f, path)
	seen := tok.Decode(p.Prompt[p.Prefix : p.Prefix+p.History])
	all := tok.Decode(full)
	if p.CutTurn && f.roles() {
		_, seen, _ = strings.Cut(seen, ":")
	}
	seen = strings.TrimLeft(seen, "\uFFFD")
	if p.Cue == 0 && f.roles() {
		all = strings.TrimSuffix(strings.TrimSuffix(all, "\n"), "<|endoftext|>") // the last turn may go on
		seen = strings.TrimSuffix(strings.TrimSuffix(seen, "\n"), "<|endoftext|>")
	}
	if !strings.HasSuffix(all, seen) {
		t.Fatalf("the model sees %q, which is no end of %q", seen, all)
	}
	if p.Cue > 0 && p.History+p.Dropped != len(full) {
		t.Fatalf("%d tokens kept and %d dropped of %d", p.History, p.Dropped, len(full))
	}
}

// fullHistory returns the ids of all turns of a path.
func fullHistory(t *testing.T, f Format, path []*chat.Turn) []int {
	t.Helper()
	p, err := makePlan(byteTokenizer{}, f, "", path, false, 1<<20, 0)
	if err != nil {
		t.Fatal(err)
	}
	return p.Prompt[p.Prefix : p.Prefix+p.History]
}

func TestPlanProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		c := randomTree(r, 60)
		f := mustFormat(t, Names()[r.IntN(3)])
		context, reserve := 100+r.IntN(600), r.IntN(300)
		system := strings.Repeat("s", r.IntN(30))
		for _, turn := range c.Turns() {
			path := c.PathTo(turn.ID)
			p, err := makePlan(byteTokenizer{}, f, system, path, r.IntN(2) == 0, context, reserve)
			if err != nil {
				t.Fatal(err)
			}
			checkPlan(t, p, f, path)
			if p.Reserve < min(reserve, context/2) {
				t.Fatalf("reserve %d of %d in a context of %d", p.Reserve, reserve, context)
			}
			if turn.Role == chat.User && !turn.Blank() && p.History == 0 {
				t.Fatal("the last user turn is not in the prompt")
			}
		}
	}
}

// Appending turns never brings back what was dropped, and most turns leave the
// beginning of the view where it was.
func TestViewMovesForwardInSteps(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, name := range Names() {
		f := mustFormat(t, name)
		c := chat.New(noon)
		dropped, moves := 0, 0
		for i := range 400 {
			role := chat.User
			if i%2 == 1 {
				role = chat.Assistant
			}
			parent := 0
			if leaf := c.Leaf(); leaf != nil {
				parent = leaf.ID
			}
			c.Add(parent, role, strings.Repeat("x", r.IntN(30))+".", noon).State = chat.Done
			if role == chat.Assistant {
				continue
			}
			p, err := makePlan(byteTokenizer{}, f, "", c.Path(), false, 1024, 256)
			if err != nil {
				t.Fatal(err)
			}
			checkPlan(t, p, f, c.Path())
			if p.Dropped < dropped {
				t.Fatalf("%s: %d tokens dropped after %d", name, p.Dropped, dropped)
			}
			if p.Dropped > dropped {
				moves++
			}
			dropped = p.Dropped
			if dropped > 0 && p.History < 1024/4 {
				t.Fatalf("%s: only %d tokens of history kept", name, p.History)
			}
		}
		if moves == 0 || moves > 200/3 {
			t.Errorf("%s: the view moved %d times in 200 plans", name, moves)
		}
	}
}

// Nor does it when there are questions and replies that do not fit.
func TestViewMovesForwardOverLongTurns(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for range 30 {
		f := mustFormat(t, Names()[r.IntN(3)])
		c := chat.New(noon)
		dropped := 0
		for i := range 40 {
			role := []chat.Role{chat.User, chat.Assistant}[i%2]
			size := r.IntN(30)
			if r.IntN(5) == 0 {
				size = r.IntN(600)
			}
			c.Add(i, role, strings.Repeat("字", size)+".", noon).State = chat.Done
			p, err := makePlan(byteTokenizer{}, f, "", c.Path(), false, 1024, 256)
			if err != nil {
				t.Fatal(err)
			}
			checkPlan(t, p, f, c.Path())
			if p.Dropped < dropped {
				t.Fatalf("%s: %d tokens dropped after %d", f.Name(), p.Dropped, dropped)
			}
			dropped = p.Dropped
		}
	}
}

// What one plan holds and its reply's ids begin the next plan, so that the
// key/value cache of the one serves the other.
func TestNextPromptBeginsWithPromptAndReply(t *testing.T) {
	byBytes, byPieces := Tokenizer(byteTokenizer{}), Tokenizer(newGPT2Tokenizer(t))
	// Replies as a model may write them, not as an encoder would.
	replies := map[Tokenizer][]int{
		byBytes:  byBytes.Encode("  Hel\xc3lo,\n you \n\n"),
		byPieces: slices.Concat(byPieces.Encode(" Hel"), byPieces.Encode("lo,"), byPieces.Encode("\n y"), byPieces.Encode("ou ")),
	}
	for tok, reply := range replies {
		for _, f := range []Choice{{Format: transcript{}}, base, {Format: dialogpt{}}, {Format: plain{}}} {
			c := chat.New(noon)
			parent := 0
			var known []int
			for range 5 {
				parent = c.Add(parent, chat.User, "tell me", noon).ID
				p, err := makePlan(tok, f, "Be kind.", c.Path(), false, 1024, 100)
				if err != nil {
					t.Fatal(err)
				}
				if len(p.Prompt) <= len(known) || !slices.Equal(p.Prompt[:len(known)], known) {
					t.Fatalf("%s: the prompt %q does not begin with %q", f.Format.Name(), tok.Decode(p.Prompt), tok.Decode(known))
				}
				clean := f.Format.Clean(tok.Decode(reply))
				a := c.Add(parent, chat.Assistant, clean, noon)
				a.Reply = &chat.Reply{IDs: reply}
				parent = a.ID
				kept := len(reply)
				for f.Format.Clean(tok.Decode(reply[:kept-1])) == clean {
					kept--
				}
				known = append(p.Prompt, reply[:kept]...)
			}
		}
	}
}

// randomReply returns the ids of a reply as a model may write it, and their
// text: cut at any byte, or ended by a stop string.
func randomReply(r *rand.Rand, stops []string) (ids []int, text string) {
	tok := byteTokenizer{}
	pieces := []string{" ", "\n", "fox", ".", "ü", "字", "🙂", "\u00a0", "\u3000", "\uFFFD", "\xff", "\x97"}
	var b strings.Builder
	for range r.IntN(8) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	ids = tok.Encode(b.String())
	if len(ids) > 0 && r.IntN(2) == 0 {
		ids = ids[:r.IntN(len(ids))]
	}
	text = tok.Decode(ids)
	if len(stops) > 0 && r.IntN(3) == 0 {
		ids = append(ids, tok.Encode(stops[r.IntN(len(stops))])...)
	}
	return ids, text
}

// A reply that is continued, and that again, grows at its end alone; its ids
// spell it, whatever each part ended with, and the next prompt has them.
func TestAContinuedReplyOnlyGrows(t *testing.T) {
	tok := byteTokenizer{}
	r := rand.New(rand.NewPCG(9, 10))
	continued := 0
	for range 5000 {
		f := mustFormat(t, Names()[r.IntN(3)])
		stop, _ := f.Ends()
		stops := append(stop, "\n\n###") // and one of the user's
		path := talk("tell me", "")
		reply := path[1]
		ids, text := randomReply(r, stops)
		reply.Text, reply.Reply = f.Clean(text), &chat.Reply{IDs: ids}
		switch r.IntN(6) {
		case 0:
			reply.Text = f.Clean(randomText(r)) // edited
		case 1:
			reply.Reply = nil
		}
		for range 3 {
			before := reply.Clone()
			plan, err := makePlan(tok, f, "", path, true, 4096, 100)
			if err != nil {
				t.Fatal(err)
			}
			begun := f.Clean(tok.Decode(plan.Begun))
			if plan.Begun == nil {
				if strings.Trim(reply.Text, "\uFFFD \n\u00a0\u3000") != "" {
					t.Fatalf("%s: %q is not continued", f.Name(), reply.Text)
				}
				if len(plan.Prompt) > 0 && plan.Cue != len(f.cue(tok)) {
					t.Fatalf("%s: a prompt for a new reply without its cue: %q", f.Name(), tok.Decode(plan.Prompt))
				}
			} else {
				continued++
				if !slices.Equal(plan.Prompt[len(plan.Prompt)-len(plan.Begun):], plan.Begun) || plan.Cue != 0 {
					t.Fatalf("%s: the prompt %q does not end with %q", f.Name(), tok.Decode(plan.Prompt), tok.Decode(plan.Begun))
				}
				if strings.HasSuffix(tok.Decode(plan.Begun), "\uFFFD") {
					t.Fatalf("%s: %q ends within a rune", f.Name(), tok.Decode(plan.Begun))
				}
				if shown := oneTurn(strings.TrimRight(reply.Text, "\uFFFD")); oneTurn(begun) != shown {
					t.Fatalf("%s: %q goes on from %q", f.Name(), reply.Text, begun)
				}
			}

			more, text := randomReply(r, stops)
			text = f.Clean(tok.Decode(plan.Begun) + text)
			ids := append(plan.Begun, more...)
			if !strings.HasPrefix(text, begun) || !strings.HasPrefix(f.Clean(tok.Decode(ids)), begun) {
				t.Fatalf("%s: %q became %q", f.Name(), begun, text)
			}
			if before.Reply != nil && !slices.Equal(before.Reply.IDs, reply.Reply.IDs) {
				t.Fatalf("%s: the ids of the first version changed", f.Name())
			}
			reply.Text, reply.Reply = text, &chat.Reply{IDs: ids}
			if reply.Blank() {
				continue
			}
			next, err := makePlan(tok, f, "", path, false, 4096, 100)
			if err != nil {
				t.Fatal(err)
			}
			used := replyIDs(tok, f, reply)
			if f.Clean(tok.Decode(used)) != text {
				t.Fatalf("%s: the ids %q do not spell %q", f.Name(), tok.Decode(used), text)
			}
			want := slices.Concat(plan.Prompt[:len(plan.Prompt)-len(plan.Begun)], used)
			if !slices.Equal(next.Prompt[:len(want)], want) {
				t.Fatalf("%s: the next prompt %q does not begin with %q", f.Name(), tok.Decode(next.Prompt), tok.Decode(want))
			}
		}
	}
	if continued < 5000 {
		t.Errorf("only %d replies were continued", continued)
	}
}

func TestContinuedPromptEndsWithTheReplysIDs(t *testing.T) {
	tok := byteTokenizer{}
	path := talk("go on", "Once upon")
	path[1].Reply = &chat.Reply{IDs: tok.Encode("\n Once upon \n")}
	p, err := makePlan(tok, transcript{}, "", path, true, 512, 100)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := tok.Decode(p.Prompt), "User: go on\nAssistant:\n Once upon"; got != want {
		t.Errorf("prompt %q, want %q", got, want)
	}
}

func TestIDsThatDoNotSpellTheTextAreIgnored(t *testing.T) {
	tok := byteTokenizer{}
	for _, spelled := range []string{" Yes.", "", " No", " No. I", " No.\nUser: and"} {
		path := talk("well?", "No.")
		path[1].Reply = &chat.Reply{IDs: tok.Encode(spelled)}
		p, err := makePlan(tok, transcript{}, "", path, false, 512, 100)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := tok.Decode(p.Prompt), "User: well?\nAssistant: No.\nAssistant:"; got != want {
			t.Errorf("ids of %q: prompt %q, want %q", spelled, got, want)
		}
	}
}

func TestALongQuestionIsCutAtItsBeginning(t *testing.T) {
	tok := byteTokenizer{}
	path := talk("first", "Yes.", strings.Repeat("字", 300)+" end")
	p, err := makePlan(tok, transcript{}, "System.", path, false, 512, 128)
	if err != nil {
		t.Fatal(err)
	}
	checkPlan(t, p, transcript{}, path)
	if !p.CutTurn || p.FirstKept != 3 || p.DroppedTurns != 2 {
		t.Errorf("cut %v, first kept %d, %d turns dropped; want the third turn cut", p.CutTurn, p.FirstKept, p.DroppedTurns)
	}
	text := tok.Decode(p.Prompt)
	if !strings.HasPrefix(text, "System.\n\nUser:字字") || !strings.HasSuffix(text, "字 end\nAssistant:") {
		t.Errorf("prompt %q", text)
	}
}

// A question that is a little too long loses a little.
func TestAQuestionLosesNoMoreThanItMust(t *testing.T) {
	tok := byteTokenizer{}
	for _, name := range []string{"transcript", "dialogpt"} {
		f := mustFormat(t, name)
		for _, over := range []int{1, 9, 200, 5000} {
			plan := func(size int) plan {
				path := talk("first", "Yes.", strings.Repeat("q", size))
				p, err := makePlan(tok, f, "", path, false, 1024, 256)
				if err != nil {
					t.Fatal(err)
				}
				checkPlan(t, p, f, path)
				return p
			}
			fits := 700
			for !plan(fits + 1).CutTurn {
				fits++
			}
			whole, cut := plan(fits), plan(fits+over)
			if whole.Free() != 0 || cut.Free() != 0 {
				t.Errorf("%s: %d and %d tokens of the room are not used", name, whole.Free(), cut.Free())
			}
			if lost := cut.Dropped - whole.Dropped; lost != over || !cut.CutTurn {
				t.Errorf("%s: a question with %d tokens too many loses %d", name, over, lost)
			}
		}
	}
}

// The question stays in view, at least in part, while its reply is continued.
func TestTheQuestionOfAContinuedReplyStays(t *testing.T) {
	tok := byteTokenizer{}
	path := talk("first", "Yes.", strings.Repeat("q", 200), strings.Repeat("a", 300))
	p, err := makePlan(tok, transcript{}, "", path, true, 512, 128)
	if err != nil {
		t.Fatal(err)
	}
	checkPlan(t, p, transcript{}, path)
	if text := tok.Decode(p.Prompt); !strings.HasPrefix(text, "User:q") || !strings.HasSuffix(text, "\nAssistant: "+path[3].Text) {
		t.Errorf("prompt %q", text)
	}

	path[3].Text = strings.Repeat("a", 900)
	p, err = makePlan(tok, transcript{}, "", path, true, 512, 128)
	if err != nil {
		t.Fatal(err)
	}
	checkPlan(t, p, transcript{}, path)
	if text := tok.Decode(p.Prompt); !strings.HasPrefix(text, "Assistant:a") || !p.CutTurn || p.FirstKept != 4 {
		t.Errorf("a reply longer than the room: prompt %q, cut %v, first kept %d", text, p.CutTurn, p.FirstKept)
	}
}

func TestSystemTextAlwaysStays(t *testing.T) {
	tok := byteTokenizer{}
	path := talk(strings.Repeat("q", 5000))
	system := strings.Repeat("s", 200)
	for _, f := range []Format{transcript{}, dialogpt{}, plain{}} {
		p, err := makePlan(tok, f, system, path, false, 512, 128)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(tok.Decode(p.Prompt), system) {
			t.Errorf("%s: the system text is not whole", f.Name())
		}
		_, err = makePlan(tok, f, strings.Repeat("s", 500), path, false, 512, 128)
		if !errors.Is(err, ErrSystemTooLong) || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "512") {
			t.Errorf("%s: a system text that does not fit: %v", f.Name(), err)
		}
	}
}

func TestImpossiblePlansAreErrors(t *testing.T) {
	for name, plan := range map[string]func() (plan, error){
		"tiny context": func() (plan, error) { return makePlan(byteTokenizer{}, transcript{}, "", talk("hi"), false, 16, 8) },
		"no context":   func() (plan, error) { return makePlan(byteTokenizer{}, transcript{}, "", nil, false, 0, 0) },
		"negative":     func() (plan, error) { return makePlan(byteTokenizer{}, plain{}, "", talk("hi"), false, -5, -5) },
		"no beginning": func() (plan, error) { return makePlan(byteTokenizer{noEnd: true}, plain{}, "", nil, false, 512, 8) },
		"no separators": func() (plan, error) {
			return makePlan(byteTokenizer{noEnd: true}, dialogpt{}, "", talk("hi"), false, 512, 8)
		},
	} {
		p, err := plan()
		if err == nil {
			t.Errorf("%s: %q planned", name, byteTokenizer{}.Decode(p.Prompt))
		} else if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error of several lines: %v", name, err)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	texts := make([]string, 400)
	for i := range texts {
		texts[i] = strings.Repeat("some words ", 20)
	}
	path := talk(texts...)
	for b.Loop() {
		if _, err := makePlan(byteTokenizer{}, transcript{}, "Be kind.", path, false, 1024, 256); err != nil {
			b.Fatal(err)
		}
	}
}

// with is a transcript with a preamble.
func with(preamble string) Choice {
	if preamble == BasePreamble {
		return base
	}
	return Choice{Format: transcript{}, Preamble: Block{Kind: Preamble, Text: preamble}}
}

// A model with a small context can be talked to: what makes a model's manner better goes first.
func TestTheBasePreambleGoesWhereThereIsNoRoom(t *testing.T) {
	tok := byteTokenizer{}
	for _, c := range []struct {
		preamble string
		context  int
		want     bool
	}{
		{BasePreamble, 2048, true}, {BasePreamble, 256, false}, {"a folder's own " + strings.Repeat("p", 400), 256, false},
	} {
		p, err := makePlan(tok, with(c.preamble), "", talk("hello"), false, c.context, 64)
		if c.preamble != BasePreamble {
			if !errors.Is(err, ErrSystemTooLong) {
				t.Errorf("a folder's own preamble, context %d: %v", c.context, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(tok.Decode(p.Prompt), BasePreamble); got != c.want || !strings.Contains(tok.Decode(p.Prompt), "hello") {
			t.Errorf("context %d: %q", c.context, tok.Decode(p.Prompt))
		}
	}
}
