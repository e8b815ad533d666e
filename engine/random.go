package engine

import (
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"slices"
	"strings"

	"inkling/engine/bpe"
	"inkling/engine/gpt2"
	"inkling/engine/kernel"
	"inkling/engine/weights"
)

// randomSizes are those of the GPT-2s that were published (Radford et al. 2019, table 2).
var randomSizes = map[string]gpt2.Config{
	"gpt2":        published(12, 12, 768),
	"gpt2-medium": published(24, 16, 1024),
	"gpt2-large":  published(36, 20, 1280),
	"gpt2-xl":     published(48, 25, 1600),
}

func published(layers, heads, width int) gpt2.Config {
	return gpt2.Config{Vocab: 50257, Context: 1024, Width: width, Layers: layers, Heads: heads, Inner: 4 * width, Epsilon: 1e-5, Tied: true}
}

// RandomSizes are the names that OpenRandom knows, the smallest model first.
func RandomSizes() []string {
	names := slices.Collect(maps.Keys(randomSizes))
	slices.SortFunc(names, func(a, b string) int { return randomSizes[a].Width - randomSizes[b].Width })
	return names
}

// OpenRandom makes up a model of the size of a GPT-2 ("gpt2", "gpt2-medium", "gpt2-large" or "gpt2-xl"), always the same
// one. It is as fast as the real one and writes nonsense; its tokenizer has a piece for every byte and no merges. folder is
// where its weights may be kept on disk, as o.Cache says; "" for nowhere.
func OpenRandom(size, folder string, o Options) (*Model, error) {
	config, ok := randomSizes[size]
	if !ok {
		return nil, fmt.Errorf("no random model %q, expected %s", size, strings.Join(RandomSizes(), ", "))
	}
	return openRandom(size, config, folder, o)
}

func openRandom(size string, config gpt2.Config, folder string, o Options) (*Model, error) {
	level, err := Kernel()
	if err != nil {
		return nil, err
	}
	format, err := o.format()
	if err != nil {
		return nil, err
	}
	name := "random " + size
	from := origin{name: name, tensors: randomTensors{}, caching: o.Cache}
	if folder != "" && format != kernel.F32 {
		from.store = &cacheStore{&cachePlace{base: "random-" + size, folders: []string{folder}}, format, nil}
	}
	tokenizer, err := madeUpTokenizer(config.Vocab)
	if err != nil {
		return nil, err
	}
	network, err := openNetwork(from, config, format, o.threads())
	if err != nil {
		return nil, err
	}
	info := Info{Name: name, Kernel: level}
	network.describe(&info)
	return New(network, tokenizer, info), nil
}

// madeUpTokenizer has the 256 bytes, then numbers in brackets, and end-of-text last, as GPT-2's.
func madeUpTokenizer(vocab int) (*bpe.Tokenizer, error) {
	pieces := make(map[string]int, vocab)
	for id := range vocab - 1 {
		if id < 256 {
			pieces[string(bpe.Letter(byte(id)))] = id
		} else {
			pieces[fmt.Sprintf("[%d]", id)] = id
		}
	}
	return bpe.New(pieces, nil, map[string]int{weights.EndOfText: vocab - 1})
}

// randomTensors makes weights up as they are asked for: drawn from something like a normal distribution, with the mean and
// about the deviation that GPT-2's have before training. What a number is depends on its place alone.
type randomTensors struct{}

// Has says no to the one tensor that is asked for: the output head is the token embedding.
func (randomTensors) Has(string) bool { return false }

// Check finds any shape right.
func (randomTensors) Check(string, ...int) error { return nil }

// Transposed is true: the matrices of linear layers are stored as in the files of GPT-2.
func (randomTensors) Transposed(string) bool { return true }

func (randomTensors) Rows(name string, lo, hi int, dst []float32) error {
	hash := fnv.New64a()
	hash.Write([]byte(name))
	mean, deviation := float32(0), float32(0.02)
	if strings.Contains(name, "ln_") && strings.HasSuffix(name, ".weight") {
		mean = 1
	}
	if hi > lo {
		fillNormal(dst, hash.Sum64(), lo*(len(dst)/(hi-lo)), mean, deviation)
	}
	return nil
}

// fillNormal sets dst to the numbers from..from+len(dst)-1 of a sequence. Two come from each 64 random bits: sums of four
// bytes, whose distribution is close to normal (Irwin-Hall).
func fillNormal(dst []float32, seed uint64, from int, mean, deviation float32) {
	const center = 4 * 255.0 / 2
	scale := deviation / float32(math.Sqrt(4*(256*256-1)/12.0)) // a byte's variance is (256²-1)/12
	number := func(sum uint64) float32 { return mean + (float32(int32(sum))-center)*scale }
	i := 0
	if from%2 == 1 && len(dst) > 0 {
		_, second := sums(seed, from/2)
		dst[0] = number(second)
		i = 1
	}
	for ; i+1 < len(dst); i += 2 {
		first, second := sums(seed, (from+i)/2)
		dst[i], dst[i+1] = number(first), number(second)
	}
	if i < len(dst) {
		first, _ := sums(seed, (from+i)/2)
		dst[i] = number(first)
	}
}

// sums are the sums of the even and of the odd pairs of bytes of the n-th output of SplitMix64 (Steele, Lea, Flood 2014,
// "Fast Splittable Pseudorandom Number Generators").
func sums(seed uint64, n int) (first, second uint64) {
	z := seed + uint64(n+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	z ^= z >> 31
	const bytes, pairs = 0x00ff00ff00ff00ff, 0x0000ffff0000ffff
	z = z&bytes + z>>8&bytes
	z = z&pairs + z>>16&pairs
	return z & 0xffffffff, z >> 32
}
