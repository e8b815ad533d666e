package template

import (
	"slices"
	"strconv"
	"strings"
)

// expression is a condition with its outcomes, or an or.
func (p *parser) expression() node {
	n := p.or()
	for p.accept("if") != "" {
		c := condition{when: p.or(), then: n, otherwise: constant{}}
		if p.accept("else") != "" {
			c.otherwise = p.expression()
		}
		n = c
	}
	return n
}

func (p *parser) or() node {
	n := p.and()
	for p.accept("or") != "" {
		n = logical{false, n, p.and()}
	}
	return n
}

func (p *parser) and() node {
	n := p.not()
	for p.accept("and") != "" {
		n = logical{true, n, p.not()}
	}
	return n
}

func (p *parser) not() node {
	times := 0
	for p.accept("not") != "" {
		times++
	}
	n := p.comparison()
	for range times {
		n = not{n}
	}
	return n
}

func (p *parser) comparison() node {
	n := p.binary(0)
	for count := 0; ; count++ {
		operator := p.accept("==", "!=", "<", ">", "<=", ">=", "in")
		negated := operator == "" && len(p.tokens) > 1 && p.tokens[0].is("not") && p.tokens[1].is("in")
		if negated {
			p.tokens = p.tokens[2:]
			operator = "in"
		}
		switch {
		case operator == "":
			return n
		case count > 0:
			p.fail("comparisons one after the other are not supported")
		}
		n = binary{operator, n, p.binary(0)}
		if negated {
			n = not{n}
		}
	}
}

// levels are the operators that bind equally, those that bind tighter after the others.
var levels = [][]string{{"+", "-"}, {"~"}, {"*", "/", "//", "%"}}

func (p *parser) binary(level int) node {
	if level == len(levels) {
		return p.unary(true)
	}
	n := p.binary(level + 1)
	for {
		operator := p.accept(levels[level]...)
		if operator == "" {
			return n
		}
		n = binary{operator, n, p.binary(level + 1)}
	}
}

// unary is a primary with what follows it: attributes, items and calls, and filters and tests where they are wanted.
func (p *parser) unary(filtered bool) node {
	var n node
	switch p.accept("-", "+") {
	case "-":
		n = binary{"-", constant{value{0}}, p.unary(false)}
	case "+":
		n = p.unary(false)
	default:
		n = p.postfix(p.primary())
	}
	for filtered && p.err == nil {
		switch p.accept("|", "is") {
		case "|":
			f := filterNode{name: p.name(), of: n}
			if filters[f.name] == nil {
				p.fail("the filter %.40s is not supported", f.name)
			}
			if p.accept("(") != "" {
				f.args = p.arguments()
			}
			n = f
		case "is":
			n = p.test(n)
		default:
			return n
		}
	}
	return n
}

func (p *parser) test(of node) node {
	negated := p.accept("not") != ""
	n := testNode{name: p.name(), of: of}
	switch {
	case p.accept("(") != "":
		n.args = p.arguments()
	case len(p.tokens) > 0 && (p.tokens[0].kind != operator || p.peek("[", "{")) && !p.peek("else", "or", "and", "if", "is", "in", "not"):
		n.args.places = []node{p.postfix(p.primary())}
	}
	if negated {
		return not{n}
	}
	return n
}

// constants are names of values that do not change.
var constants = map[string]value{
	"true": {true}, "True": {true}, "false": {false}, "False": {false}, "none": {none}, "None": {none},
}

// operatorNames are no names of values.
var operatorNames = []string{"and", "or", "not", "in", "is", "if", "else"}

func (p *parser) primary() node {
	switch t := p.next(); {
	case t.kind == text:
		return constant{value{t.value}}
	case t.kind == number:
		return p.number(t.value)
	case t.is("("):
		return p.brackets(")")
	case t.is("["):
		return p.brackets("]")
	case t.is("{"):
		return p.dictionary()
	case t.kind != name || slices.Contains(operatorNames, t.value):
		p.fail("found %.40q, expected a value", t.value)
	case p.accept("(") != "":
		if functions[t.value] == nil {
			p.fail("the function %.40s is not supported", t.value)
		}
		return callNode{t.value, p.arguments()}
	default:
		if v, ok := constants[t.value]; ok {
			return constant{v}
		}
		return variable{t.value}
	}
	return constant{}
}

func (p *parser) number(digits string) node {
	if strings.Contains(digits, ".") {
		f, err := strconv.ParseFloat(digits, 64)
		if err != nil {
			p.fail("the number %.40s is too large", digits)
		}
		return constant{value{f}}
	}
	i, err := strconv.Atoi(digits)
	if err != nil {
		p.fail("the number %.40s is too large", digits)
	}
	return constant{value{i}}
}

// brackets reads a list, a tuple, or an expression in brackets, up to the closing one.
func (p *parser) brackets(closing string) node {
	var items []node
	tuple := closing == "]"
	for p.err == nil && !p.peek(closing) {
		items = append(items, p.expression())
		if p.accept(",") == "" {
			break
		}
		tuple = true
	}
	p.expect(closing)
	if len(items) == 1 && !tuple {
		return items[0]
	}
	return listNode{items}
}

func (p *parser) dictionary() node {
	var d dictNode
	for p.err == nil && !p.peek("}") {
		d.keys = append(d.keys, p.expression())
		p.expect(":")
		d.values = append(d.values, p.expression())
		if p.accept(",") == "" {
			break
		}
	}
	p.expect("}")
	return d
}

// postfix reads the attributes, items and calls of a value.
func (p *parser) postfix(n node) node {
	for p.err == nil {
		switch p.accept(".", "[", "(") {
		case ".":
			t := p.next()
			switch {
			case t.kind == number:
				n = itemNode{n, p.number(t.value)}
			case t.kind != name:
				p.fail("found %.40q, expected a name", t.value)
			case p.accept("(") != "":
				n = methodNode{n, t.value, p.arguments()}
			default:
				n = attributeNode{n, t.value}
			}
		case "[":
			n = p.subscript(n)
		case "(":
			p.fail("this call is not supported")
		default:
			return n
		}
	}
	return n
}

// subscript reads an index or a slice, up to the closing bracket.
func (p *parser) subscript(of node) node {
	var bounds [3]node
	slice, i := false, 0
	for p.err == nil && !p.peek("]") {
		if p.accept(":") != "" {
			slice = true
			i++
		} else {
			if bounds[i] != nil {
				p.fail("an index is followed by something else")
			}
			bounds[i] = p.expression()
		}
		if i == len(bounds) {
			p.fail("a slice has too many parts")
		}
	}
	p.expect("]")
	switch {
	case slice:
		return sliceNode{of, bounds}
	case bounds[0] == nil:
		p.fail("an index is missing")
	}
	return itemNode{of, bounds[0]}
}

// arguments reads those of a call, up to the closing bracket.
func (p *parser) arguments() argumentNodes {
	var all argumentNodes
	for p.err == nil && !p.peek(")") {
		if len(p.tokens) > 1 && p.tokens[0].kind == name && p.tokens[1].is("=") {
			argument := p.name()
			p.expect("=")
			if slices.Contains(all.names, argument) {
				p.fail("the argument %.40s appears twice", argument)
			}
			all.names, all.named = append(all.names, argument), append(all.named, p.expression())
		} else {
			if len(all.names) > 0 {
				p.fail("an argument without a name follows one with a name")
			}
			all.places = append(all.places, p.expression())
		}
		if p.accept(",") == "" {
			break
		}
	}
	p.expect(")")
	return all
}
