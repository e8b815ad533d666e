package markdown

import (
	"slices"
	"strings"
)

// Stream renders a text that grows. Each block is rendered once when it has
// ended; only the last one, which may still change, is rendered anew as it
// grows, and code in it is not highlighted. The lines of a text are otherwise
// those of [Renderer.Render].
type Stream struct {
	r      *Renderer
	source string
	width  int
	done   int      // the bytes of source in blocks that have ended
	lines  []string // of those blocks
	recent map[pending][]string
}

// pending is what the lines of a block that has not ended depend on.
type pending struct {
	text string
	live bool
}

// NewStream returns a stream for one text. Streams share their renderer and so
// are not for concurrent use either.
func (r *Renderer) NewStream() *Stream {
	return &Stream{r: r}
}

// Render returns the lines of source, which is the whole text so far. It is
// cheap when source continues that of the call before and the width is the
// same; otherwise it starts over. The lines are the caller's to keep.
func (s *Stream) Render(source string, width int) []string {
	source = clean(source)
	width = max(width, 1)
	if width != s.width || !strings.HasPrefix(source, s.source) {
		*s = Stream{r: s.r, width: width}
	}
	s.source = source

	chunks := s.r.split(source, s.done)
	complete := strings.LastIndexByte(source, '\n') + 1
	recent := make(map[pending][]string, 2)
	lines := s.lines
	for i, c := range chunks {
		last := i+1 == len(chunks)
		key := pending{c.text, last}
		block, ok := s.recent[key]
		if !ok {
			block = s.r.render(c.text, width, last)
		}
		if lines = appendBlock(lines, block, c.apart); !last && chunks[i+1].start < complete {
			s.lines, s.done = lines, chunks[i+1].start
		} else {
			recent[key] = block
		}
	}
	s.recent = recent
	return slices.Clone(lines)
}
