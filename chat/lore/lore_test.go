package lore

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"slices"
	"strings"
	"testing"
	"time"

	"inkling/chat"
)

const sillyTavern = `{"entries": {
	"0": {"uid": 0, "key": ["dragon", "/wyrm(?=s)/"], "keysecondary": ["fire"], "selective": true, "content": "Dragons sleep.", "comment": "Dragons",
		"probability": 50, "useProbability": true, "scanDepth": 7, "preventRecursion": true, "disable": false},
	"10": {"uid": 10, "key": ["off"], "content": "Off.", "disable": true, "keysecondary": [], "probability": 100, "scanDepth": null},
	"2": {"uid": 2, "key": [], "content": "Always.", "constant": true, "group": ""}}}`

const card = `{"spec": "chara_card_v2", "spec_version": "2.0", "data": {"name": "Mira", "description": "{{char}} is a smith.", "personality": "kind",
	"scenario": "", "first_mes": "Hello, {{user}}.", "alternate_greetings": ["Go away."], "mes_example": "", "system_prompt": "{{original}}Be {{char}}.",
	"post_history_instructions": "Short.", "character_book": {"recursive_scanning": true, "entries": [
		{"keys": ["anvil"], "content": "It is old.", "enabled": true, "insertion_order": 1, "extensions": {"probability": 20}}]}}}`

func TestWorldInfo(t *testing.T) {
	b, err := Read([]byte("\xef\xbb\xbf" + sillyTavern))
	if err != nil || len(b.Notes) != 3 || b.Card() {
		t.Fatalf("%+v, %v", b, err)
	}
	first := b.Notes[0]
	if !slices.Equal(first.Keys, []string{"dragon", "/wyrm(?=s)/"}) || first.Depth != 7 || !first.Enabled || first.Title != "Dragons" {
		t.Errorf("%+v", first)
	}
	if n := b.Notes[1]; n.Text != "Always." || len(n.Keys) != 0 || !n.Enabled {
		t.Errorf("%+v", n)
	}
	if b.Notes[2].Enabled {
		t.Errorf("%+v", b.Notes[2])
	}
	if want := []string{"JavaScript regex", "probability", "recursion", "secondary keys"}; !slices.Equal(b.Missing, want) {
		t.Errorf("missing %q, want %q", b.Missing, want)
	}
	var kept map[string]any
	if json.Unmarshal(first.Rest, &kept) != nil || kept["probability"] != 50.0 || !strings.Contains(string(first.Rest), "fire") {
		t.Errorf("kept %s", first.Rest)
	}
}

func TestKoboldAI(t *testing.T) {
	b, err := Read([]byte(`{"gamestarted": true, "prompt": "Once", "memory": "A fox.", "authorsnote": "rain", "anotetemplate": "[Note: <|>]",
		"worldinfo": [{"key": "den, lair", "keyanti": "", "content": "Warm.", "probability": "100", "widisabled": false}]}`))
	if err != nil || len(b.Notes) != 3 || b.Notes[0].Text != "A fox." || b.Notes[1].Text != "[Note: rain]" || b.Notes[1].Depth != 3 ||
		!slices.Equal(b.Notes[2].Keys, []string{"den", "lair"}) || len(b.Missing) != 0 {
		t.Errorf("%+v, %v", b, err)
	}
}

// chunk is a chunk of a picture.
func chunk(kind, body string) string {
	size := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(kind+body)))
	return string(size) + kind + body + string(sum)
}

func TestCards(t *testing.T) {
	newer := strings.Replace(card, "Mira", "Nora", 1)
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	picture := string(pngHead) + chunk("IHDR", "0123456789abc") + chunk("tEXt", "ccv3\x00"+encode(newer)) + chunk("tEXt", "chara\x00"+encode(card)) + chunk("IEND", "")
	for want, data := range map[string]string{"Mira": card, "Nora": picture, "Old": `{"name": "Old", "description": "{{char}} is a smith.", "first_mes": "Hello, {{user}}."}`} {
		b, err := Read([]byte(data))
		if err != nil || b.Name != want || b.Notes[0].Text != want+" is a smith." && b.Notes[0].Text != want+" is a smith.\n\nPersonality: kind" {
			t.Fatalf("%+v, %v", b, err)
		}
		c := chat.New(time.Now())
		b.Add(c, time.Now())
		if c.Title != want || c.Leaf().Text != "Hello, User." || len(c.Notes) != len(b.Notes) {
			t.Errorf("%+v", c)
		}
		if want == "Old" {
			continue
		}
		if versions, at := c.Siblings(c.Leaf().ID); len(versions) != 2 || at != 0 || c.System != "Be "+want+"." {
			t.Errorf("%d versions, system %q", len(versions), c.System)
		}
		if !slices.Equal(b.Missing, []string{"probability", "recursion"}) {
			t.Errorf("missing %q", b.Missing)
		}
	}
}

// What is none of these is refused in a line.
func TestRefused(t *testing.T) {
	for _, data := range []string{"", "[]", "{}", "null", "hello", `{"entries": {}}`, `{"entries": 7}`, string(pngHead), string(pngHead) + "\xff\xff\xff\xfftEXtchara",
		string(pngHead) + chunk("tEXt", "chara\x00%%%"), `{"spec": 1, "data": 2}`, `{"kind": "inkling conversation"}`} {
		if b, err := Read([]byte(data)); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %+v, %v", data, b, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(sillyTavern))
	f.Add([]byte(card))
	f.Add([]byte(string(pngHead) + chunk("tEXt", "chara\x00e30=")))
	f.Fuzz(func(t *testing.T, data []byte) { _, _ = Read(data) })
}
