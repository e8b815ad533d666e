package terminal

import (
	"bytes"
	"fmt"
	"time"
)

const (
	esc = '\x1b'
	bel = '\a'

	escapeKey   = "\x1b[27u" // Esc in kitty's encoding, which nothing can follow
	breakKey    = "\x1b[13;33u"
	pasteStart  = "\x1b[200~"
	pasteEnd    = "\x1b[201~"
	longest     = 1024 // bytes of a sequence that are kept
	longestKeys = 256  // bytes of a control sequence, which is a key or a short reply
	growth      = 8    // how many bytes a byte that is read can become
)

const (
	escWait     = 50 * time.Millisecond  // until an Esc that nothing follows is a key
	escSlowWait = 90 * time.Millisecond  // where what follows may take longer
	escLate     = 100 * time.Millisecond // until what follows is sure not to belong to it
	ss3Wait     = 250 * time.Millisecond // until Alt+O is no beginning of a key
	wholeWait   = time.Second            // for the next byte of a sequence or a character
	pasteWait   = 2 * time.Second        // for the next byte of a paste
	burst       = 10 * time.Millisecond  // between keys that no hand has pressed one after the other
	slowGap     = 20 * time.Millisecond  // between the pieces of a sequence, on a line that is slow
)

// assembler puts input together. What it gives out is whole: characters, keys, replies.
type assembler struct {
	held []byte    // a sequence or a character that has begun
	over bool      // it is longer than anything that is kept
	came time.Time // when the last byte of it came, or of a paste

	lone  time.Time // when an Esc came that was given out as a key
	typed time.Time // when the last character or Enter came
	paste bool
	skip  bool // the next line feed belongs to the Enter before it
	lines bool // what is being typed at once has line breaks
	enter bool // an Enter that ended a line typed at once waits for what follows
	slow  bool // sequences have come in pieces

	asking func() bool        // whether replies are expected; nil: never
	whole  func(reply []byte) // is told of every sequence; nil: nobody
}

// add takes what has been read and appends to out what is whole.
func (a *assembler) add(out, in []byte, now time.Time) []byte {
	if len(a.held) > 0 && a.expired(now) {
		out = a.drop(out)
	}
	if len(a.held) > 0 && now.Sub(a.came) > slowGap {
		a.slow = true
	}
	if len(in) > 0 {
		out = a.decide(out, isText(in[0]) && now.Sub(a.typed) <= burst)
		a.came = now
	}
	for i, b := range in {
		rest := in[i+1:]
		if b == '\r' && len(rest) > 0 && rest[0] == '\n' {
			rest = rest[1:]
		}
		followed := len(rest) > 0 && isText(rest[0])
		out = a.step(out, b, now, followed)
	}
	return out
}

// step takes one byte. followed says that a character or an Enter has come with it.
func (a *assembler) step(out []byte, b byte, now time.Time, followed bool) []byte {
	if len(a.held) == 0 {
		return a.ground(out, b, now, followed)
	}
	a.held = append(a.held, b)
	if a.paste && a.held[0] == esc {
		return a.pasted(out)
	}
	switch judge(a.held) {
	case more:
		if len(a.held) > longest {
			a.over = true
			a.held = append(a.held[:3], a.held[len(a.held)-1])
		}
	case whole:
		out = a.release(out)
	case apart: // Alt and a key, and something else
		key := a.held[1]
		a.reset()
		out = a.step(appendAlt(out, key), b, now, followed)
	case broken:
		rest := []byte{b}
		if n := len(a.held); n > 2 && a.held[n-2] == esc && b != esc {
			rest = []byte{esc, b} // it was broken off by another sequence
		}
		a.reset()
		for _, b := range rest {
			out = a.step(out, b, now, followed)
		}
	}
	return out
}

// ground takes a byte that nothing has begun before.
func (a *assembler) ground(out []byte, b byte, now time.Time, followed bool) []byte {
	late := !a.lone.IsZero() && now.Sub(a.lone) <= escLate && bytes.IndexByte([]byte("[]OP_"), b) >= 0
	skip := a.skip && b == '\n'
	a.lone, a.skip = time.Time{}, false
	switch {
	case late:
		a.held, a.slow = append(a.held, esc, b), true
		return out
	case skip:
		return out
	case b == esc, b >= 0xc2 && b <= 0xf4:
		a.held = append(a.held, b)
		return out
	case b == 0x8f || b == 0x90 || b == 0x9b || b == 0x9d || b == 0x9f: // the 8-bit forms: no character begins with them
		a.held = append(a.held, esc, b-0x40)
		return out
	case b >= 0x80:
		return out // no part of any character
	case a.paste:
		return append(out, b)
	case b == '\r':
		together := a.together(now)
		a.skip = followed || together
		switch {
		case followed || a.lines:
			a.lines = true
			return append(out, breakKey...)
		case together:
			a.enter = true
			return out
		}
	case isText(b):
		a.together(now)
	}
	return append(out, b)
}

// together notes that a character or an Enter came, and says whether it came at once with the one before.
func (a *assembler) together(now time.Time) bool {
	yes := !a.typed.IsZero() && now.Sub(a.typed) <= burst
	a.typed, a.lines = now, a.lines && yes
	return yes
}

// decide gives out an Enter that has waited: where text follows at once, it is a line break within a text; else it sends, as
// after a line that a program or a macro typed.
func (a *assembler) decide(out []byte, followed bool) []byte {
	if !a.enter {
		return out
	}
	a.enter = false
	if followed {
		a.lines = true
		return append(out, breakKey...)
	}
	return append(out, '\r')
}

// isText says whether a byte is part of what people write, Enter included.
func isText(b byte) bool { return b == '\r' || b == '\n' || b == '\t' || b >= ' ' && b != '\x7f' }

// pasted looks for the end of a paste in what has been held since an Esc in it.
func (a *assembler) pasted(out []byte) []byte {
	if !bytes.HasPrefix([]byte(pasteEnd), a.held) {
		// It is part of the text. The last byte may begin the end.
		last := a.held[len(a.held)-1]
		text := a.held
		a.held = nil
		if last == esc {
			text = text[:len(text)-1]
			a.held = []byte{esc}
		}
		return append(out, text...)
	}
	if len(a.held) == len(pasteEnd) {
		out = a.release(out)
	}
	return out
}

// release gives out what is held.
func (a *assembler) release(out []byte) []byte {
	seq, over := a.held, a.over
	a.held, a.over = nil, false
	if seq[0] != esc {
		return append(out, seq...)
	}
	if a.whole != nil {
		a.whole(seq)
	}
	switch {
	case over, seq[len(seq)-1] == '\x18', seq[len(seq)-1] == '\x1a':
		return out
	case string(seq) == pasteStart:
		a.paste = true
	case string(seq) == pasteEnd && !a.paste:
		return out
	case string(seq) == pasteEnd:
		a.paste = false
	case len(seq) == 2:
		return appendAlt(out, seq[1])
	}
	return append(out, seq...)
}

// appendAlt appends Alt and a key in kitty's encoding, where there is one of few bytes: the other one may be the beginning of
// something.
func appendAlt(out []byte, key byte) []byte {
	switch {
	case key >= 'A' && key <= 'Z':
		return fmt.Appendf(out, "\x1b[%d;4u", key-'A'+'a')
	case key >= ' ' || key == '\r' || key == '\t' || key == esc:
		return fmt.Appendf(out, "\x1b[%d;3u", key)
	}
	return append(out, esc, key)
}

func (a *assembler) reset() { a.held, a.over = nil, false }

// drop forgets what is held and has not been finished in time. In a paste it is text.
func (a *assembler) drop(out []byte) []byte {
	if a.paste && a.held[0] == esc {
		out = append(out, a.held...)
	}
	a.reset()
	return out
}

// expired says whether what is held will not be finished any more.
func (a *assembler) expired(now time.Time) bool {
	wait := wholeWait
	if len(a.held) == 2 && a.held[1] == 'O' {
		wait = ss3Wait
	}
	return now.Sub(a.came) > wait
}

// deadline is when something has to be given out although nothing more has come: an Esc, or the end of a paste. false: never.
func (a *assembler) deadline() (time.Time, bool) {
	switch {
	case a.enter:
		return a.typed.Add(burst), true
	case a.paste:
		return a.came.Add(pasteWait), true
	case a.escape() && (a.slow || a.asking != nil && a.asking()):
		return a.came.Add(escSlowWait), true
	case a.escape():
		return a.came.Add(escWait), true
	}
	return time.Time{}, false
}

// escape says that all that is held is Esc, once or twice.
func (a *assembler) escape() bool {
	return len(a.held) > 0 && a.held[len(a.held)-1] == esc && len(a.held) <= 2 && a.held[0] == esc
}

// expire appends to out what is due by its deadline.
func (a *assembler) expire(out []byte) []byte {
	if a.enter {
		return a.decide(out, false)
	}
	if a.paste {
		out = append(append(out, a.held...), pasteEnd...)
		a.paste = false
		a.reset()
		return out
	}
	alt := len(a.held) > 1
	a.lone = a.came
	a.reset()
	if alt {
		return appendAlt(out, esc)
	}
	return append(out, escapeKey...)
}

// waiting says whether a reply is on its way.
func (a *assembler) waiting(now time.Time) bool {
	return len(a.held) > 0 && a.held[0] == esc && !a.escape() && !a.expired(now)
}
