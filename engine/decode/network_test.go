package decode

import (
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"testing"

	"inkling/engine/sample"
)

const (
	vocab     = 257
	endOfText = 256
)

// bytesText is a text of bytes, and end-of-text.
var bytesText = Text{
	Ends:    []int{endOfText},
	Blank:   []int{'\n'},
	Piece:   func(id int) []byte { return []byte{byte(id)}[:min(1, vocab-1-id)] },
	Decode:  func(ids []int) string { return string(spell(ids)) },
	Decoder: func(...int) Decoder { return byteDecoder{} },
}

type byteDecoder struct{}

var letters = func() (all [vocab]string) {
	for id := range endOfText {
		all[id] = string([]byte{byte(id)})
	}
	return all
}()

func (byteDecoder) Push(id int) string { return letters[id] }
func (byteDecoder) Flush() string      { return "" }

func spell(ids []int) []byte {
	var text []byte
	for _, id := range ids {
		if id < endOfText {
			text = append(text, byte(id))
		}
	}
	return text
}

func tokens(text string) []int {
	var ids []int
	for _, c := range []byte(text) {
		ids = append(ids, int(c))
	}
	return ids
}

// scripted is a network whose scores are a function of the ids. It watches that states are used as they may be.
type scripted struct {
	t       testing.TB
	f       func(ids []int, logits []float32)
	context int
	hook    func(steps []Step) error // before each pass; nil for none
	passes  atomic.Int64
	fed     atomic.Int64 // tokens
	states  atomic.Int64
}

func (n *scripted) Vocab() int              { return vocab }
func (n *scripted) Context() int            { return n.context }
func (n *scripted) NewWorkspace() Workspace { return new(int) }
func (n *scripted) Close()                  {}

func (n *scripted) NewState() State {
	n.states.Add(1)
	return &scriptedState{network: n, ids: make([]int, 0, n.context)}
}

type scriptedState struct {
	network *scripted
	ids     []int
	prefix  *scriptedState
	shared  int
}

// whole is all that the state holds, as it stands on its prefix.
func (s *scriptedState) check() {
	if s.prefix != nil && (len(s.prefix.ids) < s.shared || !slices.Equal(s.prefix.ids[:s.shared], s.ids[:s.shared])) {
		s.network.t.Errorf("a state stands on %d ids that are gone", s.shared)
	}
}

func (s *scriptedState) Truncate(n int) {
	s.ids = s.ids[:min(n, len(s.ids))]
	s.shared = min(s.shared, len(s.ids))
}

func (s *scriptedState) Fork() State {
	s.network.states.Add(1)
	return &scriptedState{s.network, append(make([]int, 0, s.network.context), s.ids...), s, len(s.ids)}
}

func (n *scripted) Forward(w Workspace, steps []Step, logits []float32) error {
	if n.hook != nil {
		if err := n.hook(steps); err != nil {
			return err
		}
	}
	n.passes.Add(1)
	total, scores := 0, 0
	for i, s := range steps {
		total += len(s.IDs)
		scores += s.Scores
		own := s.State.(*scriptedState)
		own.check()
		for _, other := range steps[:i] {
			if other.State == s.State {
				return fmt.Errorf("a state is there twice")
			}
		}
		if len(s.IDs) == 0 || len(own.ids)+len(s.IDs) > n.context || s.Scores > len(s.IDs) {
			return fmt.Errorf("%d tokens after %d in a context of %d, %d of them scored", len(s.IDs), len(own.ids), n.context, s.Scores)
		}
	}
	n.fed.Add(int64(total))
	if total > Block || len(logits) != scores*vocab {
		return fmt.Errorf("%d tokens in one pass, room for %d logits, expected %d", total, len(logits), scores*vocab)
	}
	for _, s := range steps {
		own := s.State.(*scriptedState)
		for i, id := range s.IDs {
			own.ids = append(own.ids, id)
			if i >= len(s.IDs)-s.Scores {
				row := logits[:vocab]
				clear(row)
				n.f(own.ids, row)
				logits = logits[vocab:]
			}
		}
	}
	return nil
}

// noise has scores that depend on all ids, so that sampling has something to choose.
func noise(ids []int, logits []float32) {
	h := uint32(len(ids))
	for _, id := range ids {
		h = (h ^ uint32(id)) * 16777619
	}
	for i := range 26 {
		logits['a'+i] = 4 * float32(math.Sin(float64(h%100000)+float64(i)*1.7))
	}
	for _, id := range []int{endOfText, '\n'} {
		logits[id] = -50
	}
	for i := range 26 {
		logits['a'+i] += 20
	}
}

func newScripted(t testing.TB, f func(ids []int, logits []float32)) (*Loop, *scripted) {
	n := &scripted{t: t, f: f, context: 512}
	return NewLoop(n, bytesText, 8), n
}

func params(change func(p *sample.Params)) *sample.Controls {
	p := sample.Neutral()
	if change != nil {
		change(&p)
	}
	return sample.NewControls(p)
}

// drain reads a text to its end and puts together what its events say.
func drain(t testing.TB, g *Generation) (text string, ids []int, r Result) {
	t.Helper()
	for e := range g.Events() {
		text, ids = apply(text, ids, e)
	}
	r = g.Result()
	if text+r.Rest != r.Text || !slices.Equal(ids, r.IDs) && r.Reason != Cancelled {
		t.Errorf("events say %q and %q at the end, %d; the result %q, %d", text, r.Rest, ids, r.Text, r.IDs)
	}
	return text, ids, r
}

func apply(text string, ids []int, e Event) (string, []int) {
	switch e.Kind {
	case Drawn:
		return text + e.Token.Text, append(ids, e.Token.ID)
	case Back:
		return text[:e.Kept], ids[:len(ids)-e.Removed]
	}
	return text, ids
}
