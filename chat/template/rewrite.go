package template

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Bounds of a template's source. Those of chat models in use stay far below them.
const (
	longestSource = 64 << 10 // bytes
	longestTag    = 500      // tokens
	deepest       = 30       // brackets within brackets, statements within statements
)

// reserved begins the names of constants and of the filters that operators become. Names of templates do not begin so.
const reserved = "__"

// program is a template rewritten for gonja.
type program struct {
	source    string
	constants []string // by name __0, __1, ...
}

// rewrite parses a template, by the grammar of jinja2's parser.py, and writes it down again for gonja: with every bracket,
// operators and attributes as filters (see operators.go), texts and data as constants. gonja's own reading of them is not
// jinja2's. An error says what cannot be run: what makes work without bound, or is not the template's own.
func rewrite(source string) (program, error) {
	if len(source) > longestSource {
		return program{}, fmt.Errorf("it has %d bytes; at most %d are possible", len(source), longestSource)
	}
	parts, err := scan(source)
	if err != nil {
		return program{}, err
	}
	w := &rewriter{places: map[string]int{}}
	for _, p := range parts {
		w.part(p)
		if w.err != nil {
			return program{}, fmt.Errorf("line %d: %w", p.line, w.err)
		}
	}
	return program{w.out.String(), w.constants}, nil
}

type rewriter struct {
	out       strings.Builder
	constants []string
	places    map[string]int // of the constants
	open      int            // statements that have no end yet

	tokens []token // of the tag, those that are left
	err    error   // the first
}

func (w *rewriter) part(p part) {
	w.tokens = p.tokens
	for _, t := range p.tokens {
		if t.kind == name && strings.HasPrefix(t.value, reserved) {
			w.fail("the name %s is not supported", t.value)
		}
	}
	switch p.kind {
	case data:
		w.out.WriteString("{{ " + w.constant(p.text) + " }}")
	case expression:
		w.out.WriteString("{{ " + w.expression() + " | " + printFilter + " }}")
	case statement:
		if text := w.statement(); text != "" {
			w.out.WriteString("{% " + text + " %}")
		}
	}
	if len(w.tokens) > 0 {
		w.fail("found %.40q where the tag should end", w.tokens[0].value)
	}
}

func (w *rewriter) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format, args...)
	}
}

// constant returns the name of a text.
func (w *rewriter) constant(value string) string {
	i, ok := w.places[value]
	if !ok {
		i = len(w.constants)
		w.constants = append(w.constants, value)
		w.places[value] = i
	}
	return reserved + strconv.Itoa(i)
}

// peek reports whether the next token is one of these.
func (w *rewriter) peek(values ...string) bool {
	return len(w.tokens) > 0 && slices.ContainsFunc(values, w.tokens[0].is)
}

// accept takes the next token where it is one of these, and returns it.
func (w *rewriter) accept(values ...string) string {
	if !w.peek(values...) {
		return ""
	}
	return w.next().value
}

// next takes the next token; an empty one at the end.
func (w *rewriter) next() token {
	if len(w.tokens) == 0 {
		w.fail("the tag ends too early")
		return token{}
	}
	t := w.tokens[0]
	w.tokens = w.tokens[1:]
	return t
}

func (w *rewriter) expect(value string) {
	if t := w.next(); !t.is(value) {
		w.fail("found %.40q, expected %q", t.value, value)
	}
}

func (w *rewriter) name() string {
	t := w.next()
	if t.kind != name {
		w.fail("found %.40q, expected a name", t.value)
	}
	return t.value
}

// statement rewrites what stands between {% and %}.
func (w *rewriter) statement() string {
	keyword := w.name()
	switch keyword {
	case "if", "for":
		w.open++
	case "endif", "endfor", "endset":
		w.open--
	case "elif", "else", "break", "continue", "set":
	case "generation", "endgeneration": // marks what the model wrote, for training
		return ""
	default:
		w.fail("the statement %.40s is not supported", keyword)
	}
	text := keyword
	switch keyword {
	case "if", "elif":
		text += " " + w.or()
	case "for":
		text += " " + w.loop()
	case "set":
		text += " " + w.assignment()
	}
	if w.open > deepest {
		w.fail("statements are more than %d deep", deepest)
	}
	return text
}

func (w *rewriter) loop() string {
	text := w.name()
	if w.accept(",") != "" {
		text += " , " + w.name()
	}
	w.expect("in")
	text += " in " + w.or() + " | " + eachFilter
	if w.accept("if") != "" {
		text += " if " + w.expression()
	}
	if w.peek("recursive") {
		w.fail("recursive loops are not supported")
	}
	return text
}

func (w *rewriter) assignment() string {
	target := w.name()
	if w.accept(".") != "" {
		target += " . " + w.name()
	}
	if w.accept("=") == "" {
		w.open++ // what follows up to endset
		return target
	}
	return target + " = " + w.expression()
}

// expression is a condition with its outcomes, or an or.
func (w *rewriter) expression() string {
	text := w.or()
	for w.accept("if") != "" {
		condition, otherwise := w.or(), reserved+"undefined"
		if w.accept("else") != "" {
			otherwise = w.expression()
		}
		text = "( ( " + condition + " and [ " + text + " ] or [ " + otherwise + " ] ) [ 0 ] )"
	}
	return text
}

func (w *rewriter) or() string {
	text := w.and()
	for w.accept("or") != "" {
		text = "( " + text + " or " + w.and() + " )"
	}
	return text
}

func (w *rewriter) and() string {
	text := w.not()
	for w.accept("and") != "" {
		text = "( " + text + " and " + w.not() + " )"
	}
	return text
}

func (w *rewriter) not() string {
	times := 0
	for w.accept("not") != "" {
		times++
	}
	text := w.comparison()
	for range times {
		text = filtered(text, notFilter, "")
	}
	return text
}

func (w *rewriter) comparison() string {
	text := w.binary(0)
	for count := 0; ; count++ {
		operator := w.accept("==", "!=", "<", ">", "<=", ">=", "in")
		if operator == "" && len(w.tokens) > 1 && w.tokens[0].is("not") && w.tokens[1].is("in") {
			w.tokens = w.tokens[2:]
			operator = "not in"
		}
		switch {
		case operator == "":
			return text
		case count > 0:
			w.fail("comparisons one after the other are not supported")
		}
		text = filtered(text, operatorFilters[strings.TrimPrefix(operator, "not ")], w.binary(0))
		if operator == "not in" {
			text = filtered(text, notFilter, "")
		}
	}
}

// levels are the operators that bind equally, those that bind tighter after the others.
var levels = [][]string{{"+", "-"}, {"~"}, {"*", "/", "//", "%"}}

func (w *rewriter) binary(level int) string {
	if level == len(levels) {
		return w.unary(true)
	}
	text := w.binary(level + 1)
	for {
		operator := w.accept(levels[level]...)
		if operator == "" {
			return text
		}
		text = filtered(text, operatorFilters[operator], w.binary(level+1))
	}
}

// unary is a primary with what follows it: attributes, items and calls, and filters and tests where they are wanted.
func (w *rewriter) unary(filters bool) string {
	var text string
	switch w.accept("-", "+") {
	case "-":
		text = filtered("0", operatorFilters["-"], w.unary(false))
	case "+":
		text = w.unary(false)
	default:
		text = w.postfix(w.primary())
	}
	for filters && w.err == nil {
		switch w.accept("|", "is") {
		case "|":
			filter := w.name()
			if !environment.Filters.Exists(filter) {
				w.fail("the filter %.40s is not supported", filter)
			}
			arguments := ""
			if w.accept("(") != "" {
				arguments = w.arguments()
			}
			text = filtered(text, filter, arguments)
		case "is":
			text = w.test(text)
		default:
			return text
		}
	}
	return text
}

func (w *rewriter) test(text string) string {
	negated := w.accept("not") != ""
	arguments := w.constant(w.name())
	switch {
	case w.accept("(") != "":
		if more := w.arguments(); more != "" {
			arguments += " , " + more
		}
	case len(w.tokens) > 0 && (w.tokens[0].kind != operator || w.peek("[", "{")) && !w.peek("else", "or", "and", "if", "is", "in", "not"):
		arguments += " , " + w.postfix(w.primary())
	}
	text = filtered(text, testFilter, arguments)
	if negated {
		text = filtered(text, notFilter, "")
	}
	return text
}

func (w *rewriter) primary() string {
	switch t := w.next(); {
	case t.kind == text:
		return w.constant(t.value)
	case t.kind == number:
		return t.value
	case t.is("("):
		return w.brackets(")")
	case t.is("["):
		return w.brackets("]")
	case t.is("{"):
		return w.dictionary()
	case t.kind != name:
		w.fail("found %.40q, expected a value", t.value)
	case t.is("None"):
		return "none"
	case t.is("True"), t.is("False"):
		return strings.ToLower(t.value)
	case w.accept("(") != "":
		if !environment.Context.Has(t.value) {
			w.fail("the function %.40s is not supported", t.value)
		}
		return t.value + " ( " + w.arguments() + " )"
	default:
		return t.value
	}
	return ""
}

// brackets rewrites a list, a tuple, or an expression in brackets, up to the closing one.
func (w *rewriter) brackets(closing string) string {
	var elements []string
	tuple := closing == "]"
	for w.err == nil && !w.peek(closing) {
		elements = append(elements, w.expression())
		if w.accept(",") == "" {
			break
		}
		tuple = true
	}
	w.expect(closing)
	if len(elements) == 1 && !tuple {
		return elements[0]
	}
	return "[ " + strings.Join(elements, " , ") + " ]"
}

func (w *rewriter) dictionary() string {
	var pairs []string
	for w.err == nil && !w.peek("}") {
		key := w.expression()
		w.expect(":")
		pairs = append(pairs, key+" : "+w.expression())
		if w.accept(",") == "" {
			break
		}
	}
	w.expect("}")
	return "{ " + strings.Join(pairs, " , ") + " }"
}

// postfix rewrites the attributes, items and calls of a value.
func (w *rewriter) postfix(text string) string {
	for w.err == nil {
		switch w.accept(".", "[", "(") {
		case ".":
			t := w.next()
			switch {
			case t.kind == number:
				text = filtered(text, itemFilter, t.value)
			case t.kind != name:
				w.fail("found %.40q, expected a name", t.value)
			case w.accept("(") != "":
				arguments := w.constant(t.value)
				if more := w.arguments(); more != "" {
					arguments += " , " + more
				}
				text = filtered(text, callFilter, arguments)
			default:
				text = filtered(text, attributeFilter, w.constant(t.value))
			}
		case "[":
			text = w.subscript(text)
		case "(":
			w.fail("this call is not supported")
		default:
			return text
		}
	}
	return text
}

// subscript rewrites an index or a slice, up to the closing bracket.
func (w *rewriter) subscript(text string) string {
	bounds := []string{"none", "none", "none"}
	slice, i := false, 0
	for w.err == nil && !w.peek("]") {
		if w.accept(":") != "" {
			slice = true
			i++
		} else {
			bounds[i] = w.expression()
		}
		if i == len(bounds) {
			w.fail("a slice has too many parts")
		}
	}
	w.expect("]")
	switch {
	case slice:
		return filtered(text, sliceFilter, strings.Join(bounds, " , "))
	case bounds[0] == "none":
		w.fail("an index is missing")
	}
	return filtered(text, itemFilter, bounds[0])
}

// arguments rewrites those of a call, up to the closing bracket.
func (w *rewriter) arguments() string {
	var all []string
	for w.err == nil && !w.peek(")") {
		prefix := ""
		if len(w.tokens) > 1 && w.tokens[0].kind == name && w.tokens[1].is("=") {
			prefix = w.name() + " = "
			w.expect("=")
		}
		all = append(all, prefix+w.expression())
		if w.accept(",") == "" {
			break
		}
	}
	w.expect(")")
	return strings.Join(all, " , ")
}

// filtered writes a filter of a value down.
func filtered(text, filter, arguments string) string {
	if arguments == "" {
		return "( " + text + " | " + filter + " )"
	}
	return "( " + text + " | " + filter + " ( " + arguments + " ) )"
}
