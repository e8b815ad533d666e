package template

import (
	"fmt"

	"github.com/nikolalohinski/gonja/v2/builtins"
	controlStructures "github.com/nikolalohinski/gonja/v2/builtins/control_structures"
	"github.com/nikolalohinski/gonja/v2/exec"
	"github.com/nikolalohinski/gonja/v2/nodes"
	"github.com/nikolalohinski/gonja/v2/parser"
	"github.com/nikolalohinski/gonja/v2/tokens"
)

// statements are those that templates may have.
func statements() *exec.ControlStructureSet {
	set := map[string]parser.ControlStructureParser{"for": parseFor, "set": parseSet}
	for _, name := range []string{"if", "break", "continue"} {
		set[name] = builtin(name)
	}
	return exec.NewControlStructureSet(set)
}

func builtin(name string) parser.ControlStructureParser {
	return func(p, args *parser.Parser) (nodes.ControlStructure, error) {
		parse, ok := builtins.ControlStructures.Get(name)
		if !ok {
			return nil, fmt.Errorf("gonja has no %s", name)
		}
		return parse(p, args)
	}
}

// parseFor is gonja's loop with a step in each round.
func parseFor(p, args *parser.Parser) (nodes.ControlStructure, error) {
	parsed, err := builtin("for")(p, args)
	if err != nil {
		return nil, err
	}
	loop, ok := parsed.(*controlStructures.ForControlStructure)
	if !ok || loop.Recursive {
		return nil, fmt.Errorf("this loop is not supported")
	}
	at := loop.BodyWrapper.Position()
	loop.BodyWrapper.Nodes = append([]nodes.Node{&nodes.ControlStructureBlock{Location: at, Name: "step", ControlStructure: step{at}}}, loop.BodyWrapper.Nodes...)
	return loop, nil
}

// step is a statement that takes a step.
type step struct{ at *tokens.Token }

func (s step) Position() *tokens.Token { return s.at }
func (s step) String() string          { return "step" }

func (s step) Execute(r *exec.Renderer, _ *nodes.ControlStructureBlock) error {
	return budgetOf(r.Environment.Context).step()
}

// parseSet is gonja's assignment, after which the value is measured.
func parseSet(p, args *parser.Parser) (nodes.ControlStructure, error) {
	target := args.Current(tokens.Name)
	parsed, err := builtin("set")(p, args)
	if err != nil {
		return nil, err
	}
	set, ok := parsed.(exec.ControlStructure)
	if !ok || target == nil {
		return nil, fmt.Errorf("this assignment is not supported")
	}
	return measured{set, target.Val}, nil
}

type measured struct {
	exec.ControlStructure
	name string // of the variable that is set, or that has the attribute that is
}

func (m measured) Execute(r *exec.Renderer, block *nodes.ControlStructureBlock) error {
	b := budgetOf(r.Environment.Context)
	if err := b.step(); err != nil {
		return err
	}
	if err := m.ControlStructure.Execute(r, block); err != nil {
		return err
	}
	value, _ := r.Environment.Context.Get(m.name)
	return b.hold(exec.ToValue(value))
}
