package config

// Settings are the values in force. [Table] describes each of them: its key,
// its meaning in one line and what it may be.
type Settings struct {
	Model  string // "starter", the name of one from the hub, a folder in the Hugging Face layout, or a GGUF file
	Format string // prompt format; "" for the model's own
	System string // text the model sees before the conversation
	Mode   string // how a conversation begins: "chat" or "story"

	Temperature       float64 // 0 is greedy
	TopK              int     // 0 is off
	TopP              float64 // 1 is off
	MinP              float64 // 0 is off
	TypicalP          float64 // 1 is off
	RepetitionPenalty float64 // 1 is off
	PenaltyRange      int     // tokens the penalties look back on; 0 for all
	PresencePenalty   float64 // 0 is off
	FrequencyPenalty  float64 // 0 is off
	NoRepeatNgram     int     // length in tokens; 0 is off

	MaxTokens   int      // in one reply; 0 for no limit but the context
	Stop        []string // texts that end a reply, never empty ones
	Pace        float64  // most tokens a second; 0 for no limit
	Seed        *uint64  // nil for another one with every reply
	Threads     int      // 0 for one on each core
	Speculation bool     // compute likely tokens ahead
	Weights     string   // format in memory: "auto", "f32", "f16", "q8" or "q4"

	Theme    string // "auto", "dark" or "light"
	Markdown bool   // render replies as Markdown
	Mouse    bool   // take the mouse wheel from the terminal
	Save     bool   // keep chats on disk
	DataDir  string // folder of the chats; "" for the system's, see [Config.DataFolder]
}

// Defaults returns the settings of somebody who set nothing.
func Defaults() Settings {
	return Settings{
		Model:             "starter",
		Mode:              "chat",
		Temperature:       0.8,
		TopK:              40,
		TopP:              0.95,
		TypicalP:          1,
		RepetitionPenalty: 1,
		PenaltyRange:      64,
		MaxTokens:         200,
		Weights:           "auto",
		Speculation:       true,
		Theme:             "auto",
		Markdown:          true,
		Mouse:             true,
		Save:              true,
	}
}
