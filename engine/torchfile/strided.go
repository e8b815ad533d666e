package torchfile

import (
	"slices"

	"inkling/engine/dtype"
)

// readStrided is readRows for elements that do not follow each other in the file, such as those of a transposed matrix. Runs of
// them are read along the axis on which they lie closest.
func (t *Tensor) readStrided(lo, hi int, dst []float32) error {
	shape, strides := slices.Clone(t.Shape), t.strides
	shape[0] = hi - lo
	if len(dst) == 0 {
		return nil
	}
	along, places := 0, make([]int, len(shape)) // places: distance of neighbours in dst
	place := 1
	for i := len(shape) - 1; i >= 0; i-- {
		places[i] = place
		place *= shape[i]
		if shape[i] > 1 && strides[i] > 0 && (shape[along] < 2 || strides[along] == 0 || strides[i] < strides[along]) {
			along = i
		}
	}
	size, decode := dtype.Size(t.DType), dtype.Decoder(t.DType)
	stride, run := strides[along], shape[along]
	step := stride // elements from one of a run to the next, in the buffer
	whole := 1     // elements of a run that are read at once
	if stride*size <= chunk/2 {
		whole = max(1, int(min(int64(run), chunk/(size*max(stride, 1)))))
	}
	buffer, values := make([]byte, (int64(whole-1)*step+1)*size), make([]float32, int64(whole-1)*step+1)

	index := make([]int, len(shape)) // of the run
	for {
		from, to := t.offset+int64(lo)*strides[0], 0
		for i, n := range index {
			from += int64(n) * strides[i]
			to += n * places[i]
		}
		for done := 0; done < run; done += whole {
			n := min(whole, run-done)
			span := int64(n-1)*step + 1
			if err := readFull(t.file, buffer[:span*size], t.storage.begin+(from+int64(done)*stride)*size); err != nil {
				return err
			}
			decode(values[:span], buffer[:span*size])
			for i := range n {
				dst[to+(done+i)*places[along]] = values[int64(i)*step]
			}
		}
		axis := len(shape) - 1
		for ; axis >= 0; axis-- {
			if axis == along {
				continue
			}
			if index[axis]++; index[axis] < shape[axis] {
				break
			}
			index[axis] = 0
		}
		if axis < 0 {
			return nil
		}
	}
}
