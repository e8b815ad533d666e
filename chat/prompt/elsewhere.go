package prompt

import (
	"errors"
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
	packed := Packed{Context: context, Reserve: max(0, min(reserve, context/2))}
	var p Prompt
	o, turns := split(blocks)
	if o.system != "" && !story {
		packed.Prefix = About(o.system) + around
		p.Messages = append(p.Messages, Message{"system", o.system})
	}
	room := context - packed.Reserve - packed.Prefix
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
	for i, b := range turns[first:] {
		switch role := "user"; {
		case story:
			p.Text += b.Turn.Text
		case b.Turn.Blank() || b.Turn.Role == chat.Assistant && first+i == len(turns)-1 && !b.Open:
		default:
			if b.Turn.Role == chat.Assistant {
				role = "assistant"
			}
			p.Messages = append(p.Messages, Message{role, b.Turn.Text})
		}
	}
	if p.Text == "" && len(p.Messages) == 0 {
		return Prompt{}, Packed{}, errors.New("there is no text to go on from: write something first")
	}
	return p, packed, nil
}
