package store

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"inkling/chat"
)

// keeper is all that both stores are.
type keeper interface {
	chat.Store
	chat.Traces
	chat.Marks
	chat.Notes
	chat.Index
	chat.History
}

func eachKeeper(t *testing.T, test func(t *testing.T, s keeper)) {
	eachStore(t, func(t *testing.T, s chat.Store) { test(t, s.(keeper)) })
}

// A mark stays when its turn is saved again, and goes where it is given another.
func TestMarks(t *testing.T) {
	eachKeeper(t, func(t *testing.T, s keeper) {
		c := sample(noon)
		save(t, s, c)
		for _, m := range []chat.Mark{{Label: "★ the good one"}, {Label: "x", Hidden: true}, {Hidden: true}, {}} {
			c.Mark(3, m)
			if err := s.SaveMark(t.Context(), c.ID, 3, m); err != nil {
				t.Fatal(err)
			}
			turn(c, 3).Text += " more"
			save(t, s, c)
			got, err := s.Load(t.Context(), c.ID)
			if err != nil {
				t.Fatal(err)
			}
			wantSame(t, got, c)
		}
		if err := s.SaveMark(t.Context(), c.ID, 9, chat.Mark{Label: "x"}); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("of no turn: %v", err)
		}
		if err := s.SaveMark(t.Context(), "nowhere", 1, chat.Mark{Label: "x"}); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("of no chat: %v", err)
		}
	})
}

// A copy has the traces of the turns that it has in common with what it is a copy of, and keeps its own.
func TestCopyTraces(t *testing.T) {
	eachKeeper(t, func(t *testing.T, s keeper) {
		c := told(t, s, "hello", noon)
		trace := func(ids ...int) (tokens []chat.TraceToken) {
			for _, id := range ids {
				tokens = append(tokens, chat.TraceToken{ID: id, Logprob: -1, Rank: 1})
			}
			return tokens
		}
		other := c.Add(1, chat.Assistant, "", noon.Add(time.Second))
		save(t, s, c)
		for _, err := range []error{
			s.SaveTraced(t.Context(), c.ID, *turn(c, 2), 0, trace(1, 2)),
			s.SaveTraced(t.Context(), c.ID, *turn(c, 2), 2, trace(3)),
			s.SaveTraced(t.Context(), c.ID, *other, 0, trace(4)),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		from := c.ID
		c.ID = chat.NewID(noon.Add(time.Hour))
		other.Created = noon.Add(time.Minute) // another turn in the place of that one
		own := c.Add(2, chat.User, "more", noon)
		own = c.Add(own.ID, chat.Assistant, "", noon)
		save(t, s, c)
		if err := s.SaveTraced(t.Context(), c.ID, *own, 0, trace(9)); err != nil {
			t.Fatal(err)
		}
		for range 2 { // again changes nothing
			if err := s.CopyTraces(t.Context(), from, c.ID); err != nil {
				t.Fatal(err)
			}
			for id, want := range map[int][]chat.TraceToken{2: trace(1, 2, 3), other.ID: nil, own.ID: trace(9)} {
				if got, err := s.Trace(t.Context(), c.ID, id); err != nil || len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
					t.Errorf("turn %d: %+v, %v, want %+v", id, got, err, want)
				}
			}
		}
		if err := s.CopyTraces(t.Context(), from, "nowhere"); err != nil {
			t.Error(err)
		}
	})
}

// told is a conversation of a question and a reply that is being written.
func told(t *testing.T, s chat.Store, question string, now time.Time) *chat.Conversation {
	t.Helper()
	c := chat.New(now)
	c.Add(0, chat.User, question, now)
	c.Add(1, chat.Assistant, "", now)
	save(t, s, c)
	return c
}

func TestTraces(t *testing.T) {
	eachKeeper(t, func(t *testing.T, s keeper) {
		c := told(t, s, "hello", noon)
		token := func(id int) chat.TraceToken {
			return chat.TraceToken{ID: id, Logprob: -1, Rank: 1, Alternatives: []chat.TraceAlternative{{ID: 7, Logprob: -2}}}
		}
		want := func(ids ...int) {
			t.Helper()
			got, err := s.Trace(t.Context(), c.ID, 2)
			if err != nil || len(got) != len(ids) {
				t.Fatalf("%d tokens of %d, %v", len(got), len(ids), err)
			}
			for i, id := range ids {
				if !reflect.DeepEqual(got[i], token(id)) {
					t.Errorf("token %d is %+v, want %d", i, got[i], id)
				}
			}
		}
		want()
		add := func(first int, ids ...int) error {
			var tokens []chat.TraceToken
			for _, id := range ids {
				tokens = append(tokens, token(id))
			}
			return s.SaveTraced(t.Context(), c.ID, *turn(c, 2), first, tokens)
		}
		for _, err := range []error{add(0, 1, 2, 3), add(3, 4, 5), add(5, 6)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		want(1, 2, 3, 4, 5, 6)
		if err := add(4, 50); err != nil { // back into the middle of what was added at once
			t.Fatal(err)
		}
		want(1, 2, 3, 4, 50)
		if err := add(9, 1); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("with a gap: %v", err)
		}
		if err := s.SaveTraced(t.Context(), c.ID, chat.Turn{ID: 9, Parent: 8, Role: chat.Assistant, State: chat.Writing}, 0, []chat.TraceToken{token(1)}); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("to a turn that is not there: %v", err)
		}
		turn(c, 2).Text, turn(c, 2).State = "Hi.", chat.Done
		save(t, s, c)
		want(1, 2, 3, 4, 50)
		if err := add(0); err != nil {
			t.Fatal(err)
		}
		want()

		pieces := [][]byte{[]byte("a"), {}, {0xff, 0}, []byte("long piece")}
		if err := s.SaveVocabulary(t.Context(), "sum", pieces); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Vocabulary(t.Context(), "sum"); err != nil || len(got) != 4 || string(got[2]) != "\xff\x00" || string(got[3]) != "long piece" {
			t.Errorf("pieces %q, %v", got, err)
		}
		if got, err := s.Vocabulary(t.Context(), "other"); err != nil || got != nil {
			t.Errorf("pieces of another: %q, %v", got, err)
		}
		if err := s.Delete(t.Context(), c.ID); err != nil {
			t.Fatal(err)
		}
		want()
	})
}

func TestNotes(t *testing.T) {
	eachKeeper(t, func(t *testing.T, s keeper) {
		c := told(t, s, "hello", noon)
		first := chat.Note{Kind: "memory", Title: "about", Text: "a fox", Enabled: true}
		second := chat.Note{Kind: "world", Keys: []string{"den", "穴"}, Text: "a den", Depth: 3, Rest: []byte(`{"x":1}`)}
		for want, n := range []*chat.Note{&first, &second} {
			id, err := s.SaveNote(t.Context(), c.ID, *n)
			if err != nil || id != want+1 {
				t.Fatalf("note %d, %v", id, err)
			}
			n.ID = id
		}
		first.Text = "a brave fox"
		if _, err := s.SaveNote(t.Context(), c.ID, first); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Notes(t.Context(), c.ID); err != nil || !reflect.DeepEqual(got, []chat.Note{first, second}) {
			t.Errorf("%+v, %v", got, err)
		}
		if err := s.DeleteNote(t.Context(), c.ID, 1); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Notes(t.Context(), c.ID); err != nil || len(got) != 1 || got[0].ID != 2 {
			t.Errorf("after one was deleted: %+v, %v", got, err)
		}
		if _, err := s.SaveNote(t.Context(), "nosuch", first); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("of no conversation: %v", err)
		}
	})
}

// The newest turns are found, whenever they came into the store and however many there are of a word; and so is every word that begins
// as what was asked for.
func TestSearchGoesByTime(t *testing.T) {
	eachStore(t, func(t *testing.T, s chat.Store) {
		for day := range 3 { // the latest day comes first
			now := noon.AddDate(0, 0, -day)
			c := chat.New(now)
			parent := 0
			for i := range 80 {
				text := fmt.Sprintf("often fox%03d", 80*day+i)
				if i == 40 {
					text += " seldom"
				}
				parent = c.Add(parent, chat.User, text, now.Add(time.Duration(i/2)*time.Second)).ID // two at each time
			}
			save(t, s, c)
		}
		index := s.(chat.Index)
		for query, want := range map[string]int{"often ": 50, "seldom": 3, "fox": 50, "f": 50, "fox2": 40, "often fo": 50} {
			hits, _, err := index.Search(t.Context(), query)
			if err != nil || len(hits) != want {
				t.Errorf("%q: %d hits, want %d; %v", query, len(hits), want, err)
				continue
			}
			if !slices.IsSortedFunc(hits, func(a, b chat.Hit) int { return b.Created.Compare(a.Created) }) {
				t.Errorf("%q: the hits are not in the order of time", query)
			}
			if query != "fox2" && !hits[0].Created.After(noon.Add(-time.Second)) {
				t.Errorf("%q: the newest is of %v", query, hits[0].Created)
			}
		}
	})
}

func TestSearch(t *testing.T) {
	eachKeeper(t, func(t *testing.T, s keeper) {
		texts := []string{"The brave Fox", "a café in 北京, 2024", "foxes\nand hens", "他北上去京都", "Don't panic", "nothing here"}
		for i, text := range texts {
			told(t, s, text, noon.Add(time.Duration(i)*time.Minute))
		}
		find := func(query string) (found []int) {
			t.Helper()
			hits, partial, err := s.Search(t.Context(), query)
			if err != nil || partial {
				t.Fatalf("%q: partial %t, %v", query, partial, err)
			}
			for _, h := range hits {
				at := slices.IndexFunc(texts, func(text string) bool { return h.Snippet == strings.Join(strings.Fields(text), " ") })
				if at < 0 || h.Turn != 1 || h.Role != chat.User || h.Title == "" || !h.Created.Equal(noon.Add(time.Duration(at)*time.Minute)) {
					t.Errorf("%q: %+v", query, h)
				}
				found = append(found, at)
			}
			return found
		}
		for query, want := range map[string][]int{
			"fox":        {2, 0}, // the newest first; the word may go on
			"fox ":       {0},
			"FOX brave ": {0},
			"cafe":       {1},
			"CAFÉ":       {1},
			"北京":         {1},
			"北":          {3, 1},
			"京":          {3, 1},
			"京北":         nil,
			"北京 2024":    {1},
			"don't":      {4},
			"t":          {4, 0}, // the beginning of "the"
			`"'*:^-() `:  nil,
			"fox NOT":    nil,
			"":           nil,
		} {
			if got := find(query); !slices.Equal(got, want) {
				t.Errorf("%q: found %v, want %v", query, got, want)
			}
		}

		// A reply is found when it is done, and no longer when its chat is gone.
		c := told(t, s, "and the owl?", noon.Add(time.Hour))
		turn(c, 2).Text = "hoot"
		save(t, s, c)
		if hits, _, _ := s.Search(t.Context(), "hoot"); len(hits) != 0 {
			t.Error("found before it is done")
		}
		turn(c, 2).Text, turn(c, 2).State = "hoot hoot, said the owl", chat.Done
		save(t, s, c)
		if hits, _, _ := s.Search(t.Context(), "hoot owl"); len(hits) != 1 || hits[0].Role != chat.Assistant || hits[0].Session != c.ID {
			t.Errorf("when it is done: %+v", hits)
		}
		if err := s.Delete(t.Context(), c.ID); err != nil {
			t.Fatal(err)
		}
		if hits, _, err := s.Search(t.Context(), "hoot"); len(hits) != 0 || err != nil {
			t.Errorf("after it was deleted: %+v, %v", hits, err)
		}

		// No more than the newest.
		for i := range 2 * chat.Hits {
			told(t, s, fmt.Sprint("many of them ", i), noon.Add(time.Duration(i)*time.Hour))
		}
		hits, _, err := s.Search(t.Context(), "many")
		if err != nil || len(hits) != chat.Hits || hits[0].Snippet != fmt.Sprint("many of them ", 2*chat.Hits-1) {
			t.Errorf("%d found, %v", len(hits), err)
		}
	})
}

func TestLabels(t *testing.T) {
	eachKeeper(t, func(t *testing.T, s keeper) {
		c := told(t, s, "hello", noon)
		if err := s.Label(t.Context(), c.ID, []string{"b", "a", "b"}, true); err != nil {
			t.Fatal(err)
		}
		list, err := s.Sessions(t.Context())
		if err != nil || len(list) != 1 || !list[0].Starred || !slices.Equal(list[0].Tags, []string{"a", "b"}) {
			t.Errorf("%+v, %v", list, err)
		}
		if err := s.Label(t.Context(), c.ID, nil, false); err != nil {
			t.Fatal(err)
		}
		if list, err = s.Sessions(t.Context()); err != nil || list[0].Starred || list[0].Tags != nil {
			t.Errorf("%+v, %v", list, err)
		}
		if err := s.Label(t.Context(), "nosuch", nil, true); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("of no conversation: %v", err)
		}
	})
}

func TestHistory(t *testing.T) {
	eachKeeper(t, func(t *testing.T, s keeper) {
		for i, text := range []string{"one", "two", "/temp 1", "one", "three"} {
			if err := s.Remember(t.Context(), text, noon.Add(time.Duration(i)*time.Second)); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := s.Recall(t.Context(), 3); err != nil || !slices.Equal(got, []string{"three", "one", "/temp 1"}) {
			t.Errorf("%q, %v", got, err)
		}
		c := told(t, s, "three", noon)
		if err := s.Delete(t.Context(), c.ID); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Recall(t.Context(), 9); err != nil || !slices.Equal(got, []string{"one", "/temp 1", "two"}) {
			t.Errorf("after a chat was deleted: %q, %v", got, err)
		}
	})
}
