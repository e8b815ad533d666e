package sample

// A Random is the randomness of one place: a function of these three numbers alone, so that a token can be drawn again, or another
// one drawn later, without those before it.
type Random struct {
	Seed     uint64
	Attempt  uint32 // counts the texts that are drawn from one prompt with one seed
	Position uint32 // of the token within the reply, from 0
}

// RandomVersion is what records name the randomness of their tokens by. Those of version 1, which say nothing, were drawn from
// the stream of a PCG.
const RandomVersion = 2

// What a number is for, as no two uses may share one.
const (
	forDraw = iota
	forXTC
)

// The multipliers and increments of Philox.
const (
	philoxM0, philoxM1 = 0xD2511F53, 0xCD9E8D57
	philoxW0, philoxW1 = 0x9E3779B9, 0xBB67AE85
)

// Uniform returns a number of [0, 1), a multiple of 2⁻⁵³, for a purpose: its 53 bits are the first of Philox4x32-10 for the key
// Seed, its low half first, and the counter (Position, Attempt, purpose, 0).
func (r Random) Uniform(purpose uint32) float64 {
	x := philox([4]uint32{r.Position, r.Attempt, purpose, 0}, [2]uint32{uint32(r.Seed), uint32(r.Seed >> 32)})
	return float64((uint64(x[0])<<32|uint64(x[1]))>>11) * 0x1p-53
}

// philox is Philox4x32 with ten rounds (Salmon, Moraes, Dror and Shaw 2011, "Parallel Random Numbers: As Easy as 1, 2, 3").
func philox(counter [4]uint32, key [2]uint32) [4]uint32 {
	for range 10 {
		p0, p1 := philoxM0*uint64(counter[0]), philoxM1*uint64(counter[2])
		counter = [4]uint32{
			uint32(p1>>32) ^ counter[1] ^ key[0], uint32(p1),
			uint32(p0>>32) ^ counter[3] ^ key[1], uint32(p0),
		}
		key[0] += philoxW0
		key[1] += philoxW1
	}
	return counter
}
