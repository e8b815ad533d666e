package normalize

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// A CharMap is a character map of SentencePiece's: what texts of a few characters become. It is a double array of 32-bit
// units, as Darts-clone writes it, over the texts that it knows, and what they become, each up to a zero byte.
//
//	uint32   bytes of the double array, little-endian
//	units    the double array
//	the rest what texts become
//
// Sources: normalizer.cc of github.com/google/sentencepiece, darts.h of github.com/s-yata/darts-clone.
type CharMap struct {
	units []uint32
	texts string
}

// maxCharMap bounds the bytes of a map. That of nmt_nfkc_cf has 250 thousand.
const maxCharMap = 16 << 20

// longestText bounds what a few characters become. Of those in use the longest has 33 bytes.
const longestText = 1000

// ReadCharMap reads a map. An error says what is wrong with it.
func ReadCharMap(data []byte) (*CharMap, error) {
	const unit = 4
	if len(data) > maxCharMap {
		return nil, fmt.Errorf("the character map has %d bytes, expected at most %d", len(data), maxCharMap)
	}
	if len(data) < 2*unit {
		return nil, fmt.Errorf("the character map has %d bytes, expected at least %d", len(data), 2*unit)
	}
	size := binary.LittleEndian.Uint32(data)
	data = data[unit:]
	if size < unit || size%unit != 0 || uint64(size) > uint64(len(data)) {
		return nil, fmt.Errorf("the character map states %d bytes of units, but %d follow", size, len(data))
	}
	m := &CharMap{units: make([]uint32, size/unit), texts: string(data[size:])}
	for i := range m.units {
		m.units[i] = binary.LittleEndian.Uint32(data[unit*i:])
	}
	if !utf8.ValidString(m.texts) {
		return nil, errors.New("the character map writes what is not UTF-8")
	}
	for text := range strings.SplitSeq(m.texts, "\x00") {
		if len(text) > longestText {
			return nil, fmt.Errorf("the character map writes a text of %d bytes, expected at most %d", len(text), longestText)
		}
	}
	return m, nil
}

// A unit of the double array.
func leaf(u uint32) bool     { return u>>8&1 == 1 }
func value(u uint32) uint32  { return u & (1<<31 - 1) }
func letter(u uint32) uint32 { return u & (1<<31 | 0xFF) }
func offset(u uint32) uint32 { return u >> 10 << (u & (1 << 9) >> 6) }

// prefixes calls found for every text of the map that text begins with, the shortest first, until it returns false.
func (m *CharMap) prefixes(text string, found func(length int, becomes string) bool) {
	at := offset(m.units[0])
	for i := range len(text) {
		c := uint32(text[i])
		at ^= c
		if c == 0 || at >= uint32(len(m.units)) || letter(m.units[at]) != c {
			return
		}
		u := m.units[at]
		at ^= offset(u)
		if !leaf(u) {
			continue
		}
		if at >= uint32(len(m.units)) {
			return
		}
		start := value(m.units[at])
		if start > uint32(len(m.texts)) {
			return
		}
		becomes, _, _ := strings.Cut(m.texts[start:], "\x00")
		if !found(i+1, becomes) {
			return
		}
	}
}

// Longest returns what the longest text of the map that text begins with becomes, and its length; 0 where there is none.
func (m *CharMap) Longest(text string) (becomes string, length int) {
	m.prefixes(text, func(n int, b string) bool {
		becomes, length = b, n
		return true
	})
	return becomes, length
}

// Precompiled is the normalizer of that name, by a map. It goes from one user-perceived character to the next, and one of
// less than six bytes becomes what the shortest text of the map that it begins with does.
func Precompiled(m *CharMap) Func {
	whole := func(text string) (becomes string, ok bool) {
		m.prefixes(text, func(_ int, b string) bool {
			becomes, ok = b, true
			return false
		})
		return becomes, ok
	}
	return func(text string) string {
		const short = 6
		var out strings.Builder
		out.Grow(len(text))
		clusters := graphemes.FromString(text)
		for clusters.Next() {
			cluster := clusters.Value()
			if len(cluster) < short {
				if becomes, ok := whole(cluster); ok {
					out.WriteString(becomes)
					continue
				}
			}
			for cluster != "" {
				_, n := utf8.DecodeRuneInString(cluster)
				if becomes, ok := whole(cluster[:n]); ok {
					out.WriteString(becomes)
				} else {
					out.WriteString(cluster[:n])
				}
				cluster = cluster[n:]
			}
		}
		return out.String()
	}
}
