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

func (m countingModel) Vocab() int             { return enginetest.EndOfText + 1 }
func (m countingModel) Context() int           { return m.context }
func (m countingModel) NewState() engine.State { return &countingState{m: m} }
func (m countingModel) Close()                 {}

type countingState struct {
	m countingModel
	n int
}

func (s *countingState) Truncate(n int) { s.n = min(s.n, n) }
func (s *countingState) Append(ids []int, _ []float32) error {
	s.n += len(ids)
	s.m.block()
	return nil
}
