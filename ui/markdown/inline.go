package markdown

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"

	"inkling/ui/safe"
)

// reference is a character reference of CommonMark (6.2, entity and numeric
// character references).
var reference = regexp.MustCompile(`&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});`)

// resolve replaces character references by what they stand for. Those of
// characters that a text must not bring in stay as written.
func resolve(text []byte) []byte {
	return reference.ReplaceAllFunc(text, func(written []byte) []byte {
		name := string(written[1 : len(written)-1])
		var stands string
		if digits, numeric := strings.CutPrefix(name, "#"); numeric {
			base := 10
			if digits[0]|0x20 == 'x' {
				digits, base = digits[1:], 16
			}
			n, err := strconv.ParseInt(digits, base, 32)
			if err != nil || n == 0 {
				n = '\uFFFD'
			}
			stands = string(rune(n))
		} else if entity, ok := util.LookUpHTML5EntityByName(name); ok {
			stands = string(entity.Characters)
		}
		if stands == "" || strings.ContainsAny(stands, "\n\r\t") || safe.Text(stands) != stands {
			return written
		}
		return []byte(stands)
	})
}

// imageText is what stands for an image: its alternative text without marks,
// and where it is.
func imageText(image *ast.Image, source []byte) []byte {
	var alternative bytes.Buffer
	_ = ast.Walk(image, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function gives no error
		if text, ok := n.(*ast.Text); ok && entering {
			alternative.Write(resolve(text.Segment.Value(source)))
			if text.SoftLineBreak() {
				alternative.WriteByte(' ')
			}
		}
		return ast.WalkContinue, nil
	})
	if alternative.Len() == 0 {
		return append([]byte("Image: "), image.Destination...)
	}
	return []byte("Image: " + alternative.String() + " → " + string(image.Destination))
}
