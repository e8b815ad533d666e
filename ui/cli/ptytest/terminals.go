package ptytest

// A Terminal is how a terminal answers what programs ask of it.
type Terminal struct {
	Name string
	Env  []string // what it sets for programs, as NAME=value
	// Answers are the replies by the question that they answer, both to the byte. What is not in it is not answered.
	Answers map[string]string
}

// The questions that programs ask of terminals.
const (
	AskBackground   = "\x1b]11;?\x07"       // OSC 11
	AskForeground   = "\x1b]10;?\x07"       // OSC 10
	AskAttributes   = "\x1b[c"              // DA1
	AskSynchronized = "\x1b[?2026$p"        // DECRQM: synchronized output
	AskClusters     = "\x1b[?2027$p"        // DECRQM: grapheme clusters
	AskKeyboard     = "\x1b[?u"             // kitty's keyboard protocol
	AskVersion      = "\x1b[>0q"            // XTVERSION
	AskColours      = "\x1bP+q524742\x1b\\" // XTGETTCAP: RGB
	AskStatus       = "\x1b[5n"             // DSR
	AskPosition     = "\x1b[6n"             // CPR
)

// Silent answers nothing, as a serial line or an editor's terminal does.
var Silent = Terminal{Name: "silent", Env: []string{"TERM=xterm-256color"}}

// Terminals are three that differ in what they know: the modes, kitty's keyboard protocol, how control strings end.
var Terminals = []Terminal{
	{
		Name: "xterm", Env: []string{"TERM=xterm-256color"},
		Answers: map[string]string{
			AskBackground:   "\x1b]11;rgb:0000/0000/0000\x07",
			AskForeground:   "\x1b]10;rgb:e5e5/e5e5/e5e5\x07",
			AskAttributes:   "\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c",
			AskSynchronized: "\x1b[?2026;0$y",
			AskClusters:     "\x1b[?2027;0$y",
			AskVersion:      "\x1bP>|XTerm(390)\x1b\\",
			AskColours:      "\x1bP1+r524742=382F382F38\x1b\\",
			AskStatus:       "\x1b[0n",
		},
	},
	{
		Name: "kitty", Env: []string{"TERM=xterm-kitty", "COLORTERM=truecolor"},
		Answers: map[string]string{
			AskBackground:   "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
			AskForeground:   "\x1b]10;rgb:cdcd/d6d6/f4f4\x1b\\",
			AskAttributes:   "\x1b[?62;52;c",
			AskSynchronized: "\x1b[?2026;2$y",
			AskClusters:     "\x1b[?2027;0$y",
			AskKeyboard:     "\x1b[?1u",
			AskVersion:      "\x1bP>|kitty(0.42.1)\x1b\\",
			AskColours:      "\x1bP1+r524742=38\x1b\\",
			AskStatus:       "\x1b[0n",
		},
	},
	{
		Name: "foot", Env: []string{"TERM=foot", "COLORTERM=truecolor"},
		Answers: map[string]string{
			AskBackground:   "\x1b]11;rgb:2424/2424/2424\x07",
			AskForeground:   "\x1b]10;rgb:ffff/ffff/ffff\x07",
			AskAttributes:   "\x1b[?62;4;22;28;29c",
			AskSynchronized: "\x1b[?2026;2$y",
			AskClusters:     "\x1b[?2027;2$y",
			AskKeyboard:     "\x1b[?0u",
			AskVersion:      "\x1bP>|foot(1.22.3)\x1b\\",
			AskColours:      "\x1bP1+r524742=382F382F38\x1b\\",
			AskStatus:       "\x1b[0n",
		},
	},
}
