package kernel

import "fmt"

// Format is how the numbers of a [Matrix] are kept in memory.
type Format uint8

const (
	F32 Format = iota // 32 bits a weight: the reference
	F16               // 16 bits: IEEE 754 binary16
	Q8                // 8.5 bits: blocks of 32 signed bytes with a binary16 scale
	Q4                // 5 bits: blocks of 32 levels with a binary16 scale and offset
)

var formatNames = [...]string{F32: "f32", F16: "f16", Q8: "q8", Q4: "q4"}

// String is the format's name: "f32", "f16", "q8" or "q4".
func (f Format) String() string {
	if int(f) < len(formatNames) {
		return formatNames[f]
	}
	return fmt.Sprintf("Format(%d)", uint8(f))
}

// ParseFormat returns the format of that name.
func ParseFormat(name string) (Format, error) {
	for f, n := range formatNames {
		if n == name {
			return Format(f), nil
		}
	}
	return 0, fmt.Errorf("weight format %q, expected f32, f16, q8 or q4", name)
}

// Integer reports whether matrices of the format are multiplied with
// activations that were quantised to 8 bits.
func (f Format) Integer() bool { return f == Q8 || f == Q4 }
