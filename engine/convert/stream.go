package convert

import (
	"fmt"
	"slices"
)

// rowsAtOnce is how many rows of a matrix are in memory: some four megabytes.
func rowsAtOnce(width int) int { return max(1, 1<<20/width) }

// stream hands over all numbers of the tensors in order, in pieces of whole rows. The matrices of linear layers come with a
// row for each output where upright is set, and for each input otherwise.
func (m *model) stream(upright bool, write func([]float32) error) error {
	for _, t := range m.tensors {
		if err := m.checkShape(t); err != nil {
			return err
		}
		if err := m.streamTensor(t, upright, write); err != nil {
			return err
		}
	}
	return nil
}

// checkShape checks that the source has the tensor, in either way round.
func (m *model) checkShape(t tensor) error {
	found, err := m.Shape(t.name)
	if err != nil {
		return err
	}
	want := t.shape
	if t.linear && !m.Transposed(t.name) {
		want = []int{t.shape[1], t.shape[0]}
	}
	if !slices.Equal(found, want) {
		return fmt.Errorf("%s: tensor %s: shape %v, expected %v; the file does not match its configuration", m.name, t.name, found, want)
	}
	return nil
}

func (m *model) streamTensor(t tensor, upright bool, write func([]float32) error) error {
	stored, err := m.Shape(t.name)
	if err != nil {
		return err
	}
	if t.linear && upright == m.Transposed(t.name) {
		// No matrix of a layer is so large that it could not be turned over in memory.
		values, err := m.Tensor(t.name, stored...)
		if err != nil {
			return err
		}
		return m.handOver(transpose(values, stored[0], stored[1]), write)
	}
	width := t.elements() / stored[0]
	n := rowsAtOnce(width)
	buffer := make([]float32, min(n, stored[0])*width)
	for lo := 0; lo < stored[0]; lo += n {
		hi := min(lo+n, stored[0])
		values := buffer[:(hi-lo)*width]
		if err := m.Rows(t.name, lo, hi, values); err != nil {
			return err
		}
		if err := m.handOver(values, write); err != nil {
			return err
		}
	}
	return nil
}

// handOver writes values and tells of the progress.
func (m *model) handOver(values []float32, write func([]float32) error) error {
	if err := m.ctx.Err(); err != nil {
		return err
	}
	if err := write(values); err != nil {
		return err
	}
	m.done += len(values)
	if m.progress != nil {
		m.progress(float64(m.done) / float64(m.elements))
	}
	return nil
}

// transpose turns a (rows, cols) matrix into (cols, rows).
func transpose(x []float32, rows, cols int) []float32 {
	y := make([]float32, len(x))
	for r := range rows {
		for c, v := range x[r*cols : (r+1)*cols] {
			y[c*rows+r] = v
		}
	}
	return y
}
