package terminal

// verdict says what is known of the bytes of a sequence or a character so far.
type verdict int

const (
	more   verdict = iota // it goes on
	whole                 // it ends here
	apart                 // all but the last byte are a key
	broken                // it cannot end any more
)

// judge looks at s, of which all but the last byte has been judged to go on.
func judge(s []byte) verdict {
	if s[0] != esc {
		return character(s)
	}
	if len(s) == 1 {
		return more
	}
	switch s[1] {
	case '[':
		return control(s[2:])
	case ']', 'P', '_':
		return text(s[1], s[2:])
	case 'O':
		return shift(s[2:])
	case esc: // Alt and a key that is a sequence
		if len(s) > 2 && s[2] == esc {
			return apart
		}
		return judge(s[1:])
	}
	if s[1] >= 0xc2 && s[1] <= 0xf4 {
		return character(s[1:])
	}
	return whole
}

// character judges UTF-8.
func character(s []byte) verdict {
	size := 2
	switch {
	case s[0] >= 0xf0:
		size = 4
	case s[0] >= 0xe0:
		size = 3
	}
	switch {
	case len(s) > 1 && s[len(s)-1]&0xc0 != 0x80:
		return broken
	case len(s) < size:
		return more
	}
	return whole
}

// control judges what follows CSI: parameters, intermediate bytes, a final byte.
func control(s []byte) verdict {
	n := len(s)
	if n == 0 {
		return more
	}
	last := s[n-1]
	switch {
	case n > longestKeys:
		return broken
	case s[0] == '[': // a function key of the Linux console
		return decide(n == 2)
	case s[0] == 'M' && n > 1: // a mouse report of three bytes of any kind
		return decide(n == 4)
	case s[0] == 'M':
		return more
	case last >= '0' && last <= '?':
		if n > 1 && s[n-2] < '0' {
			return broken
		}
		return more
	case last == '$' && digits(s[:n-1]): // Shift and a key in rxvt
		return whole
	case last >= ' ' && last <= '/':
		return more
	case last >= '@' && last <= '~':
		return whole
	}
	return broken
}

func decide(done bool) verdict {
	if done {
		return whole
	}
	return more
}

func digits(s []byte) bool {
	for _, b := range s {
		if b < '0' || b > '9' {
			return false
		}
	}
	return len(s) > 0
}

// shift judges what follows SS3: perhaps a number, and one byte.
func shift(s []byte) verdict {
	n := len(s)
	switch {
	case n == 0:
		return more
	case s[n-1] >= '0' && s[n-1] <= '9':
		return decide(n > 2)
	case s[n-1] > ' ' && s[n-1] <= '~':
		return whole
	}
	return broken
}

// text judges what follows the beginning of a control string. What no reply begins with is typed by somebody who has pressed
// Alt before.
func text(kind byte, s []byte) verdict {
	n := len(s)
	if n == 0 {
		return more
	}
	last := s[n-1]
	switch {
	case n > 1 && s[n-2] == esc && last == '\\':
		return whole
	case n > 1 && s[n-2] == esc:
		return broken
	case last == bel && n > 1, last == '\x18', last == '\x1a':
		return whole
	case n == 1 && !begins(kind, last):
		return apart
	case last == esc:
		return more
	case last < ' ' || last == '\x7f':
		return broken
	}
	return more
}

// begins says whether a reply of that kind may begin with a byte.
func begins(kind, b byte) bool {
	number := b >= '0' && b <= '9'
	switch kind {
	case ']':
		return number || b == 'l' || b == 'L'
	case 'P':
		return number || b == '>' || b == '!' || b == '$' || b == '=' || b == '?'
	}
	return b == 'G' // of kitty's pictures
}
