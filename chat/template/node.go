package template

// A node is a part of a program that has a value.
type node interface {
	eval(r *run, s *scope) (value, error)
}

// Nodes. Those that a step is taken for count what they make: see run.made.
type (
	constant  struct{ value value }
	variable  struct{ name string }
	listNode  struct{ items []node }
	dictNode  struct{ keys, values []node }
	condition struct{ when, then, otherwise node }
	logical   struct { // left and right, or left or right
		and         bool
		left, right node
	}
	not    struct{ of node }
	binary struct {
		operator    string
		left, right node
	}
	filterNode struct {
		name string
		of   node
		args argumentNodes
	}
	testNode struct {
		name string
		of   node
		args argumentNodes
	}
	attributeNode struct {
		of   node
		name string
	}
	itemNode  struct{ of, key node }
	sliceNode struct {
		of     node
		bounds [3]node // nil for none
	}
	methodNode struct {
		of   node
		name string
		args argumentNodes
	}
	callNode struct {
		name string
		args argumentNodes
	}
)

// argumentNodes are the arguments of a call.
type argumentNodes struct {
	places []node
	names  []string
	named  []node // by names
}

// A command is a part of a program that does something.
type command interface {
	do(r *run, s *scope) error
}

type (
	dataCommand  struct{ text string }
	printCommand struct{ of node }
	ifCommand    struct {
		when []node
		then [][]command
		// otherwise is what comes after else.
		otherwise []command
	}
	forCommand struct {
		key, value string // value: "" for one name
		in, filter node   // filter: nil for none
		body       []command
		otherwise  []command
	}
	setCommand struct {
		name, attribute string // attribute: "" for a variable
		to              node   // nil: what body writes
		body            []command
	}
	jump struct{ again bool } // continue, or break
)

// scope is the variables of a loop's round, or of the whole.
type scope struct {
	names map[string]value
	outer *scope
}

func (s *scope) get(name string) value {
	for ; s != nil; s = s.outer {
		if v, ok := s.names[name]; ok {
			return v
		}
	}
	return undefined()
}

func (s *scope) inner() *scope { return &scope{map[string]value{}, s} }
