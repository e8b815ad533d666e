package prompt

import "inkling/chat"

// Kind says what a block is.
type Kind uint8

const (
	System   Kind = iota // text that the model always sees first
	Memory               // text of the user that it sees next
	World                // what is worth knowing of something that has come up
	Preamble             // text that shows a model what a conversation is
	Turn                 // a turn of the conversation
	Note                 // text some turns before the end, some lines in a story
)

// Keep says what becomes of a block where there is no room for all of them.
type Keep uint8

const (
	Always Keep = iota // it stays whole
	Newest             // the oldest go, and as much of the first that stays as must
	IfRoom             // it goes before anything else
)

// A Block is a piece of a prompt before anybody knows whether it fits.
type Block struct {
	Kind Kind
	Keep Keep
	Text string     // of all but turns
	Turn *chat.Turn // of a turn
	Open bool       // of the last turn, when it is the model's: it goes on with it

	Depth int // of a note: turns, or lines, that follow it
}

// Blocks are those of a conversation of which this is the path. With open the
// model goes on with the last turn, where that is its own and has text.
func (c Choice) Blocks(system string, path []*chat.Turn, open bool) []Block {
	blocks := make([]Block, 0, len(path)+2)
	blocks = append(blocks, Block{Kind: System, Text: system})
	if c.Preamble.Text != "" {
		blocks = append(blocks, c.Preamble)
	}
	for _, t := range path {
		blocks = append(blocks, Block{Kind: Turn, Keep: Newest, Turn: t})
	}
	if last := len(path) - 1; open && last >= 0 && path[last].Role == chat.Assistant {
		blocks[len(blocks)-1].Open = true
	}
	return blocks
}
