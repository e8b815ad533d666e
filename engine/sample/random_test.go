package sample

import "testing"

// The known answers are those that the authors of Philox publish with Random123 (kat_vectors, philox4x32 10).
func TestPhiloxGivesThePublishedNumbers(t *testing.T) {
	const ones = 0xffffffff
	for _, c := range []struct {
		counter [4]uint32
		key     [2]uint32
		want    [4]uint32
	}{
		{[4]uint32{}, [2]uint32{}, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{ones, ones, ones, ones}, [2]uint32{ones, ones}, [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [2]uint32{0xa4093822, 0x299f31d0},
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		if got := philox(c.counter, c.key); got != c.want {
			t.Errorf("counter %08x, key %08x: %08x, want %08x", c.counter, c.key, got, c.want)
		}
	}
}

// Texts are drawn again from these numbers in any version of the program.
func TestUniformStaysWhatItIs(t *testing.T) {
	for r, want := range map[Random]float64{
		{Seed: 7}:              0.9545971261687,
		{Seed: 7, Position: 1}: 0.4069604044303493,
		{Seed: 7, Position: 2}: 0.006075128914893813,
		{Seed: 7, Attempt: 1}:  0.1826928474807763,
	} {
		if got := r.Uniform(forDraw); got != want {
			t.Errorf("%+v: %v, want %v", r, got, want)
		}
	}
}

// Each of the numbers that a place is made of makes another number of it, both halves of the seed too.
func TestUniformDependsOnEverything(t *testing.T) {
	seen := map[float64]string{}
	see := func(name string, u float64) {
		if other, found := seen[u]; found {
			t.Errorf("%s and %s are both %v", name, other, u)
		}
		seen[u] = name
	}
	see("zero", Random{}.Uniform(forDraw))
	see("seed, low half", Random{Seed: 1}.Uniform(forDraw))
	see("seed, high half", Random{Seed: 1 << 32}.Uniform(forDraw))
	see("attempt", Random{Attempt: 1}.Uniform(forDraw))
	see("position", Random{Position: 1}.Uniform(forDraw))
	see("purpose", Random{}.Uniform(forXTC))
}

// The numbers of neighbouring places are spread evenly, along each of the three directions (chi-square).
func TestUniformIsUniform(t *testing.T) {
	const cells, draws = 64, 20000
	for name, at := range map[string]func(i uint32) Random{
		"positions": func(i uint32) Random { return Random{Seed: 3, Position: i} },
		"attempts":  func(i uint32) Random { return Random{Seed: 3, Attempt: i} },
		"seeds":     func(i uint32) Random { return Random{Seed: uint64(i)} },
	} {
		observed, even := make([]int, cells), make([]float64, cells)
		for i := range uint32(draws) {
			observed[int(at(i).Uniform(forDraw)*cells)]++
		}
		for i := range even {
			even[i] = 1.0 / cells
		}
		t.Run(name, func(t *testing.T) { checkFit(t, observed, even, draws) })
	}
}
