package lore

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// pngHead is what every picture in PNG begins with (PNG specification, section 5.2).
var pngHead = []byte("\x89PNG\r\n\x1a\n")

// cardIn is the character card in a picture: base64 in a chunk tEXt with the keyword ccv3, or chara in older ones.
func cardIn(data []byte) ([]byte, error) {
	var card []byte
	for rest := data[len(pngHead):]; len(rest) >= 12; {
		size := int64(binary.BigEndian.Uint32(rest))
		if size > int64(len(rest)-12) {
			return nil, errors.New("picture: it ends within a chunk")
		}
		kind, body := string(rest[4:8]), rest[8:8+size]
		sum := binary.BigEndian.Uint32(rest[8+size:])
		if kind == "tEXt" && crc32.ChecksumIEEE(rest[4:8+size]) == sum {
			keyword, text, _ := bytes.Cut(body, []byte{0})
			if name := string(keyword); name == "ccv3" || name == "chara" && card == nil {
				decoded, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(text)))
				if err != nil {
					return nil, errors.New("character card in the picture: found no base64")
				}
				card = decoded
			}
		}
		rest = rest[12+size:]
	}
	if card == nil {
		return nil, errors.New("picture: found no character card in it (no tEXt chunk named chara or ccv3)")
	}
	return card, nil
}
