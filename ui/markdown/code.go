package markdown

import (
	"bytes"
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/formatters"
	"github.com/alecthomas/chroma/v2/lexers"
)

// Code is the colours of program text, as "#rrggbb"; "" for that of all text.
type Code struct {
	Keyword, Name, String, Number, Comment string
}

// style is Chroma's style of these colours, nil where there are none.
func (c Code) style() *chroma.Style {
	entries := chroma.StyleEntries{}
	for colour, kinds := range map[string][]chroma.TokenType{
		c.Keyword:             {chroma.Keyword, chroma.NameTag, chroma.OperatorWord},
		c.Name:                {chroma.NameFunction, chroma.NameClass, chroma.NameBuiltin, chroma.NameAttribute, chroma.NameDecorator, chroma.KeywordType},
		c.String:              {chroma.LiteralString, chroma.GenericInserted},
		c.Number:              {chroma.LiteralNumber, chroma.KeywordConstant, chroma.GenericDeleted},
		"italic " + c.Comment: {chroma.Comment},
	} {
		if strings.Contains(colour, "#") {
			for _, kind := range kinds {
				entries[kind] = colour
			}
		}
	}
	style, err := chroma.NewStyle("inkling", entries)
	if len(entries) == 0 || err != nil {
		return nil
	}
	return style
}

// highlight colours program text in a language that Chroma knows.
func (l *layout) highlight(code, language string) string {
	lexer := lexers.Get(language)
	if lexer == nil {
		return code
	}
	var out bytes.Buffer
	tokens, err := chroma.Coalesce(lexer).Tokenise(nil, code)
	if err == nil {
		err = formatters.TTY16m.Format(&out, l.code, tokens)
	}
	l.fail(err)
	return out.String()
}
