package detokenize

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"inkling/engine/bpe"
)

func same(piece []byte) []byte { return piece }

// Fuse takes pieces as one text from here on.
func Fuse() Step {
	return Step{
		begin: func(bool) stage { return plain(func(text string) string { return text }) },
		joins: true, single: same,
	}
}

// Spaces puts one between pieces: what is done where a file has no decoder.
func Spaces() Step {
	return Step{
		begin: func(bool) stage {
			first := true
			return plain(func(text string) string {
				if !first {
					text = " " + text
				}
				first = false
				return text
			})
		},
		joins: true, single: same,
	}
}

// Replace puts one text in place of another.
func Replace(old, with string) Step {
	return Step{
		begin: func(joined bool) stage {
			if joined && len(old) > 1 {
				return &replacing{old: old, with: with}
			}
			return plain(func(text string) string { return replace(text, old, with) })
		},
		single: func(piece []byte) []byte { return []byte(replace(string(piece), old, with)) },
	}
}

// longest is how many bytes a piece may come to have by replacements; those of a hostile file could fill the memory.
const longest = 1 << 16

// most is how many replacements a piece has room for.
func most(text, with string) int { return (longest - min(len(text), longest)) / len(with) }

func replace(text, old, with string) string {
	if old == "" || with != "" && strings.Count(text, old) > most(text, with) {
		return text
	}
	return strings.ReplaceAll(text, old, with)
}

// replacing replaces in a text that comes in parts: it holds back what may become the text to replace.
type replacing struct {
	old, with string
	rest      string
}

func (r *replacing) push(text string, out func(string)) {
	text = r.rest + text
	var done strings.Builder
	for {
		before, after, found := strings.Cut(text, r.old)
		if !found || done.Len() > longest {
			break
		}
		done.WriteString(before + r.with)
		text = after
	}
	keep := min(len(r.old)-1, len(text))
	for !strings.HasPrefix(r.old, text[len(text)-keep:]) {
		keep--
	}
	done.WriteString(text[:len(text)-keep])
	r.rest = text[len(text)-keep:]
	out(done.String())
}

func (r *replacing) flush(out func(string)) {
	out(r.rest)
	r.rest = ""
}

// ReplaceMatches puts a text in place of every match of a pattern.
func ReplaceMatches(pattern *regexp.Regexp, with string) Step {
	all := func(text string) string {
		if with != "" && len(pattern.FindAllStringIndex(text, most(text, with)+1)) > most(text, with) {
			return text
		}
		return pattern.ReplaceAllLiteralString(text, with)
	}
	return Step{
		begin: func(joined bool) stage {
			if joined {
				return &whole{f: all}
			}
			return plain(all)
		},
		single: func(piece []byte) []byte { return []byte(all(string(piece))) },
	}
}

// whole holds all of a text back.
type whole struct {
	f    func(string) string
	text strings.Builder
}

func (w *whole) push(text string, _ func(string)) { w.text.WriteString(text) }

func (w *whole) flush(out func(string)) {
	out(w.f(w.text.String()))
	w.text.Reset()
}

// Strip takes a character off the ends of every piece, at most so often.
func Strip(content rune, start, stop int) Step {
	strip := func(text string) string {
		return stripEnd(stripStart(text, content, start), content, stop)
	}
	return Step{
		begin: func(joined bool) stage {
			if joined {
				return &stripping{content: content, start: start, stop: stop}
			}
			return plain(strip)
		},
		single: same, // ends of a text are not within it
	}
}

func stripStart(text string, content rune, most int) string {
	for ; most > 0; most-- {
		r, n := utf8.DecodeRuneInString(text)
		if n == 0 || r != content {
			break
		}
		text = text[n:]
	}
	return text
}

func stripEnd(text string, content rune, most int) string {
	for ; most > 0; most-- {
		r, n := utf8.DecodeLastRuneInString(text)
		if n == 0 || r != content {
			break
		}
		text = text[:len(text)-n]
	}
	return text
}

// stripping strips a text that comes in parts. It holds back the characters at its end that may have to go.
type stripping struct {
	content     rune
	start, stop int
	rest        string
}

func (s *stripping) push(text string, out func(string)) {
	for s.start > 0 && text != "" {
		r, n := utf8.DecodeRuneInString(text)
		if r != s.content {
			s.start = 0
			break
		}
		text, s.start = text[n:], s.start-1
	}
	text = s.rest + text
	kept := stripEnd(text, s.content, s.stop)
	s.rest = text[len(kept):]
	out(kept)
}

func (s *stripping) flush(func(string)) { s.rest = "" }

// ByteFallback makes characters of the pieces <0x00> to <0xFF>. Bytes side by side that are no UTF-8 become a U+FFFD each, so
// that they are held back until another piece comes.
func ByteFallback() Step {
	return Step{
		begin: func(bool) stage { return &bytesHeld{} },
		single: func(piece []byte) []byte {
			if b, ok := byteOf(string(piece)); ok {
				return []byte{b}
			}
			return piece
		},
	}
}

func byteOf(piece string) (byte, bool) {
	if len(piece) != 6 || !strings.HasPrefix(piece, "<0x") || piece[5] != '>' {
		return 0, false
	}
	b, err := strconv.ParseUint(piece[3:5], 16, 8)
	return byte(b), err == nil
}

type bytesHeld struct{ held []byte }

func (h *bytesHeld) push(text string, out func(string)) {
	if b, ok := byteOf(text); ok {
		h.held = append(h.held, b)
		return
	}
	h.flush(out)
	out(text)
}

func (h *bytesHeld) flush(out func(string)) {
	if len(h.held) == 0 {
		return
	}
	if utf8.Valid(h.held) {
		out(string(h.held))
	} else {
		for range h.held {
			out(string(utf8.RuneError))
		}
	}
	h.held = h.held[:0]
}

// Metaspace makes spaces of marks. With dropFirst those of the first piece go.
func Metaspace(mark string, dropFirst bool) Step {
	return Step{
		begin: func(bool) stage {
			first := dropFirst
			return plain(func(text string) string {
				with := " "
				if first {
					with, first = "", false
				}
				return strings.ReplaceAll(text, mark, with)
			})
		},
		single: func(piece []byte) []byte { return bytes.ReplaceAll(piece, []byte(mark), []byte(" ")) },
	}
}

// ByteLevel makes the bytes of pieces that are written in GPT-2's letters, and of these a text.
func ByteLevel() Step {
	return Step{
		begin: func(bool) stage { return &letters{} },
		joins: true,
		single: func(piece []byte) []byte {
			return bpe.AppendBytes(nil, string(piece))
		},
	}
}

// letters holds back the beginning of a character.
type letters struct{ rest []byte }

func (l *letters) push(text string, out func(string)) {
	var done []byte
	done, l.rest = bpe.AppendRunes(nil, bpe.AppendBytes(l.rest, text))
	out(string(done))
}

func (l *letters) flush(out func(string)) {
	out(string(bpe.AppendRest(nil, l.rest)))
	l.rest = nil
}

// Suffix makes a space of what ends a word, but at the end of the text.
func Suffix(suffix string) Step {
	return Step{
		begin:  func(bool) stage { return &ending{suffix: suffix} },
		single: func(piece []byte) []byte { return []byte(replace(string(piece), suffix, " ")) },
	}
}

type ending struct {
	suffix, last string
	held         bool
}

func (e *ending) push(text string, out func(string)) {
	if e.held {
		out(replace(e.last, e.suffix, " "))
	}
	e.last, e.held = text, true
}

func (e *ending) flush(out func(string)) {
	if e.held {
		out(replace(e.last, e.suffix, ""))
	}
	e.last, e.held = "", false
}
