// Package markdown renders the Markdown of a chat for a terminal, with
// Glamour's styles and inline rendering.
//
// What a language model writes is only more or less Markdown, and a reader must
// see all of it. So line breaks and indentation are kept, HTML is shown as
// written, and the constructs that swallow or reinterpret earlier text (HTML
// blocks, link reference definitions) are not recognised. None of the remaining
// constructs lets a later line change a block that has ended (a paragraph that
// is underlined has not), which is what makes rendering a growing text cheap:
// see [Stream].
package markdown

import (
	"strings"
	"unicode"

	gansi "charm.land/glamour/v2/ansi"
	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Theme is the colours, as Glamour has them: "#rrggbb", or the number of a terminal's colour; "" for those of its own style.
type Theme struct {
	Plain   bool // no escape sequences; inline marks stay as written
	Code    Code // blocks of program text
	Heading string
	Mark    string // rules, the marks of lists and quotes
	Literal string // code within a line
	Link    string
}

// Plain has no colours.
var Plain = Theme{Plain: true}

// Renderer turns Markdown into lines. It is not for concurrent use.
type Renderer struct {
	theme   Theme
	style   gansi.StyleConfig
	blocks  parser.Parser       // finds where the blocks start
	full    parser.Parser       // parses one block with its inline content
	leaf    renderer.Renderer   // renders a heading, paragraph, table or rule, without wrapping
	code    *chroma.Style       // of program text; nil for no colours
	context gansi.RenderContext // of the marks

	// languages has the names that Chroma knows in lower case. It takes
	// milliseconds to find out that it does not know one, and then guesses.
	languages map[string]bool
}

// New returns a renderer.
func New(theme Theme) *Renderer {
	r := &Renderer{
		theme:  theme,
		style:  styleOf(theme),
		blocks: newBlockParser(),
		full:   newParser(theme),

		languages: make(map[string]bool),
	}
	for _, name := range lexers.Names(true) {
		r.languages[strings.ToLower(name)] = true
	}
	r.code, r.context = theme.Code.style(), gansi.NewRenderContext(r.options(0))
	r.leaf = r.newLeaf(0)
	return r
}

func (r *Renderer) options(width int) gansi.Options {
	return gansi.Options{
		WordWrap:         width,
		InlineTableLinks: true,
		PreserveNewLines: true,
		Styles:           r.style,
		ChromaFormatter:  "terminal16m",
	}
}

// newLeaf returns a renderer that wraps at width columns, or not at all for 0.
func (r *Renderer) newLeaf(width int) renderer.Renderer {
	glamour := gansi.NewRenderer(r.options(width))
	return renderer.NewRenderer(renderer.WithNodeRenderers(util.Prioritized(glamour, 1000)))
}

// Render returns source as lines of at most width columns, measured by
// ansi.StringWidth. There is no margin, no blank line at either end and no
// space at the end of a line, and styles do not reach over line ends. A width
// below 1 counts as 1. Control characters are dropped.
func (r *Renderer) Render(source string, width int) []string {
	var lines []string
	for _, c := range r.split(clean(source), 0) {
		lines = appendBlock(lines, r.render(c.text, max(width, 1), false), c.apart)
	}
	return lines
}

// render lays out one chunk of a document. In a live one, which may still grow,
// code is not highlighted.
func (r *Renderer) render(chunk string, width int, live bool) (lines []string) {
	defer func() {
		if recover() != nil {
			r.leaf = r.newLeaf(0) // a panic leaves it in the middle of a document
			lines = finish(wrapAll(chunk, width))
		}
	}()
	source := []byte(chunk)
	root := r.full.Parse(text.NewReader(source))
	shield := shieldFor(chunk)
	l := layout{Renderer: r, source: prepare(root, source, shield), shield: shield, live: live}
	lines = l.children(root, width)
	if l.err != nil {
		r.leaf = r.newLeaf(0)
		return finish(wrapAll(chunk, width))
	}
	return lines
}

// appendBlock appends block to lines, after a blank line if it stands apart.
func appendBlock(lines, block []string, apart bool) []string {
	if apart && len(lines) > 0 && len(block) > 0 {
		lines = append(lines, "")
	}
	return append(lines, block...)
}

// clean drops control characters other than the newline and makes s valid
// UTF-8. It returns s when there is nothing to do.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r != '\n' && unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
}
