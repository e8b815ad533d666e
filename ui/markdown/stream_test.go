package markdown

import (
	"slices"
	"strings"
	"testing"
)

// At every moment a stream shows what Render would show of the text so far.
func TestStreamShowsWhatRenderShows(t *testing.T) {
	for name, source := range shapes {
		t.Run(name, func(t *testing.T) {
			for _, theme := range []Theme{Plain, Dark} {
				r := New(theme)
				for _, width := range []int{12, 40} {
					stream := r.NewStream()
					for end := range source {
						if theme != Plain && end%5 != 0 {
							continue
						}
						got := stream.Render(source[:end], width)
						if want := r.Render(source[:end], width); !slices.Equal(strip(got), strip(want)) {
							t.Fatalf("after %q the stream shows\n%s\nwant\n%s", source[:end], plainText(got), plainText(want))
						}
					}
					got := stream.Render(source, width)
					if want := r.Render(source, width); !slices.Equal(strip(got), strip(want)) {
						t.Errorf("at the end the stream shows\n%s\nwant\n%s", plainText(got), plainText(want))
					}
				}
			}
		})
	}
}

func TestStreamStartsOver(t *testing.T) {
	r := New(Plain)
	stream := r.NewStream()
	steps := []struct {
		source string
		width  int
	}{
		{"one\n\ntwo two two\n\nthree", 20},
		{"one\n\ntwo two two\n\nthree", 5},
		{"one\n\nTWO\n\nthree four", 5},
		{"one", 5},
		{"", 5},
		{"one\n\n> two", 5},
	}
	for _, step := range steps {
		got, want := stream.Render(step.source, step.width), r.Render(step.source, step.width)
		if !slices.Equal(got, want) {
			t.Errorf("Stream shows %q, want %q", got, want)
		}
	}
}

func TestStreamLinesBelongToTheCaller(t *testing.T) {
	stream := New(Plain).NewStream()
	first := stream.Render("one\n\ntwo\n\nth", 20)
	kept := slices.Clone(first)
	second := stream.Render("one\n\ntwo\n\nthree\n\nfour", 20)
	if !slices.Equal(first, kept) {
		t.Errorf("lines changed from %q to %q", kept, first)
	}
	first[0] = "changed"
	if second[0] != "one" || stream.Render("one\n\ntwo\n\nthree\n\nfour!", 20)[0] != "one" {
		t.Errorf("a change to the lines of one call shows in others")
	}
}

// Ended blocks are not rendered again: with a renderer that fails from then
// on, they still look as before.
func TestStreamRendersEndedBlocksOnce(t *testing.T) {
	r := New(Dark)
	stream := r.NewStream()
	source := "**one**\n\n**two**\n\n**three**"
	before := stream.Render(source, 40)
	r.leaf = broken{func() error { panic("rendered") }}
	after := stream.Render(source+" **four**", 40)
	if !slices.Equal(after[:4], before[:4]) {
		t.Errorf("ended blocks changed from %q to %q", before[:4], after[:4])
	}
	if want := "**three** **four**"; after[4] != want {
		t.Errorf("the last block is %q, want %q from the failing renderer", after[4], want)
	}
}

func TestStreamHighlightsClosedCodeOnly(t *testing.T) {
	r := New(Dark)
	const code = "```go\nfunc f() {}\n```"
	highlighted := r.Render(code, 40)
	stream := r.NewStream()
	if got := stream.Render(strings.TrimSuffix(code, "```"), 40); slices.Equal(got, highlighted) {
		t.Errorf("open code is highlighted: %q", got)
	}
	if got := stream.Render(code+"\ntext", 40); !slices.Equal(got[:1], highlighted) {
		t.Errorf("closed code is %q, want %q", got[:1], highlighted)
	}
}
