package kernel

import (
	"encoding/binary"
	"fmt"
	"math"
	"unsafe"
)

// A Cache holds the keys and values of a sequence in one layer, in float32 or
// quantised to 8 bits (F32 or Q8). For each head the keys are a matrix with a
// row for each position and the values one with a column for each position, so
// that scores and mixed values are products like any other.
//
// In Q8 a key has a scale for every 32 numbers, as a row of any matrix. A value
// has one scale, which stands apart and is multiplied into the weight of its
// position; the scales within the matrix are 1.
type Cache struct {
	heads, width int         // width is that of one head
	keys, values []*Matrix   // (capacity, width) and (width, capacity) for each head
	scales       [][]float32 // (capacity) of the values of each head; nil for F32
}

// CacheUnit is the multiple that capacities are rounded up to, and at which a
// shared beginning may end: a unit of columns.
const CacheUnit = 2 * blockCols

// NewCache returns room for capacity positions.
func NewCache(f Format, capacity, heads, width int) *Cache {
	if f != F32 && f != Q8 {
		panic(fmt.Sprintf("kernel: NewCache: format %v, expected f32 or q8", f))
	}
	capacity = roundUp(capacity, CacheUnit)
	c := &Cache{heads: heads, width: width}
	for range heads {
		keys, _ := NewMatrix(f, capacity, width, nil)
		values, _ := NewMatrix(f, width, capacity, nil)
		c.keys, c.values = append(c.keys, keys), append(c.values, values)
		if f == Q8 {
			c.scales = append(c.scales, make([]float32, capacity))
		}
	}
	return c
}

func roundUp(n, unit int) int { return (n + unit - 1) / unit * unit }

// PositionBytes is how many bytes a position takes in a cache of these sizes.
func PositionBytes(f Format, heads, width int) int {
	bytes := Size(f, panelRows, width)/panelRows + Size(f, width, CacheUnit)/CacheUnit
	if f == Q8 {
		bytes += 4 // the scale of the value
	}
	return heads * bytes
}

// expect fetches the lines that store will write for a position, and those that
// the values begin with: some 50, which otherwise are waited for one by one. All
// of the cache has left the processor's own since the last token. In Q4 at
// position 100 a token of GPT-2 124M takes 8% less time with it.
func (c *Cache) expect(h, position int) {
	if c.scales == nil {
		return
	}
	const line, begin = 64, 8
	keys := c.keys[h].panel(position)
	prefetch(unsafe.Pointer(&keys[0]), line, len(keys)/line)
	for i := 0; i < c.width; i += panelRows {
		prefetch(unsafe.Pointer(&c.value(h, position, i)[0]), line, 1)
		prefetch(unsafe.Pointer(&c.values[h].panel(i)[0]), line, begin)
	}
}

// store sets the key and value of a position for head h. In Q8 it packs a block
// in packed, whose use ends with it.
func (c *Cache) store(packed []byte, h, position int, key, value []float32) {
	keys, values := c.keys[h], c.values[h]
	if c.scales == nil {
		w := floats(keys.panel(position))[position%panelRows:]
		for i, v := range key {
			w[i*panelRows] = v
		}
		for i := 0; i < len(value); i += panelRows {
			copy(floats(values.panel(i))[position*panelRows:], value[i:min(i+panelRows, len(value))])
		}
		return
	}
	packed = packed[:packedSize]
	for i := 0; i < len(key); i += blockCols {
		active.pack(packed, key[i:min(i+blockCols, len(key))])
		scale, quants := c.key(h, position, i/blockCols)
		*scale = ToHalf(math.Float32frombits(binary.LittleEndian.Uint32(packed[packedScale:])))
		for g := range blockCols / groupCols {
			group := binary.LittleEndian.Uint32(packed[packedQuants+g*groupCols:])
			binary.LittleEndian.PutUint32(quants[g*panelRows*groupCols:], group)
		}
	}
	c.begin(h, position)
	largest := largestOf(value)
	inverse := float32(0)
	if c.scales[h][position] = 0; !(largest < tiny) {
		c.scales[h][position], inverse = largest/127, 127/largest
	}
	for i := 0; i < len(value); i += panelRows {
		quants := (*[(panelRows-1)*groupCols + 1]byte)(c.value(h, position, i))
		for r, v := range value[i:min(i+panelRows, len(value))] {
			quants[r*groupCols] = byte(int32(math.Float32bits(float32(v*inverse)+roundingBias)) - roundingBiasBits)
		}
	}
}

// largestOf is the largest absolute value. As integers NaN is above all, as in
// encodeQ8. Four maxima go on side by side.
func largestOf(x []float32) float32 {
	const absolute = 1<<31 - 1
	var a, b, c, d uint32
	for ; len(x) >= 4; x = x[4:] {
		a = max(a, math.Float32bits(x[0])&absolute)
		b = max(b, math.Float32bits(x[1])&absolute)
		c = max(c, math.Float32bits(x[2])&absolute)
		d = max(d, math.Float32bits(x[3])&absolute)
	}
	for _, v := range x {
		a = max(a, math.Float32bits(v)&absolute)
	}
	return math.Float32frombits(max(a, b, c, d))
}

// key finds the scale of a block of the key of a position, and its bytes: four
// of them every 64.
func (c *Cache) key(h, position, block int) (scale *uint16, quants []byte) {
	scales, all := q8Block(c.keys[h].panel(position), block)
	r := position % panelRows
	return &scales[r], all[r*groupCols:]
}

// value finds the bytes of the value of a position from number i on, where a
// panel begins: one of them every four.
func (c *Cache) value(h, position, i int) (quants []byte) {
	_, all := q8Block(c.values[h].panel(i), position/blockCols)
	column := position % blockCols
	return all[column/groupCols*panelRows*groupCols+column%groupCols:]
}

// begin sets the scales in the matrix of values, with the first position of a
// block.
func (c *Cache) begin(h, position int) {
	if position%blockCols != 0 {
		return
	}
	for i := 0; i < c.width; i += panelRows {
		scales, _ := q8Block(c.values[h].panel(i), position/blockCols)
		for r := range scales {
			scales[r] = 0x3c00 // 1 in binary16
		}
	}
}

// Copy sets positions 0..n-1 to positions from..from+n-1 of other, which has
// the same shape.
func (c *Cache) Copy(other *Cache, from, n int) {
	for h := range c.heads {
		for to := range n {
			c.copyPosition(other, h, to, from+to)
		}
	}
}

func (c *Cache) copyPosition(other *Cache, h, to, from int) {
	if c.scales == nil {
		key, w := floats(c.keys[h].panel(to))[to%panelRows:], floats(other.keys[h].panel(from))[from%panelRows:]
		for i := range c.width {
			key[i*panelRows] = w[i*panelRows]
		}
		for i := 0; i < c.width; i += panelRows {
			copy(floats(c.values[h].panel(i))[to*panelRows:][:panelRows], floats(other.values[h].panel(i))[from*panelRows:])
		}
		return
	}
	c.begin(h, to)
	c.scales[h][to] = other.scales[h][from]
	for i := 0; i < c.width; i += blockCols {
		scale, quants := c.key(h, to, i/blockCols)
		otherScale, otherQuants := other.key(h, from, i/blockCols)
		*scale = *otherScale
		for g := range blockCols / groupCols {
			copy(quants[g*panelRows*groupCols:][:groupCols], otherQuants[g*panelRows*groupCols:])
		}
	}
	for i := 0; i < c.width; i += panelRows {
		quants, otherQuants := c.value(h, to, i), other.value(h, from, i)
		for r := range panelRows {
			quants[r*groupCols] = otherQuants[r*groupCols]
		}
	}
}
