package engine_test

import (
	"inkling/engine"
	"inkling/engine/enginetest"
)

// countingModel tells of every block that it is given.
type countingModel struct {
	context int
	block   func()
}

func (m countingModel) Vocab() int                     { return enginetest.EndOfText + 1 }
func (m countingModel) Context() int                   { return m.context }
func (m countingModel) NewWorkspace() engine.Workspace { return nil }
func (m countingModel) NewState() engine.State         { return blindState{} }
func (m countingModel) Close()                         {}

func (m countingModel) Forward(engine.Workspace, []engine.Step, []float32) error {
	m.block()
	return nil
}

// blindState remembers nothing.
type blindState struct{}

func (blindState) Truncate(int)         {}
func (s blindState) Fork() engine.State { return s }
