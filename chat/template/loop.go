package template

import (
	"errors"
	"fmt"
)

// loop is what the variable of that name has within a loop.
type loop struct {
	items   []round
	index   int // of the round, from 0
	depth   int // from 1
	changed []value
}

// round is what a loop's names stand for: one value, or two.
type round struct {
	key, value value
	two        bool
}

// item is what the round goes through.
func (p round) item() value {
	if p.two {
		return value{list{p.key, p.value}}
	}
	return p.key
}

func (l *loop) attribute(name string) value {
	n := len(l.items)
	switch name {
	case "index":
		return value{l.index + 1}
	case "index0":
		return value{l.index}
	case "revindex":
		return value{n - l.index}
	case "revindex0":
		return value{n - l.index - 1}
	case "first":
		return value{l.index == 0}
	case "last":
		return value{l.index == n-1}
	case "length":
		return value{n}
	case "depth":
		return value{l.depth}
	case "depth0":
		return value{l.depth - 1}
	case "previtem":
		if l.index > 0 {
			return l.items[l.index-1].item()
		}
	case "nextitem":
		if l.index < n-1 {
			return l.items[l.index+1].item()
		}
	}
	return undefined()
}

var loopMethods = map[string]methodFunc{
	"cycle": func(_ *run, self value, a *arguments) (any, error) {
		all := a.rest()
		if len(all) == 0 {
			return nil, errors.New("cycle takes values")
		}
		return all[self.data.(*loop).index%len(all)], nil
	},
	"changed": func(r *run, self value, a *arguments) (any, error) {
		l, all := self.data.(*loop), a.rest()
		same, err := r.equal(value{list(l.changed)}, value{list(all)})
		same = same && l.changed != nil
		l.changed = append(make([]value, 0, 1), all...)
		return !same, err
	},
}

// rounds are those of a loop through a value: the characters of a text, the items of a list, the keys of a dictionary. Where the
// loop has two names, each of these is two.
func (c forCommand) rounds(r *run, in value, s *scope) ([]round, error) {
	switch {
	case in.isUndefined():
		return nil, nil
	case !in.isIterable():
		return nil, fmt.Errorf("a loop cannot go through %s", describe(in))
	}
	if err := r.read(in); err != nil {
		return nil, err
	}
	if r.steps -= in.size(); r.steps < 0 {
		return nil, errSteps
	}
	var all []round
	for _, item := range in.items() {
		switch {
		case c.value == "":
			all = append(all, round{key: item})
		case item.isIterable() && item.size() == 2:
			both := item.items()
			all = append(all, round{both[0], both[1], true})
		default:
			return nil, fmt.Errorf("a loop of two names goes through pairs, and not %s", describe(item))
		}
	}
	if c.filter == nil {
		return all, nil
	}
	var kept []round
	for _, p := range all {
		inner := s.inner()
		c.name(inner, p)
		passes, err := r.eval(c.filter, inner)
		if err != nil {
			return nil, err
		}
		if passes.isTrue() {
			kept = append(kept, p)
		}
	}
	return kept, nil
}

// name gives the names of the loop what they stand for in a round.
func (c forCommand) name(s *scope, p round) {
	s.names[c.key] = p.key
	if p.two {
		s.names[c.value] = p.value
	}
}

func (c forCommand) do(r *run, s *scope) error {
	in, err := r.eval(c.in, s)
	if err == nil {
		err = r.step()
	}
	if err != nil {
		return err
	}
	all, err := c.rounds(r, in, s)
	if err != nil {
		return err
	}
	l := &loop{items: all, depth: 1}
	if outer, ok := s.get("loop").data.(*loop); ok {
		l.depth = outer.depth + 1
	}
	ended := false // a round has come to its end
	for i, p := range all {
		if err := r.step(); err != nil {
			return err
		}
		l.index = i
		inner := s.inner()
		c.name(inner, p)
		inner.names["loop"] = value{l}
		err := r.commands(c.body, inner)
		if j, ok := errors.AsType[*jumped](err); ok {
			if j.again {
				continue
			}
			break
		}
		if err != nil {
			return err
		}
		ended = true
	}
	if !ended { // as jinja2 has it
		return r.commands(c.otherwise, s.inner())
	}
	return nil
}
