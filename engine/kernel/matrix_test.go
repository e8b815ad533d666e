package kernel

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func rowsOf(m *Matrix) []float32 {
	w := make([]float32, m.Rows*m.Cols)
	for r := range m.Rows {
		m.Row(w[r*m.Cols:][:m.Cols], r)
	}
	return w
}

func TestMatrixKeepsItsWeights(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for f := F32; f <= Q4; f++ {
		for _, shape := range [][2]int{{1, 1}, {15, 31}, {16, 32}, {17, 33}, {50, 100}, {33, 768}} {
			rows, cols := shape[0], shape[1]
			w := normal(random, rows*cols)
			m, err := NewMatrix(f, rows, cols, nil)
			if err != nil {
				t.Fatal(err)
			}
			m.SetRows(0, w)
			got := rowsOf(m)
			for r := range rows {
				for c := 0; c < cols; c += blockCols {
					block := w[r*cols+c : r*cols+min(c+blockCols, cols)]
					var low, high float64
					for _, v := range block {
						low, high = min(low, float64(v)), max(high, float64(v))
					}
					for i, v := range block {
						// Half a step of the format, and the rounding of scale and offset.
						tolerance := map[Format]float64{
							F32: 0,
							F16: math.Abs(float64(v))/2048 + 0x1p-25,
							Q8:  max(high, -low) / 127 * 0.55,
							Q4:  (high - low) / 240 * 15,
						}[f]
						near(t, fmt.Sprintf("%v (%d, %d): w[%d,%d]", f, rows, cols, r, c+i), got[r*cols+c+i], float64(v), tolerance)
					}
				}
			}
		}
	}
}

// The order in which weights come, and in what pieces, does not matter.
func TestMatrixByRowsAndByColumns(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for f := F32; f <= Q4; f++ {
		for _, shape := range [][2]int{{40, 70}, {50, 100}, {64, 64}} {
			rows, cols := shape[0], shape[1]
			w, turned := normal(random, rows*cols), make([]float32, rows*cols)
			for r := range rows {
				for c := range cols {
					turned[c*rows+r] = w[r*cols+c]
				}
			}
			whole, _ := NewMatrix(f, rows, cols, nil)
			whole.SetRows(0, w)
			byRows, _ := NewMatrix(f, rows, cols, nil)
			for r := 0; r < rows; r += panelRows {
				byRows.SetRows(r, w[r*cols:min(r+panelRows, rows)*cols])
			}
			byColumns, _ := NewMatrix(f, rows, cols, nil)
			for c := (cols - 1) / blockCols * blockCols; c >= 0; c -= blockCols {
				byColumns.SetColumns(c, turned[c*rows:min(c+blockCols, cols)*rows])
			}
			if !bytes.Equal(byRows.data, whole.data) || !bytes.Equal(byColumns.data, whole.data) {
				t.Errorf("%v (%d, %d): the data depends on how it came", f, rows, cols)
			}
		}
	}
}

// Where a scale comes to lie under the smallest binary16, 2^-24, weights of
// less than 127/2 of that become 0.
func TestMatrixOfZerosAndOfTinyWeights(t *testing.T) {
	for f := F32; f <= Q4; f++ {
		for _, v := range []float32{0, 1e-7, -1e-7, 1e-30, 1e-44} {
			m, _ := NewMatrix(f, 2, 33, nil)
			w := make([]float32, 2*33)
			for i := range w {
				w[i] = v
			}
			m.SetRows(0, w)
			for i, got := range rowsOf(m) {
				near(t, fmt.Sprintf("%v: w[%d]", f, i), got, float64(v), 127*0x1p-25)
			}
		}
	}
}

func TestNewMatrixRefusesBadMemory(t *testing.T) {
	good := Aligned(Size(Q8, 20, 40) + alignment)
	for name, try := range map[string]func() (*Matrix, error){
		"no rows":    func() (*Matrix, error) { return NewMatrix(F32, 0, 4, nil) },
		"no columns": func() (*Matrix, error) { return NewMatrix(F32, 4, 0, nil) },
		"negative":   func() (*Matrix, error) { return NewMatrix(F32, -4, 4, nil) },
		"too short":  func() (*Matrix, error) { return NewMatrix(Q8, 20, 40, good[:Size(Q8, 20, 40)-1]) },
		"too long":   func() (*Matrix, error) { return NewMatrix(Q8, 20, 40, good) },
		"askew":      func() (*Matrix, error) { return NewMatrix(Q8, 20, 40, good[1:Size(Q8, 20, 40)+1]) },
	} {
		if _, err := try(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestHalf(t *testing.T) {
	for h := range 1 << 16 {
		f := FromHalf(uint16(h))
		back := ToHalf(f)
		if f != f {
			if FromHalf(back) == FromHalf(back) {
				t.Fatalf("%#04x: NaN became %#04x", h, back)
			}
			continue
		}
		if back != uint16(h) {
			t.Fatalf("%#04x is %g and back %#04x", h, f, back)
		}
		// The halves around a float are at most half a step away.
		if next := FromHalf(uint16(h) + 1); next-next == 0 && f-f == 0 {
			middle := (f + next) / 2
			even := uint16(h) + uint16(h)&1
			if got := ToHalf(middle); got != even {
				t.Fatalf("%g, between %#04x and the next, became %#04x, want the even %#04x", middle, h, got, even)
			}
			if got := ToHalf(math.Nextafter32(middle, f)); got != uint16(h) {
				t.Fatalf("just on this side of the middle after %#04x became %#04x", h, got)
			}
		}
	}
	if ToHalf(65519.99) != 0x7bff || ToHalf(65520) != 0x7c00 || ToHalf(-1e30) != 0xfc00 {
		t.Error("the ends of the range")
	}
}

func TestFormatNames(t *testing.T) {
	for f := F32; f <= Q4; f++ {
		if got, err := ParseFormat(f.String()); err != nil || got != f {
			t.Errorf("%v is read as %v, %v", f, got, err)
		}
	}
	if _, err := ParseFormat("q5"); err == nil {
		t.Error("q5 was accepted")
	}
}
