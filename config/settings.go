package config

import "inkling/engine/sample"

// Settings are the values in force. [Table] describes each of them: its key,
// its meaning in one line and what it may be.
type Settings struct {
	Model  string // "starter", the name of one from the hub, a folder in the Hugging Face layout, or a GGUF file
	Format string // prompt format; "" for the model's own
	System string // text the model sees before the conversation
	Mode   string // how a conversation begins: "chat" or "story"

	Preset string // the one in force, "" for none
	sample.Params
	Seed        *uint64 // nil for another one with every reply
	Threads     int     // 0 for one on each core
	Speculation bool    // compute likely tokens ahead
	Weights     string  // format in memory: "auto", "f32", "f16", "q8" or "q4"

	Theme    string // "auto", "dark" or "light"
	Markdown bool   // render replies as Markdown
	Mouse    bool   // take the mouse wheel from the terminal
	Preview  bool   // show the next words of a story at a pause

	ReducedMotion bool // nothing moves or fades of itself
	Bell          bool // the end of a long reply is heard

	TextWidth int    // columns of text at most
	Save      bool   // keep chats on disk
	DataDir   string // folder of the chats; "" for the system's, see [Config.DataFolder]
}

// Defaults returns the settings of somebody who set nothing.
func Defaults() Settings {
	return Settings{
		Model:       "starter",
		Mode:        "chat",
		Params:      sample.Defaults(),
		Weights:     "auto",
		Speculation: true,
		Theme:       "auto",
		Markdown:    true,
		Mouse:       true,
		Preview:     true,
		TextWidth:   84,
		Save:        true,
	}
}
