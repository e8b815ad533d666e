package template

import "fmt"

// eval evaluates a node, which takes work whatever it is.
func (r *run) eval(n node, s *scope) (value, error) {
	if err := r.use(workOfNode); err != nil {
		return undefined(), err
	}
	return n.eval(r, s)
}

// made is the end of a step: out, or the error that ends the run. What is made is measured.
func (r *run) made(out any, a *arguments, err error) (value, error) {
	if err == nil && a != nil {
		err = a.end()
	}
	v := of(out)
	if err == nil {
		err = r.hold(v)
	}
	if err != nil {
		return undefined(), err
	}
	return v, nil
}

func (n constant) eval(*run, *scope) (value, error) { return n.value, nil }

func (n variable) eval(_ *run, s *scope) (value, error) { return s.get(n.name), nil }

// all evaluates nodes in order.
func (r *run) all(nodes []node, s *scope) (list, error) {
	all := make(list, len(nodes))
	for i, n := range nodes {
		var err error
		if all[i], err = r.eval(n, s); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (n listNode) eval(r *run, s *scope) (value, error) {
	all, err := r.all(n.items, s)
	return r.made(all, nil, err)
}

func (n dictNode) eval(r *run, s *scope) (value, error) {
	d := &dict{}
	for i := range n.keys {
		both, err := r.all([]node{n.keys[i], n.values[i]}, s)
		if err != nil {
			return undefined(), err
		}
		d.pairs = append(d.pairs, pair{both[0], both[1]})
	}
	return r.made(d, nil, nil)
}

func (n condition) eval(r *run, s *scope) (value, error) {
	when, err := r.eval(n.when, s)
	if err != nil {
		return undefined(), err
	}
	if when.isTrue() {
		return r.eval(n.then, s)
	}
	return r.eval(n.otherwise, s)
}

func (n logical) eval(r *run, s *scope) (value, error) {
	left, err := r.eval(n.left, s)
	if err != nil || left.isTrue() != n.and {
		return left, err
	}
	return r.eval(n.right, s)
}

func (n not) eval(r *run, s *scope) (value, error) {
	v, err := r.eval(n.of, s)
	return value{!v.isTrue()}, err
}

func (n binary) eval(r *run, s *scope) (value, error) {
	both, err := r.all([]node{n.left, n.right}, s)
	if err == nil {
		err = r.step()
	}
	for _, v := range both {
		if err == nil {
			err = r.read(v)
		}
	}
	if err != nil {
		return undefined(), err
	}
	out, err := r.operate(n.operator, both[0], both[1])
	return r.made(out, nil, err)
}

// arguments evaluates those of a call.
func (n argumentNodes) eval(r *run, s *scope) (*arguments, error) {
	places, err := r.all(n.places, s)
	if err != nil {
		return nil, err
	}
	named, err := r.all(n.named, s)
	if err != nil {
		return nil, err
	}
	a := &arguments{places: places, names: make(map[string]value, len(named))}
	for i, name := range n.names {
		a.names[name] = named[i]
	}
	return a, nil
}

// called evaluates what something is asked of, and the arguments, and takes a step.
func (r *run) called(of node, args argumentNodes, s *scope) (value, *arguments, error) {
	in, err := r.eval(of, s)
	if err != nil {
		return undefined(), nil, err
	}
	a, err := args.eval(r, s)
	if err == nil {
		err = r.step()
	}
	if err == nil {
		err = r.read(in)
	}
	return in, a, err
}

func (n filterNode) eval(r *run, s *scope) (value, error) {
	in, a, err := r.called(n.of, n.args, s)
	if err != nil {
		return undefined(), err
	}
	return r.filtered(n.name, in, a)
}

// filtered is in | name(a).
func (r *run) filtered(name string, in value, a *arguments) (value, error) {
	f, ok := filters[name]
	if !ok {
		return undefined(), fmt.Errorf("the filter %.40s is not supported", name)
	}
	out, err := f(r, in, a)
	return r.made(out, a, err)
}

func (n testNode) eval(r *run, s *scope) (value, error) {
	in, a, err := r.called(n.of, n.args, s)
	if err != nil {
		return undefined(), err
	}
	passes, err := r.test(n.name, in, a)
	return r.made(passes, a, err)
}

func (n attributeNode) eval(r *run, s *scope) (value, error) {
	in, err := r.eval(n.of, s)
	if err == nil {
		err = r.step()
	}
	if err != nil {
		return undefined(), err
	}
	return attribute(in, n.name)
}

func (n itemNode) eval(r *run, s *scope) (value, error) {
	both, err := r.all([]node{n.of, n.key}, s)
	if err == nil {
		err = r.step()
	}
	if err != nil {
		return undefined(), err
	}
	return r.item(both[0], both[1])
}

func (n sliceNode) eval(r *run, s *scope) (value, error) {
	in, err := r.eval(n.of, s)
	if err != nil {
		return undefined(), err
	}
	bounds := [3]value{{none}, {none}, {none}}
	for i, bound := range n.bounds {
		if bound == nil {
			continue
		}
		if bounds[i], err = r.eval(bound, s); err != nil {
			return undefined(), err
		}
	}
	if err := r.step(); err != nil {
		return undefined(), err
	}
	out, err := r.slice(in, bounds[0], bounds[1], bounds[2])
	return r.made(out, nil, err)
}

func (n methodNode) eval(r *run, s *scope) (value, error) {
	in, a, err := r.called(n.of, n.args, s)
	if err != nil {
		return undefined(), err
	}
	var methods map[string]methodFunc
	switch {
	case in.isUndefined():
		return undefined(), fmt.Errorf("%s is asked of what is not there", n.name)
	case in.isString():
		methods = textMethods
	case in.isDict():
		methods = dictMethods
	case in.isList():
		methods = listMethods
	default:
		if _, ok := in.data.(*loop); ok {
			methods = loopMethods
		}
	}
	method, ok := methods[n.name]
	if !ok {
		return undefined(), fmt.Errorf("the method %.40s of %s is not supported", n.name, describe(in))
	}
	out, err := method(r, in, a)
	return r.made(out, a, err)
}

func (n callNode) eval(r *run, s *scope) (value, error) {
	a, err := n.args.eval(r, s)
	if err == nil {
		err = r.step()
	}
	if err != nil {
		return undefined(), err
	}
	out, err := functions[n.name](r, a)
	return r.made(out, a, err)
}

// commands does one after the other.
func (r *run) commands(all []command, s *scope) error {
	for _, c := range all {
		if err := r.use(workOfNode); err != nil {
			return err
		}
		if err := c.do(r, s); err != nil {
			return err
		}
	}
	return nil
}

func (c dataCommand) do(r *run, _ *scope) error { return r.write(c.text) }

func (c printCommand) do(r *run, s *scope) error {
	v, err := r.eval(c.of, s)
	if err == nil {
		err = r.step()
	}
	if err != nil {
		return err
	}
	text := str(v)
	if len(text) > mostText {
		return errValue
	}
	return r.write(text)
}

func (c ifCommand) do(r *run, s *scope) error {
	for i, n := range c.when {
		v, err := r.eval(n, s)
		if err != nil {
			return err
		}
		if v.isTrue() {
			return r.commands(c.then[i], s)
		}
	}
	return r.commands(c.otherwise, s)
}

func (c setCommand) do(r *run, s *scope) error {
	if err := r.step(); err != nil {
		return err
	}
	var v value
	var err error
	if c.to != nil {
		v, err = r.eval(c.to, s)
	} else {
		var text string
		text, err = r.capture(func() error { return r.commands(c.body, s.inner()) })
		v = value{text}
	}
	if err != nil {
		return err
	}
	if c.attribute == "" {
		s.names[c.name] = v
		return r.hold(v)
	}
	to, ok := s.get(c.name).data.(*space)
	if !ok {
		return fmt.Errorf("an attribute is set of %s, and not of a namespace", describe(s.get(c.name)))
	}
	to.values[c.attribute] = v
	return r.hold(value{to})
}

func (c jump) do(*run, *scope) error { return &jumped{c} }

// jumped is how a jump reaches its loop.
type jumped struct{ jump }

func (*jumped) Error() string { return "a loop goes on, or ends" }
