package prompt

import (
	"errors"
	"strings"
	"unicode/utf8"

	"inkling/chat"
)

// A Message is a turn for a service that writes conversations down itself.
type Message struct{ Role, Text string }

// About is how many tokens a text has in the vocabularies of today, roughly: one for four letters of English, one for each sign
// beyond ASCII.
func About(text string) int {
	ascii := 0
	for i := range len(text) {
		if text[i] < utf8.RuneSelf {
			ascii++
		}
	}
	return (ascii+3)/4 + utf8.RuneCountInString(text) - ascii
}

// around is what services write around a message, in tokens, about.
const around = 4

// Elsewhere makes a prompt of blocks for a service: messages, or the text of a story. Where the context is known and too small the
// oldest turns go, as in Write; of a story, whose turns are one text, they go as well, and the last one stays. Counts are about.
func Elsewhere(blocks []Block, story bool, context, reserve int) (Prompt, Packed, error) {
	packed := Packed{Context: context, Reserve: max(0, min(reserve, context/2)), About: true}
	var p Prompt
	o, turns := split(blocks)
	o.world = worldAbout(blocks, (context-packed.Reserve)/4, &packed)
	packed.Memory, packed.World = About(o.memory), About(o.world)
	if front := o.front(); front != "" {
		packed.Prefix = About(front) + around
		if story {
			p.Text = front + "\n\n"
		} else {
			p.Messages = append(p.Messages, Message{"system", front})
		}
	}
	begin := len(p.Text)
	notes := map[int]string{} // by the turn that they stand before
	for _, b := range blocks {
		if text := strings.TrimSpace(b.Text); b.Kind == Note && text != "" {
			packed.Note += About(text)
			at := len(turns)
			for depth := max(b.Depth, 1); depth > 0 && at > 0; depth-- {
				at--
			}
			notes[at] += text + "\n\n"
		}
	}
	room := context - packed.Reserve - packed.Prefix - packed.Note
	if context > 0 && room < context/8 {
		return Prompt{}, Packed{}, tooLong(packed.Prefix, context-packed.Reserve-context/8, context, packed.Reserve)
	}
	first, size := 0, 0
	for i, b := range turns {
		size += About(b.Turn.Text) + around
		for least := room; context > 0 && size > least && first < i; least = room - room/4 {
			n := About(turns[first].Turn.Text) + around
			size, packed.Dropped, packed.DroppedTurns, first = size-n, packed.Dropped+n, packed.DroppedTurns+1, first+1
		}
	}
	packed.History = size
	if packed.Dropped > 0 {
		packed.FirstKept = turns[first].Turn.ID
	}
	note := ""
	for at := range first {
		note += notes[at] // of turns that are left out
	}
	for i, b := range turns[first:] {
		note += notes[first+i]
		switch role := "user"; {
		case story:
			p.Text += b.Turn.Text
		case b.Turn.Blank() || b.Turn.Role == chat.Assistant && first+i == len(turns)-1 && !b.Open:
		default:
			if b.Turn.Role == chat.Assistant {
				role = "assistant"
			}
			p.Messages = append(p.Messages, Message{role, note + b.Turn.Text})
			note = ""
		}
	}
	if last := len(p.Messages) - 1; note != "" && last >= 0 {
		p.Messages[last].Text += "\n\n" + strings.TrimSpace(note)
	}
	if p.Text = p.Text[:begin] + noteIn(p.Text[begin:], blocks); p.Text == "" && len(p.Messages) == 0 {
		return Prompt{}, Packed{}, errors.New("there is no text to go on from: write something first")
	}
	return p, packed, nil
}

// worldAbout is the text of the world notes that have room.
func worldAbout(blocks []Block, room int, packed *Packed) string {
	var texts []string
	for _, b := range blocks {
		switch n := About(b.Text); {
		case b.Kind != World:
		case packed.Context > 0 && n > room:
			packed.WorldsOut++
		default:
			room -= n
			packed.Worlds++
			texts = append(texts, strings.TrimSpace(b.Text))
		}
	}
	return strings.Join(texts, "\n\n")
}

// noteIn puts the notes into the text of a story, each so many lines before its end.
func noteIn(text string, blocks []Block) string {
	for _, b := range blocks {
		note := strings.TrimSpace(b.Text)
		if b.Kind != Note || note == "" || text == "" {
			continue
		}
		at := len(text)
		for depth := max(b.Depth, 1); at > 0 && depth > 0; {
			start := strings.LastIndexByte(text[:at-1], '\n') + 1
			if strings.TrimSpace(text[start:at]) != "" {
				depth--
			}
			at = start
		}
		text = text[:at] + note + "\n" + text[at:]
	}
	return text
}
