package chat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"math"
	"math/rand/v2"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// random is a record as a store may have one: a tree with any texts, and all that stands beside it.
func random(r *rand.Rand) Record {
	texts := []string{"", "hello", "**You**\n\nnot really", "---\nWritten with love", "北京 <b>&amp;</b>", "a\n\n\nb", "You: me", "\t\"quoted\" \\ back", "👩‍🚀 é"}
	text := func() string { return texts[r.IntN(len(texts))] }
	c := New(noon)
	c.Title, c.System, c.Model, c.Format, c.Draft, c.Params = text(), text(), text(), text(), text(), `{"temperature":"0.5"}`
	if r.IntN(2) == 0 {
		c.Mode = Story
	}
	for i := range r.IntN(20) {
		role := []Role{User, Assistant}[r.IntN(2)]
		t := c.Add(r.IntN(i+1), role, text(), noon)
		if t.State = []State{Done, Stopped}[r.IntN(2)]; role == Assistant {
			t.Reply = &Reply{Model: text(), Seed: r.Uint64(), Attempt: r.Uint32(), Random: 2, Params: json.RawMessage(`{"top_k":40}`),
				StopReason: "length", Tokens: r.IntN(99), TokensPerSecond: r.Float64(), IDs: []int{1, r.IntN(1 << 20)}}
		}
	}
	for _, t := range c.Turns() {
		if r.IntN(3) == 0 {
			c.Select(t.ID)
		}
		if r.IntN(6) == 0 {
			c.Mark(t.ID, Mark{Label: text(), Hidden: r.IntN(2) == 0})
		}
	}
	if leaf := c.Leaf(); leaf != nil {
		c.Select(leaf.ID) // a path of which each turn is chosen, as stores give it
	}
	record := Record{Conversation: c, Starred: r.IntN(2) == 0}
	for range r.IntN(3) {
		record.Tags = append(record.Tags, text())
		c.Notes = append(c.Notes, Note{ID: 1 + len(c.Notes), Kind: "world", Title: text(), Keys: []string{text()}, Text: text(), Depth: r.IntN(9),
			Enabled: true, Rest: json.RawMessage(`{"x":1}`)})
	}
	for _, t := range c.Turns() {
		if t.Reply == nil || r.IntN(2) == 0 {
			continue
		}
		var trace []TraceToken
		for range 1 + r.IntN(4) {
			trace = append(trace, TraceToken{Origin: Origin(r.IntN(4)), Back: r.IntN(2) == 0, ID: r.IntN(1 << 20), Logprob: -r.Float32(), Rank: r.IntN(99),
				Entropy: r.Float32(), Temperature: r.Float32(), Alternatives: []TraceAlternative{{ID: 5, Logprob: float32(math.Inf(-1))}, {ID: 7, Text: []byte{0xff, 'a'}, Logprob: -1}}})
		}
		if record.Traces == nil {
			record.Traces = map[int][]TraceToken{}
		}
		record.Traces[t.ID] = trace
	}
	return record
}

// What is exported as JSON comes back the same: tree, path, choices, replies, traces, notes, tags.
func TestJSONComesBackTheSame(t *testing.T) {
	for seed := range uint64(200) {
		want := random(rand.New(rand.NewPCG(seed, 1)))
		var file bytes.Buffer
		if err := Export(&file, want, ExportOptions{Kind: "json"}); err != nil {
			t.Fatal(err)
		}
		got, err := Import(file.Bytes(), noon)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range []Record{got, want} {
			for _, turn := range r.Turns() {
				if turn.Reply != nil {
					var small bytes.Buffer
					if err := json.Compact(&small, turn.Reply.Params); err != nil {
						t.Fatal(err)
					}
					turn.Reply.Params = small.Bytes()
				}
			}
			for i := range r.Notes {
				r.Notes[i].Rest = nil
			}
		}
		if g, w := got.Header(), want.Header(); !reflect.DeepEqual(g, w) {
			t.Fatalf("seed %d: header %+v, want %+v", seed, g, w)
		}
		if !reflect.DeepEqual(got.Turns(), want.Turns()) || !reflect.DeepEqual(got.Tags, want.Tags) || got.Starred != want.Starred ||
			!reflect.DeepEqual(got.Notes, want.Notes) || !reflect.DeepEqual(got.Traces, want.Traces) {
			t.Fatalf("seed %d: got\n%+v\nwant\n%+v", seed, got, want)
		}
		var again bytes.Buffer
		if err := Export(&again, got, ExportOptions{Kind: "json"}); err != nil {
			t.Fatal(err)
		}
	}
}

// What version 1 wrote is read.
func TestImportVersion1(t *testing.T) {
	const file = `{"kind": "inkling conversation", "version": 1, "id": "0001", "title": "hello", "created": "2025-03-01T12:00:00Z",
		"updated": "2025-03-01T12:00:00Z", "mode": "chat", "model": "starter", "prompt_format": "", "system": "Be kind.", "current": [1, 2],
		"turns": [{"id": 1, "parent": 0, "role": "user", "text": "hello", "state": "done", "created": "2025-03-01T12:00:00Z"},
		{"id": 2, "parent": 1, "role": "assistant", "text": "Hi", "state": "done", "created": "2025-03-01T12:00:00Z",
			"reply": {"model": "starter", "seed": 7, "prompt_tokens": 3, "tokens": 1, "tokens_per_second": 0, "ids": [5]}},
		{"id": 3, "parent": 1, "role": "assistant", "text": "Ho", "state": "stopped", "created": "2025-03-01T12:00:00Z"}]}`
	r, err := Import([]byte(file), noon)
	if err != nil {
		t.Fatal(err)
	}
	if r.ID != "0001" || r.System != "Be kind." || r.Leaf().ID != 2 || len(r.Turns()) != 3 || r.Leaf().Reply.Seed != 7 {
		t.Errorf("%+v", r.Header())
	}
}

// Messages of a Markdown file, or of a text, come back as messages; a text without speakers is a story.
func TestImportText(t *testing.T) {
	for _, kind := range []string{"md", "txt"} {
		c := New(noon)
		c.Add(0, User, "hello", noon)
		c.Add(1, Assistant, "Hi.\n\n- one\n- two", noon).Reply = &Reply{Model: "starter", Seed: 3}
		c.Add(2, User, "more", noon)
		r, err := Import([]byte(exported(t, c, kind)), noon)
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for _, turn := range r.Path() {
			got = append(got, fmt.Sprint(turn.Role, turn.Text))
		}
		for _, turn := range c.Path() {
			want = append(want, fmt.Sprint(turn.Role, turn.Text))
		}
		if !reflect.DeepEqual(got, want) || r.Title != "hello" || r.Mode != Chat {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
	r, err := Import([]byte("Once upon a time\nthere was a fox.\n"), noon)
	if err != nil || r.Mode != Story || StoryText(r.Path()) != "Once upon a time\nthere was a fox." {
		t.Errorf("a story: %+v %v", r, err)
	}
	for _, bad := range []string{"", "  \n", "{}", "{", `{"kind":"inkling conversation","version":3}`, "\xff\x00", `{"kind":"inkling conversation","version":2,"turns":[null]}`,
		`{"kind":"inkling conversation","version":2,"turns":[{"id":2,"parent":5,"role":"user"}]}`} {
		if _, err := Import([]byte(bad), noon); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// The HTML colours tokens by rank, shows alternatives on hover, and escapes what is said.
func TestExportHTML(t *testing.T) {
	c := New(noon)
	c.Add(0, User, "a <b> & c", noon)
	c.Add(1, Assistant, " <i>hé", noon).Reply = &Reply{Model: "starter", Seed: 3}
	trace := []TraceToken{{ID: 1, Rank: 1, Logprob: -1, Temperature: 0.5, Alternatives: []TraceAlternative{{ID: 2, Logprob: -0.5}}}, {ID: 2, Rank: 500}, {ID: 3, Rank: 50}, {ID: 4, Rank: 5000}}
	pieces := []string{"", " <i>", "h", "\xc3", "\xa9"}
	var b bytes.Buffer
	o := ExportOptions{Kind: "html", Piece: func(_ *Turn, id int) []byte { return []byte(pieces[id]) }}
	if err := Export(&b, Record{Conversation: c, Traces: map[int][]TraceToken{2: trace}}, o); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	for _, want := range []string{"a &lt;b&gt; &amp; c", `<span class="a" title="36.8%, rank 1, temperature 0.50` + "\n60.7% h\"> &lt;i&gt;</span>", `<span class="c"`, "é</span>"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	o.Piece, o.Bare = nil, true
	b.Reset()
	if err := Export(&b, Record{Conversation: c, Traces: map[int][]TraceToken{2: trace}}, o); err != nil || strings.Contains(b.String(), "<span") || !strings.Contains(b.String(), "&lt;i&gt;hé") || strings.Contains(b.String(), "seed") {
		t.Errorf("without pieces, bare: %v\n%s", err, b.String())
	}
}

// An edited story is exported as it reads, with what is known of the tokens that are left of it.
func TestExportHTMLOfAnEditedStory(t *testing.T) {
	c := New(noon)
	c.Mode = Story
	c.Add(0, User, "The keeper", noon)
	c.Add(1, Assistant, " lit lamps.", noon).Reply = &Reply{Model: "starter"}
	at := func(n int) *int { return &n }
	c.Add(2, User, "old <i> ", noon).Place = at(len("The "))
	cut := c.Add(3, User, "", noon)
	cut.Place, cut.Removed = at(len("The old <i> keeper lit l")), len("amp")
	trace := []TraceToken{{ID: 0, Rank: 1}, {ID: 1, Rank: 50}, {ID: 2, Rank: 5000}}
	pieces := []string{" lit", " lamps", "."}
	var b bytes.Buffer
	o := ExportOptions{Kind: "html", Bare: true, Piece: func(_ *Turn, id int) []byte { return []byte(pieces[id]) }}
	if err := Export(&b, Record{Conversation: c, Traces: map[int][]TraceToken{2: trace}}, o); err != nil {
		t.Fatal(err)
	}
	body := b.String()[strings.Index(b.String(), "<body>"):]
	if got := html.UnescapeString(regexp.MustCompile("<[^>]*>").ReplaceAllString(strings.SplitN(body, "<footer>", 2)[0], "")); !strings.Contains(got, "The old <i> keeper lit ls.") {
		t.Errorf("it reads %q", got)
	}
	for _, want := range []string{`class="a"`, `class="b"`, `class="d"`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
}

// kept is a record as it comes out of a store.
func kept(t *testing.T, s Store, r Record) Record {
	t.Helper()
	id, err := Put(t.Context(), s, r, "")
	if err != nil {
		t.Fatal(err)
	}
	conv, err := s.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Whole(t.Context(), s, conv, true)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// What is exported as JSON, imported into another store without its model, and exported again is the same to the byte: the words of the
// tokens come along.
func TestJSONThereAndBack(t *testing.T) {
	for seed := range uint64(50) {
		r := random(rand.New(rand.NewPCG(seed, 2)))
		for _, turn := range r.Turns() {
			if turn.Reply != nil {
				turn.Reply.Vocabulary = "sum" + strconv.Itoa(turn.ID%2)
			}
		}
		for _, tokens := range r.Traces {
			for i := range tokens {
				tokens[i].ID %= 2000
			}
		}
		piece := func(turn *Turn, id int) []byte {
			if id%3 == 0 {
				return nil // not known there either
			}
			return []byte{byte(id), 0xff, byte(turn.ID % 2)}
		}
		var there, back bytes.Buffer
		r = kept(t, NewVolatile(), r)
		if err := Export(&there, r, ExportOptions{Kind: "json", Piece: piece}); err != nil {
			t.Fatal(err)
		}
		read, err := Import(there.Bytes(), noon)
		if err != nil {
			t.Fatal(err)
		}
		store := NewVolatile()
		if err := store.SaveVocabulary(t.Context(), "sum1", [][]byte{[]byte("old"), nil}); err != nil {
			t.Fatal(err)
		}
		again := kept(t, store, read)
		if err := Export(&back, again, ExportOptions{Kind: "json", Piece: Pieces(t.Context(), store)}); err != nil {
			t.Fatal(err)
		}
		if there.String() != back.String() {
			got, want := strings.Split(back.String(), "\n"), strings.Split(there.String(), "\n")
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					t.Fatalf("seed %d, line %d: %q, want %q", seed, i+1, got[i], want[i])
				}
			}
			t.Fatalf("seed %d: %d lines, want %d", seed, len(got), len(want))
		}
	}
}
