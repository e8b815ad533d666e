package gpt2

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"inkling/engine/kernel"
)

// Tensors gives a model's weights by their names in transformers, without the prefix "transformer.". Its methods may be called
// from several goroutines.
type Tensors interface {
	Has(name string) bool
	// Check returns an error when the tensor is missing or has another shape.
	Check(name string, shape ...int) error
	// Rows reads rows lo..hi-1 of a tensor, along its first dimension, to dst as float32.
	Rows(name string, lo, hi int, dst []float32) error
	// Transposed reports whether the matrix of a linear layer has a row for each input (in, out), as a Conv1D of
	// transformers has, and not one for each output (out, in).
	Transposed(name string) bool
}

// Tie settles whether the model has an output head of its own: it has one where there is a lm_head.weight that differs
// from the token embedding. Without a lm_head.weight the head is the token embedding, unless the configuration forbids that.
func (c Config) Tie(t Tensors, pool *kernel.Pool) (Config, error) {
	if !t.Has(headName) {
		if !c.Tied {
			return c, t.Check(headName, c.Vocab, c.Width) // tells that it is missing
		}
		return c, nil
	}
	for _, name := range []string{headName, tokensName} {
		if err := t.Check(name, c.Vocab, c.Width); err != nil {
			return c, err
		}
	}
	l := newLoader(c, t, pool)
	var differs atomic.Bool
	for lo := 0; lo < c.Vocab; lo += rowsAtOnce {
		hi := min(lo+rowsAtOnce, c.Vocab)
		l.pieces = append(l.pieces, func(thread int) error {
			head, token := l.buffer(thread, 2*(hi-lo)*c.Width), []float32(nil)
			head, token = head[:(hi-lo)*c.Width], head[(hi-lo)*c.Width:]
			if err := l.tensors.Rows(headName, lo, hi, head); err != nil {
				return err
			}
			if err := l.tensors.Rows(tokensName, lo, hi, token); err != nil {
				return err
			}
			if !slices.Equal(head, token) {
				differs.Store(true)
				return errStop
			}
			return nil
		})
	}
	err := l.run()
	c.Tied = !differs.Load()
	return c, err
}

const (
	tokensName = "wte.weight"
	headName   = "lm_head.weight"
)

// Load reads the weights of the model into its memory, on all threads of the pool: piece by piece, so that beside the memory
// only some rows of a tensor are held.
func (m *Model) Load(t Tensors) error {
	l := newLoader(m.Config, t, m.pool)
	parts := m.parts()
	for i, tensor := range m.Tensors() {
		switch tensor.Kind {
		case Embedding:
			l.rows(tensor.Name, *parts[i].matrix)
		case Linear:
			l.linear(tensor.Name, *parts[i].matrix)
		case Floats:
			l.floats(tensor.Name, *parts[i].floats, tensor.Shape...)
		}
	}
	return l.run()
}

// rowsAtOnce is how many rows of a tensor are read at once: 32 inputs of a Conv1D are one block of columns, and 96 KiB of
// an embedding of width 768.
const rowsAtOnce = 32

// loader collects the pieces that there are to read, then reads them.
type loader struct {
	tensors Tensors
	pool    *kernel.Pool
	pieces  []func(thread int) error
	buffers [][]float32 // for each thread

	mu  sync.Mutex
	err error // the first
}

func newLoader(c Config, t Tensors, pool *kernel.Pool) *loader {
	return &loader{tensors: t, pool: pool, buffers: make([][]float32, pool.Threads())}
}

// buffer is room for n numbers, until the thread's next piece.
func (l *loader) buffer(thread, n int) []float32 {
	l.buffers[thread] = slices.Grow(l.buffers[thread][:0], n)[:n]
	return l.buffers[thread]
}

// check keeps the first error, so that the list of tensors reads as a list.
func (l *loader) check(name string, shape ...int) {
	if l.err == nil {
		l.err = l.tensors.Check(name, shape...)
	}
}

func (l *loader) floats(name string, dst []float32, shape ...int) {
	l.check(name, shape...)
	l.pieces = append(l.pieces, func(int) error { return l.read(name, 0, shape[0], dst) })
}

// read reads rows of a tensor, which have to be numbers.
func (l *loader) read(name string, lo, hi int, dst []float32) error {
	if err := l.tensors.Rows(name, lo, hi, dst); err != nil {
		return err
	}
	if finite(dst) {
		return nil
	}
	i := slices.IndexFunc(dst, func(x float32) bool { return x-x != 0 })
	return &DamagedError{Tensor: name, Row: lo + i/(len(dst)/(hi-lo)), Value: dst[i]}
}

// A DamagedError says that weights are no numbers.
type DamagedError struct {
	Tensor string
	Row    int
	Value  float32 // NaN, or infinite
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("tensor %s: found %v in row %d, expected numbers; the weights are damaged, download the model again", e.Tensor, e.Value, e.Row)
}

// finite reports whether none of the numbers is NaN or infinite.
func finite(x []float32) bool {
	var a, b, c, d float32 // 0, or NaN
	for ; len(x) >= 4; x = x[4:] {
		a += x[0] - x[0]
		b += x[1] - x[1]
		c += x[2] - x[2]
		d += x[3] - x[3]
	}
	for _, v := range x {
		a += v - v
	}
	return a+b+c+d == 0
}

// rows reads a matrix that is stored row by row.
func (l *loader) rows(name string, m *kernel.Matrix) {
	l.check(name, m.Rows, m.Cols)
	for lo := 0; lo < m.Rows; lo += rowsAtOnce {
		hi := min(lo+rowsAtOnce, m.Rows)
		l.pieces = append(l.pieces, func(thread int) error {
			w := l.buffer(thread, (hi-lo)*m.Cols)
			if err := l.read(name, lo, hi, w); err != nil {
				return err
			}
			m.SetRows(lo, w)
			return nil
		})
	}
}

// linear reads the matrix of a linear layer, whichever way round it is stored.
func (l *loader) linear(name string, m *kernel.Matrix) {
	if l.tensors.Transposed(name) {
		l.columns(name, m)
	} else {
		l.rows(name, m)
	}
}

// columns reads a matrix that is stored column by column.
func (l *loader) columns(name string, m *kernel.Matrix) {
	l.check(name, m.Cols, m.Rows)
	for lo := 0; lo < m.Cols; lo += rowsAtOnce {
		hi := min(lo+rowsAtOnce, m.Cols)
		l.pieces = append(l.pieces, func(thread int) error {
			w := l.buffer(thread, (hi-lo)*m.Rows)
			if err := l.read(name, lo, hi, w); err != nil {
				return err
			}
			m.SetColumns(lo, w)
			return nil
		})
	}
}

// errStop ends the reading without being an error.
var errStop = errors.New("stop")

// run reads all pieces.
func (l *loader) run() error {
	if l.err == nil {
		l.pool.Run(len(l.pieces), 1, l)
	}
	if l.err == errStop {
		return nil
	}
	return l.err
}

// Do reads the pieces lo..hi-1, unless one has failed before.
func (l *loader) Do(thread, lo, hi int) {
	for _, read := range l.pieces[lo:hi] {
		l.mu.Lock()
		failed := l.err != nil
		l.mu.Unlock()
		if failed {
			return
		}
		if err := read(thread); err != nil {
			l.mu.Lock()
			if l.err == nil {
				l.err = err
			}
			l.mu.Unlock()
		}
	}
}
