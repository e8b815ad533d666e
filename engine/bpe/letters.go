package bpe

// letterOf is GPT-2's bytes_to_unicode: the letter that stands for each byte
// in vocab.json and merges.txt. Printable Latin-1 stands for itself; the other
// 68 bytes, in ascending order, are written as U+0100, U+0101, ...
var letterOf = func() (letters [256]rune) {
	next := rune(256)
	for b := range letters {
		switch {
		case '!' <= b && b <= '~', '¡' <= b && b <= '¬', '®' <= b && b <= 'ÿ':
			letters[b] = rune(b)
		default:
			letters[b] = next
			next++
		}
	}
	return letters
}()

// Letter is the letter that a byte is written with in vocab.json.
func Letter(b byte) rune { return letterOf[b] }

// IsLetter reports whether a byte is written with this letter.
func IsLetter(r rune) bool { return r >= 0 && int(r) < len(byteOf) && byteOf[r] >= 0 }

// byteOf is the inverse of letterOf; -1 for runes that are no byte letter.
var byteOf = func() (bytes [256 + 68]int16) {
	for letter := range bytes {
		bytes[letter] = -1
	}
	for b, letter := range letterOf {
		bytes[letter] = int16(b)
	}
	return bytes
}()

// AppendBytes appends the bytes that a piece of the vocabulary stands for. A
// piece with a rune that is no byte letter stands for its own text, as in
// Hugging Face's byte-level decoder.
func AppendBytes(dst []byte, piece string) []byte {
	if whole, ok := appendLetters(dst, piece); ok {
		return whole
	}
	return append(dst, piece...)
}

// appendLetters appends the bytes that a piece of byte letters is written
// with; ok is false where it has another rune.
func appendLetters(dst []byte, piece string) (whole []byte, ok bool) {
	for _, letter := range piece {
		if int(letter) >= len(byteOf) || byteOf[letter] < 0 {
			return nil, false
		}
		dst = append(dst, byte(byteOf[letter]))
	}
	return dst, true
}
