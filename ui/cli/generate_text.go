package cli

import (
	"fmt"
	"io"

	"inkling/engine"
	"inkling/ui/safe"
)

// textWriter writes continuations as they come.
type textWriter struct {
	out   io.Writer
	clean bool // out is a terminal, which gets no control characters
	last  byte // written; 0 for nothing yet
}

func (w *textWriter) begin(index int, seed uint64, attempt uint32) error {
	w.last = 0
	if index == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w.out, "--- %d (seed %d, attempt %d)\n", index+1, seed, attempt)
	return outputError(err)
}

func (w *textWriter) token(t engine.Token) error { return w.write(t.Text) }

func (w *textWriter) end(r engine.Result) error {
	if err := w.write(r.Rest); err != nil || w.last == '\n' {
		return err
	}
	return w.write("\n")
}

func (w *textWriter) write(text string) error {
	if w.clean {
		text = safe.Text(text)
	}
	if text == "" {
		return nil
	}
	w.last = text[len(text)-1]
	_, err := io.WriteString(w.out, text)
	return outputError(err)
}
