// Package lore reads what other programs know of worlds and characters: world info of SillyTavern, KoboldAI and NovelAI, and
// character cards, in JSON or in a picture.
package lore

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"inkling/chat"
	"inkling/chat/prompt"
)

// A Book is what a file has for a chat.
type Book struct {
	Name     string // of the character, "" for none
	System   string
	Openings []string // what the character may say first
	Notes    []chat.Note
	Missing  []string // what the file asks for and inkling does not do, in a few words each; it is kept in the notes
}

// Card says whether it is a character, who begins a chat of its own.
func (b Book) Card() bool { return b.Name != "" }

// MostBytes is the largest file that is read.
const MostBytes = 64 << 20

// ErrUnknown is wrapped by the error for a file that is none of these.
var ErrUnknown = errors.New("found neither world info nor a character card")

// Open reads a file.
func Open(name string) (Book, error) {
	file, err := os.Open(name)
	if err != nil {
		return Book{}, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, MostBytes+1))
	if err != nil {
		return Book{}, err
	}
	if len(data) > MostBytes {
		return Book{}, fmt.Errorf("%s: it is larger than %d MiB", name, MostBytes>>20)
	}
	book, err := Read(data)
	if err != nil {
		return Book{}, fmt.Errorf("%s: %w", name, err)
	}
	return book, nil
}

// Add adds the notes to a conversation, and begins it where it is empty and the book is a character's.
func (b Book) Add(c *chat.Conversation, now time.Time) {
	if b.Card() && c.Leaf() == nil {
		c.Title = b.Name
		c.System = cmp.Or(b.System, c.System)
		for _, text := range b.Openings {
			c.Add(0, chat.Assistant, text, now).State = chat.Done
		}
		if leaf := c.Leaf(); leaf != nil {
			versions, _ := c.Siblings(leaf.ID)
			c.Select(versions[0])
		}
	}
	for _, n := range b.Notes {
		n.ID = 0
		c.Note(n)
	}
}

// Told says what was imported, on one line.
func (b Book) Told() string {
	told := "imported " + strconv.Itoa(len(b.Notes)) + " notes"
	if len(b.Notes) == 1 {
		told = "imported 1 note"
	}
	if b.Card() {
		told += " of " + b.Name
	}
	if len(b.Missing) > 0 {
		told += "; kept, but without effect here: " + strings.Join(b.Missing, ", ")
	}
	return told
}

// Read takes a file apart, whose kind its content tells.
func Read(data []byte) (Book, error) {
	if bytes.HasPrefix(data, pngHead) {
		card, err := cardIn(data)
		if err != nil {
			return Book{}, err
		}
		data = card
	}
	data = bytes.TrimPrefix(bytes.TrimSpace(data), []byte("\xef\xbb\xbf"))
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		var list []json.RawMessage // KoboldAI's world info alone
		if json.Unmarshal(data, &list) != nil {
			return Book{}, ErrUnknown
		}
		all = map[string]json.RawMessage{"worldinfo": data}
	}
	r := reader{counts: map[string]int{}}
	switch {
	case all["spec"] != nil && all["data"] != nil:
		var inner map[string]json.RawMessage
		if json.Unmarshal(all["data"], &inner) != nil {
			return Book{}, errors.New("data of the character card: found no object")
		}
		r.card(inner, data)
	case all["name"] != nil && (all["first_mes"] != nil || all["description"] != nil) && all["entries"] == nil:
		r.card(all, data)
	case all["entries"] != nil:
		r.settings(all)
		r.entries(all["entries"])
	case all["worldinfo"] != nil || all["gamestarted"] != nil:
		r.kobold(all)
	default:
		return Book{}, ErrUnknown
	}
	if len(r.book.Notes) == 0 && !r.book.Card() {
		return Book{}, fmt.Errorf("%w with a note in it", ErrUnknown)
	}
	r.finish()
	return r.book, nil
}

// A reader collects what a file has.
type reader struct {
	book   Book
	counts map[string]int // what inkling does not do, with how many notes ask for it
}

// finish lists what is not done.
func (r *reader) finish() {
	for what, n := range r.counts {
		if n > 1 {
			what += fmt.Sprintf(" (%d)", n)
		}
		r.book.Missing = append(r.book.Missing, what)
	}
	slices.Sort(r.book.Missing)
	for i := range r.book.Notes {
		r.book.Notes[i].Text = r.fill(r.book.Notes[i].Text)
	}
	r.book.System = r.fill(r.book.System)
	for i, text := range r.book.Openings {
		r.book.Openings[i] = r.fill(text)
	}
}

// fill puts names in place of the macros for them.
func (r *reader) fill(text string) string {
	return strings.NewReplacer("{{char}}", cmp.Or(r.book.Name, "Assistant"), "{{Char}}", cmp.Or(r.book.Name, "Assistant"), "<BOT>", cmp.Or(r.book.Name, "Assistant"),
		"{{user}}", "User", "{{User}}", "User", "<USER>", "User", "\r\n", "\n").Replace(text)
}

// card reads a character card, of version 1, or what is within one of version 2 or 3.
func (r *reader) card(c map[string]json.RawMessage, whole []byte) {
	r.book.Name = cmp.Or(strings.TrimSpace(str(c["name"])), "Character")
	var about []string
	for _, part := range []struct{ key, head string }{{"description", ""}, {"personality", "Personality: "}, {"scenario", "Scenario: "}, {"mes_example", ""}} {
		if text := strings.TrimSpace(str(c[part.key])); text != "" {
			about = append(about, part.head+text)
		}
	}
	if len(about) > 0 {
		r.note(chat.Note{Kind: prompt.MemoryNote, Title: r.book.Name, Text: strings.Join(about, "\n\n"), Enabled: true}, whole)
	}
	r.book.System = strings.TrimSpace(strings.ReplaceAll(str(c["system_prompt"]), "{{original}}", ""))
	if text := strings.TrimSpace(strings.ReplaceAll(str(c["post_history_instructions"]), "{{original}}", "")); text != "" {
		r.note(chat.Note{Kind: prompt.AuthorNote, Title: r.book.Name, Text: text, Enabled: true}, nil)
	}
	for _, text := range append([]string{str(c["first_mes"])}, strs(c["alternate_greetings"])...) {
		if strings.TrimSpace(text) != "" {
			r.book.Openings = append(r.book.Openings, strings.TrimSpace(text))
		}
	}
	for key, what := range map[string]string{"assets": "pictures and sounds", "group_only_greetings": "greetings for groups"} {
		if list := []json.RawMessage(nil); json.Unmarshal(c[key], &list) == nil && len(list) > 0 {
			r.counts[what]++
		}
	}
	var book map[string]json.RawMessage
	if json.Unmarshal(c["character_book"], &book) == nil && book != nil {
		r.settings(book)
		r.entries(book["entries"])
	}
}

// kobold reads a story of KoboldAI: what stands beside its text.
func (r *reader) kobold(all map[string]json.RawMessage) {
	if text := strings.TrimSpace(str(all["memory"])); text != "" {
		r.note(chat.Note{Kind: prompt.MemoryNote, Text: text, Enabled: true}, nil)
	}
	if text := strings.TrimSpace(str(all["authorsnote"])); text != "" {
		if frame := str(all["anotetemplate"]); strings.Contains(frame, "<|>") {
			text = strings.TrimSpace(strings.Replace(frame, "<|>", text, 1))
		}
		depth := prompt.NoteDepth
		if all["anotedepth"] != nil {
			depth = num(all["anotedepth"])
		}
		r.note(chat.Note{Kind: prompt.AuthorNote, Text: text, Depth: max(min(depth, prompt.MostDepth), 0), Enabled: true}, nil)
	}
	if all["worldinfo"] != nil {
		r.entries(all["worldinfo"])
	}
}

// settings are those of a whole book.
func (r *reader) settings(book map[string]json.RawMessage) {
	if yes(book["recursive_scanning"]) {
		r.counts["recursion"]++
	}
	if num(book["token_budget"]) > 0 {
		r.counts["a budget of tokens"]++
	}
}

// entries reads notes, which stand in a list or in an object.
func (r *reader) entries(data json.RawMessage) {
	var list []json.RawMessage
	if json.Unmarshal(data, &list) != nil {
		var named map[string]json.RawMessage
		if json.Unmarshal(data, &named) != nil {
			return
		}
		names := make([]string, 0, len(named))
		for name := range named {
			names = append(names, name)
		}
		slices.SortFunc(names, func(a, b string) int {
			x, _ := strconv.Atoi(a)
			y, _ := strconv.Atoi(b)
			return cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
		})
		for _, name := range names {
			list = append(list, named[name])
		}
	}
	for _, entry := range list {
		var e map[string]json.RawMessage
		if json.Unmarshal(entry, &e) == nil && e != nil {
			r.entry(e, entry)
		}
	}
}

func (r *reader) note(n chat.Note, rest json.RawMessage) {
	if rest != nil && json.Valid(rest) {
		var b bytes.Buffer
		if json.Compact(&b, rest) == nil {
			n.Rest = b.Bytes()
		}
	}
	r.book.Notes = append(r.book.Notes, n)
}

// entry reads one note.
func (r *reader) entry(e map[string]json.RawMessage, whole json.RawMessage) {
	n := chat.Note{Kind: prompt.WorldNote, Enabled: true}
	n.Title = cmp.Or(str(e["comment"]), str(e["title"]), str(e["name"]), str(e["displayName"]))
	n.Text = cmp.Or(str(e["content"]), str(e["text"]))
	if strings.TrimSpace(n.Text) == "" {
		return
	}
	n.Keys = slices.Concat(keys(e["key"]), keys(e["keys"]))
	n.Enabled = !yes(e["disable"]) && !yes(e["widisabled"]) && (e["enabled"] == nil || yes(e["enabled"]))
	switch {
	case yes(e["constant"]) || yes(e["forceActivation"]):
		n.Keys = nil // it is always in
	case len(n.Keys) == 0:
		n.Enabled = false // nothing would call it
	}
	var more map[string]json.RawMessage // what programs add to cards
	_ = json.Unmarshal(e["extensions"], &more)
	get := func(names ...string) json.RawMessage {
		for _, name := range names {
			if v := cmpRaw(e[name], more[name]); v != nil {
				return v
			}
		}
		return nil
	}
	n.Depth = max(min(num(get("scanDepth", "scan_depth")), prompt.MostDepth), 0)
	r.missing(n, get)
	r.note(n, whole)
}

// missing counts what a note asks for and does not get.
func (r *reader) missing(n chat.Note, get func(...string) json.RawMessage) {
	if len(keys(get("keysecondary", "secondary_keys"))) > 0 && (get("selective") == nil || yes(get("selective"))) {
		r.counts["secondary keys"]++
	}
	if len(keys(get("keyanti"))) > 0 {
		r.counts["keys that must not appear"]++
	}
	if p := get("probability"); p != nil && num(p) < 100 && (get("useProbability") == nil || yes(get("useProbability"))) {
		r.counts["probability"]++
	}
	for name, what := range map[string]string{"excludeRecursion": "recursion", "exclude_recursion": "recursion", "preventRecursion": "recursion",
		"prevent_recursion": "recursion", "delayUntilRecursion": "recursion", "delay_until_recursion": "recursion", "caseSensitive": "upper and lower case in keys",
		"case_sensitive": "upper and lower case in keys", "vectorized": "search by meaning"} {
		if v := get(name); yes(v) || num(v) > 0 {
			r.counts[what]++
		}
	}
	for _, name := range []string{"sticky", "cooldown", "delay"} {
		if num(get(name)) > 0 {
			r.counts["timing ("+name+")"]++
		}
	}
	if str(get("group")) != "" || str(get("wigroup")) != "" {
		r.counts["groups"]++
	}
	if strings.HasPrefix(strings.TrimSpace(n.Text), "@@") {
		r.counts["decorators"]++
	}
	for _, key := range n.Keys {
		if prompt.KeyError(key) != nil {
			r.counts["JavaScript regex"]++
		}
	}
	if position := get("position"); num(position) > 1 && len(str(position)) == 0 {
		r.counts["places in the prompt"]++
	}
}

// The values of files in the wild are of any type: a text may be null, a number a text.

func cmpRaw(a, b json.RawMessage) json.RawMessage {
	if a != nil && string(a) != "null" {
		return a
	}
	if string(b) == "null" {
		return nil
	}
	return b
}

func str(v json.RawMessage) (s string) {
	_ = json.Unmarshal(v, &s)
	return s
}

func strs(v json.RawMessage) (s []string) {
	_ = json.Unmarshal(v, &s)
	return s
}

func num(v json.RawMessage) int {
	var f float64
	if json.Unmarshal(v, &f) != nil {
		f, _ = strconv.ParseFloat(str(v), 64)
	}
	return int(max(min(f, 1<<30), -1<<30))
}

func yes(v json.RawMessage) (b bool) {
	if json.Unmarshal(v, &b) != nil {
		return str(v) == "true" || num(v) == 1
	}
	return b
}

// keys are a list, or a text with commas.
func keys(v json.RawMessage) (found []string) {
	list := strs(v)
	if s := str(v); list == nil && s != "" {
		list = prompt.SplitKeys(s)
	}
	for _, key := range list {
		if key = strings.TrimSpace(key); key != "" {
			found = append(found, key)
		}
	}
	return found
}
