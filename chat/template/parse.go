package template

import (
	"fmt"
	"slices"
	"strings"
)

// Bounds of a template's source. Those of chat models in use stay far below them.
const (
	longestSource = 64 << 10 // bytes
	longestTag    = 500      // tokens
	deepest       = 30       // brackets within brackets, statements within statements
)

// parse reads a template by the grammar of jinja2's parser.py. An error says what cannot be run: what makes work without
// bound, or is not the template's own.
func parse(source string) ([]command, error) {
	if len(source) > longestSource {
		return nil, fmt.Errorf("it has %d bytes; at most %d are possible", len(source), longestSource)
	}
	parts, err := scan(source)
	if err != nil {
		return nil, err
	}
	p := &parser{parts: parts}
	all, end := p.body()
	if end != "" {
		p.fail("found %s, which ends nothing", end)
	}
	if p.err != nil {
		return nil, fmt.Errorf("line %d: %w", p.line, p.err)
	}
	return all, nil
}

type parser struct {
	parts []part // those that are left
	line  int    // of the last part
	open  int    // statements that have no end yet
	loops int    // of these, loops

	tokens []token // of the tag, those that are left
	err    error   // the first
}

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}

// peek reports whether the next token is one of these.
func (p *parser) peek(values ...string) bool {
	return len(p.tokens) > 0 && slices.ContainsFunc(values, p.tokens[0].is)
}

// accept takes the next token where it is one of these, and returns it.
func (p *parser) accept(values ...string) string {
	if !p.peek(values...) {
		return ""
	}
	return p.next().value
}

// next takes the next token; an empty one at the end.
func (p *parser) next() token {
	if len(p.tokens) == 0 {
		p.fail("the tag ends too early")
		return token{}
	}
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t
}

func (p *parser) expect(value string) {
	if t := p.next(); !t.is(value) {
		p.fail("found %.40q, expected %q", t.value, value)
	}
}

func (p *parser) name() string {
	t := p.next()
	if t.kind != name {
		p.fail("found %.40q, expected a name", t.value)
	}
	return t.value
}

// end checks that nothing of a tag is left.
func (p *parser) end() {
	if len(p.tokens) > 0 {
		p.fail("found %.40q where the tag should end", p.tokens[0].value)
	}
}

// body reads up to a statement that ends one, or goes on with it, and returns its name: "" at the end of the source. What
// follows the name is left in tokens.
func (p *parser) body() (all []command, end string) {
	for p.err == nil && len(p.parts) > 0 {
		part := p.parts[0]
		p.parts, p.tokens, p.line = p.parts[1:], part.tokens, part.line
		switch part.kind {
		case data:
			all = append(all, dataCommand{part.text})
		case expression:
			all = append(all, printCommand{p.expression()})
			p.end()
		case statement:
			switch keyword := p.name(); keyword {
			case "generation", "endgeneration": // marks what the model wrote, for training
				p.end()
			case "elif", "else", "endif", "endfor", "endset":
				return all, keyword
			default:
				all = append(all, p.statement(keyword))
			}
		}
	}
	return all, ""
}

// within reads the body of a statement and what ends it, which is one of these.
func (p *parser) within(ends ...string) ([]command, string) {
	p.end()
	all, end := p.body()
	if !slices.Contains(ends, end) {
		if end == "" {
			end = "the end of the template"
		}
		p.fail("found %s, expected %s", end, strings.Join(ends, " or "))
	}
	return all, end
}

func (p *parser) statement(keyword string) command {
	switch keyword {
	case "break", "continue":
		if p.loops == 0 {
			p.fail("%s is not within a loop", keyword)
		}
		p.end()
		return jump{again: keyword == "continue"}
	case "if", "for", "set":
	default:
		p.fail("the statement %.40s is not supported", keyword)
		return nil
	}
	if p.open++; p.open > deepest {
		p.fail("statements are more than %d deep", deepest)
	}
	defer func() { p.open-- }()
	switch keyword {
	case "if":
		return p.conditions()
	case "for":
		return p.loop()
	}
	return p.assignment()
}

func (p *parser) conditions() command {
	var c ifCommand
	end := "elif"
	for p.err == nil && end == "elif" {
		var then []command
		c.when = append(c.when, p.or()) // as in jinja2, no condition with outcomes unless in brackets
		then, end = p.within("elif", "else", "endif")
		c.then = append(c.then, then)
	}
	if end == "else" {
		c.otherwise, _ = p.within("endif")
	}
	p.end()
	return c
}

func (p *parser) loop() command {
	c := forCommand{key: p.name()}
	if p.accept(",") != "" {
		c.value = p.name()
	}
	p.expect("in")
	c.in = p.or()
	if p.accept("if") != "" {
		c.filter = p.expression()
	}
	if p.peek("recursive") {
		p.fail("recursive loops are not supported")
	}
	p.loops++
	var end string
	c.body, end = p.within("else", "endfor")
	p.loops--
	if end == "else" {
		c.otherwise, _ = p.within("endfor")
	}
	p.end()
	return c
}

func (p *parser) assignment() command {
	c := setCommand{name: p.name()}
	if p.accept(".") != "" {
		c.attribute = p.name()
	}
	if _, reserved := constants[c.name]; reserved {
		p.fail("%s cannot be set", c.name)
	}
	if p.accept("=") != "" {
		c.to = p.expression()
		p.end()
		return c
	}
	c.body, _ = p.within("endset")
	p.end()
	return c
}
