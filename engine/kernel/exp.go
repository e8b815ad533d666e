package kernel

import "math"

// Exp returns e^x, within 0.51 units in the last place. It is 0 below the
// smallest denormal number and +Inf above the largest finite one.
func Exp(x float32) float32 { return float32(exp(float64(x))) }

// LogSumExp returns log Σ exp(x[i]), with the maximum subtracted first so that
// nothing overflows. It is -Inf for an empty row and for one of nothing but
// -Inf, +Inf where x holds a +Inf, and NaN where it holds a NaN. The error is
// that of exponentials in float32, some 1e-7.
func LogSumExp(x []float32) float64 {
	raceRead(x)
	shift := active.maximum(x)
	if math.IsInf(float64(shift), 0) {
		shift = 0 // Inf - Inf is NaN
	}
	const block = 512 // numbers whose sum is taken in float32
	var sum float64
	for len(x) > 0 {
		n := min(block, len(x))
		sum += float64(active.sumExp(x[:n], shift))
		x = x[n:]
	}
	return float64(shift) + math.Log(sum)
}

// sumExpGeneric returns Σ exp(x[i] - shift).
func sumExpGeneric(x []float32, shift float32) float32 {
	var sum float64
	for _, v := range x {
		sum += float64(Exp(v - shift))
	}
	return float32(sum)
}

// exp is e^x for results that will be rounded to float32: its relative error
// stays under 3e-10, and it is 0 or +Inf beyond the range of float32.
func exp(x float64) float64 {
	switch {
	case x > 89:
		return math.Inf(1)
	case x < -104:
		return 0
	case x != x:
		return x
	}
	// e^x = 2^k e^r with |r| ≤ ln 2 / 2, and e^r by its series.
	k := math.RoundToEven(x * math.Log2E)
	r := x - float64(k*math.Ln2)
	p := float64(r*(1.0/40320)) + 1.0/5040
	p = float64(p*r) + 1.0/720
	p = float64(p*r) + 1.0/120
	p = float64(p*r) + 1.0/24
	p = float64(p*r) + 1.0/6
	p = float64(p*r) + 1.0/2
	p = float64(p*r) + 1
	p = float64(p*r) + 1
	return p * math.Float64frombits(uint64(int64(k)+1023)<<52)
}

// Max returns the largest number of x, passing over NaN; -Inf for none.
func Max(x []float32) float32 {
	raceRead(x)
	return active.maximum(x)
}

// maximumGeneric returns the largest number of x, passing over NaN; -Inf for none.
func maximumGeneric(x []float32) float32 {
	highest := float32(math.Inf(-1))
	for _, v := range x {
		if v > highest {
			highest = v
		}
	}
	return highest
}
