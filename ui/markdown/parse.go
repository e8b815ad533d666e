package markdown

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// blockParsers are CommonMark's, less HTML blocks.
func blockParsers() []util.PrioritizedValue {
	return []util.PrioritizedValue{
		util.Prioritized(parser.NewSetextHeadingParser(), underlined),
		util.Prioritized(parser.NewThematicBreakParser(), 200),
		util.Prioritized(shallow{parser.NewListParser()}, 300),
		util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(parser.NewCodeBlockParser(), 500),
		util.Prioritized(parser.NewATXHeadingParser(), 600),
		util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
		util.Prioritized(shallow{parser.NewBlockquoteParser()}, 800),
		util.Prioritized(parser.NewParagraphParser(), 1000),
	}
}

// underlined is the priority of headings that a line below makes of a paragraph.
const underlined = 100

// maxDepth is the number of quotes, lists and list items that may be nested.
// It bounds the time that a row of marks takes.
const maxDepth = 16

// shallow is the parser of a container. Beyond maxDepth its marks are text.
type shallow struct{ parser.BlockParser }

func (p shallow) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	depth := 0
	for n := parent; n.Parent() != nil; n = n.Parent() {
		depth++
	}
	if depth >= maxDepth {
		return nil, parser.NoChildren
	}
	return p.BlockParser.Open(parent, reader, pc)
}

// webAddress and wwwAddress match only what net/url accepts, since Glamour
// prints nothing for an address that does not parse.
var (
	webAddress = regexp.MustCompile(`^(?:https?|ftp)://[-a-zA-Z0-9._~]+(?::[0-9]+)?` + addressRest)
	wwwAddress = regexp.MustCompile(`^www\.[-a-zA-Z0-9._~]+\.[a-z]+(?::[0-9]+)?` + addressRest)
)

const addressRest = `(?:[/?#](?:[-a-zA-Z0-9@:_+.~#!?&/=();,'$*]|%[0-9a-fA-F]{2})*)?`

// newParser returns the parser for a block and its inline content: CommonMark
// and GitHub's extensions without HTML and link references. For Plain the
// marks of emphasis are text.
func newParser(theme Theme) parser.Parser {
	inline := []util.PrioritizedValue{
		util.Prioritized(extension.NewTaskCheckBoxParser(), 0),
		util.Prioritized(parser.NewCodeSpanParser(), 100),
		util.Prioritized(parser.NewLinkParser(), 200),
		util.Prioritized(extension.NewLinkifyParser(
			extension.WithLinkifyURLRegexp(webAddress),
			extension.WithLinkifyWWWRegexp(wwwAddress),
		), 999),
	}
	if !theme.Plain {
		inline = append(inline,
			util.Prioritized(parser.NewEmphasisParser(), 500),
			util.Prioritized(extension.NewStrikethroughParser(), 500),
		)
	}
	return parser.NewParser(
		parser.WithBlockParsers(blockParsers()...),
		parser.WithInlineParsers(inline...),
		parser.WithParagraphTransformers(util.Prioritized(extension.NewTableParagraphTransformer(), 200)),
		parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
	)
}

// newBlockParser returns a parser that knows no inline content and notes where
// the blocks of the document start.
func newBlockParser() parser.Parser {
	parsers := blockParsers()
	for i, p := range parsers {
		if p.Priority != underlined { // such a heading begins where its paragraph does
			parsers[i].Value = noting{p.Value.(parser.BlockParser)}
		}
	}
	return parser.NewParser(parser.WithBlockParsers(parsers...))
}

// startsKey is where the context of a parse holds the offsets noted, a []int.
var startsKey = parser.NewContextKey()

// noting is a block parser that adds the offset of every block it opens
// directly in the document to the context.
type noting struct{ parser.BlockParser }

func (p noting) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	_, line := reader.PeekLine()
	node, state := p.BlockParser.Open(parent, reader, pc)
	if node != nil && parent.Kind() == ast.KindDocument {
		starts, _ := pc.Get(startsKey).([]int)
		pc.Set(startsKey, append(starts, line.Start))
	}
	return node, state
}

// chunk is a block of the document as source text: a list or quote with all it
// contains, a paragraph with the table that follows it directly.
type chunk struct {
	text  string
	start int  // offset in the document
	apart bool // a blank line comes before it
}

// split divides a document into its chunks, beginning with the one that starts
// at offset from. Text appended to the document can only change the last chunk
// that started in a complete line, and what comes after it.
func (r *Renderer) split(source string, from int) []chunk {
	pc := parser.NewContext()
	r.blocks.Parse(text.NewReader([]byte(source[from:])), parser.WithContext(pc))
	starts, _ := pc.Get(startsKey).([]int)
	chunks := make([]chunk, len(starts))
	end := len(source)
	for i := len(starts) - 1; i >= 0; i-- {
		start := strings.LastIndexByte(source[:from+starts[i]], '\n') + 1
		before := strings.TrimRight(source[:start], " ")
		chunks[i] = chunk{
			text:  strings.TrimRight(source[start:end], " \n"),
			start: start,
			apart: strings.HasSuffix(strings.TrimSuffix(before, "\n"), "\n"),
		}
		end = start
	}
	return chunks
}

// shieldFor returns a character that is not in source, to stand for ampersands.
// Glamour decodes character references, and so a text could bring in the
// control characters that it was freed of before. The character is as wide as
// an ampersand if there is one to spare.
func shieldFor(source string) byte {
	for _, c := range []byte("$^@") {
		if strings.IndexByte(source, c) < 0 {
			return c
		}
	}
	return '\x1a' // no text has control characters here
}

// prepare readies a parsed chunk for Glamour: it puts back the indentation of
// the lines of paragraphs, makes link addresses valid, replaces character
// references by what they stand for, and images by their text. It returns the
// source to render from, with shield in place of the ampersands of the text.
func prepare(root ast.Node, source []byte, shield byte) []byte {
	prepared := bytes.Clone(source)
	// write returns a node for text that is not in the source.
	write := func(s []byte) *ast.Text {
		start := len(prepared)
		prepared = append(prepared, bytes.ReplaceAll(s, []byte("&"), []byte{shield})...)
		return ast.NewTextSegment(text.NewSegment(start, len(prepared)))
	}
	instead := map[ast.Node]ast.Node{} // the walk is over when they change places
	var paragraph ast.Node             // the top-level paragraph being walked
	line := 0                          // in paragraph
	ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Paragraph:
			if n.Parent() == root {
				paragraph, line = n, 0
				if s := indentation(n, 0, source); s.Len() > 0 && n.FirstChild() != nil {
					n.InsertBefore(n, n.FirstChild(), ast.NewTextSegment(s))
				}
			} else {
				paragraph = nil
			}
		case *ast.Link:
			if _, err := url.Parse(string(n.Destination)); err != nil {
				n.Destination = []byte(url.QueryEscape(string(n.Destination)))
			}
		case *ast.Image:
			instead[n] = write(imageText(n, source))
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			if value := n.Segment.Value(source); n.Parent().Kind() != ast.KindCodeSpan && bytes.IndexByte(value, '&') >= 0 {
				resolved := write(resolve(value))
				resolved.SetSoftLineBreak(n.SoftLineBreak())
				resolved.SetHardLineBreak(n.HardLineBreak())
				instead[n] = resolved
			}
			for i := n.Segment.Start; i < n.Segment.Stop; i++ {
				if prepared[i] == '&' {
					prepared[i] = shield
				}
			}
			if paragraph != nil && (n.SoftLineBreak() || n.HardLineBreak()) {
				line++
				if s := indentation(paragraph, line, source); s.Len() > 0 {
					n.Parent().InsertAfter(n.Parent(), n, ast.NewTextSegment(s))
				}
			}
		}
		return ast.WalkContinue, nil
	})
	for n, other := range instead {
		n.Parent().ReplaceChild(n.Parent(), n, other)
	}
	return prepared
}

// indentation returns the spaces before line i of a paragraph.
func indentation(paragraph ast.Node, i int, source []byte) text.Segment {
	if i >= paragraph.Lines().Len() {
		return text.Segment{}
	}
	stop := paragraph.Lines().At(i).Start
	start := bytes.LastIndexByte(source[:stop], '\n') + 1
	return text.NewSegment(start, stop)
}
