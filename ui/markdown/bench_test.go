package markdown

import (
	"strings"
	"testing"
)

const benchProse = `The **attention** mechanism lets every token look at the *tokens before it*, and
` + "`softmax`" + ` turns the scores into weights that sum to one. It is not a new idea.

`

var benchThemes = []struct {
	name  string
	theme Theme
}{{"dark", Dark}, {"plain", Plain}}

// repeat returns about size bytes of unit.
func repeat(unit string, size int) string {
	return strings.Repeat(unit, size/len(unit)+1)[:size]
}

func BenchmarkRender(b *testing.B) {
	for _, bench := range benchThemes {
		b.Run("prose 1KB/"+bench.name, func(b *testing.B) {
			r := New(bench.theme)
			source := repeat(benchProse, 1024)
			b.SetBytes(int64(len(source)))
			b.ReportAllocs()
			for b.Loop() {
				r.Render(source, 80)
			}
		})
	}
	b.Run("code 1KB/dark", func(b *testing.B) {
		r := New(Dark)
		source := "```go\n" + repeat("func add(a, b int) int {\n    return a + b // the sum\n}\n\n", 1000) + "\n```"
		b.SetBytes(int64(len(source)))
		b.ReportAllocs()
		for b.Loop() {
			r.Render(source, 80)
		}
	})
}

// BenchmarkStream measures one token at the end of a 4 KB reply, after which
// the interface draws.
func BenchmarkStream(b *testing.B) {
	ends := []struct{ name, text string }{
		{"in a paragraph", benchProse[:150]},
		{"in a long paragraph", strings.ReplaceAll(repeat(benchProse, 1024), "\n\n", "\n")},
		{"in a list of ten", strings.Repeat("- an item with **bold** text, long enough to be wrapped at the width that we have here\n", 10)},
		{"in open code", "```go\n" + repeat("func add(a, b int) int {\n    return a + b // the sum\n}\n\n", 1000)},
		{"after code", "```go\n" + repeat("func add(a, b int) int {\n    return a + b // the sum\n}\n\n", 1000) + "\n```\n\nSo"},
	}
	for _, end := range ends {
		b.Run(end.name, func(b *testing.B) {
			source := repeat(benchProse, 4096-len(end.text)) + "\n\n" + end.text
			tokens := []string{source + " the", source + " the cat"}
			stream := New(Dark).NewStream()
			stream.Render(source, 80)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%len(tokens) == 0 { // back to the shorter text, without starting over
					stream.source = source
				}
				stream.Render(tokens[i%len(tokens)], 80)
			}
		})
	}
}

// BenchmarkReply measures a whole 4 KB reply drawn 30 times a second while 100
// tokens of four bytes arrive in each: 310 calls.
func BenchmarkReply(b *testing.B) {
	source := repeat(benchProse, 4096)
	r := New(Dark)
	b.ReportAllocs()
	for b.Loop() {
		stream := r.NewStream()
		for end := 13; end < len(source); end += 13 {
			stream.Render(source[:end], 80)
		}
	}
}
