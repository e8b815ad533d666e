package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"inkling/engine"
	"inkling/engine/evaluate"
	"inkling/engine/remote"
)

// scorer is a service that tells how likely the tokens of a given text are.
type scorer interface {
	engine.Engine
	Score(ctx context.Context, text string) (tokens []engine.Token, known []bool, err error)
}

// piecesOf is how many bytes a token has, about, and usualPiece how many tokens a piece where the service does not tell its context.
const piecesOf, usualPiece = 3, 512

// elsewhere has a service score a text, piece by piece: its tokenizer is not known here. The first token of each piece is not scored,
// unless the service has something before it.
func (e *evaluation) elsewhere(ctx context.Context, a *app, service scorer, file string) error {
	for _, flag := range []string{"task", "stride", "context"} {
		if e.given(flag) {
			return usage("--%s is not available with a service", flag)
		}
	}
	text, err := readFile(a.In, file, longest)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal ends the process, whatever it waits for
	window := service.Info().Context
	if window == 0 {
		window = usualPiece
	}
	result := evaluate.Result{Words: len(strings.Fields(text)), Bytes: len(text)}
	report := report{info: service.Info(), file: file}
	meter := newEvalMeter(a.line())
	defer meter.end()
	start := time.Now()
	for size, rest := piecesOf*window, text; rest != ""; {
		piece := first(rest, size)
		tokens, known, err := service.Score(ctx, piece)
		if remote.TooLong(err) && size > 1 {
			size /= 2
			continue
		}
		report.result = result
		switch {
		case ctx.Err() != nil:
			meter.end()
			if err := report.partial(a.Err); err != nil {
				return err
			}
			return errInterrupted
		case err != nil:
			return err
		}
		for i, t := range tokens {
			if result.Tokens++; known[i] {
				result.Scored++
				result.Loss -= t.Logprob
			}
		}
		rest = rest[len(piece):]
		done := len(text) - len(rest)
		result.ToScore, result.Elapsed = result.Scored*len(text)/max(done, 1), time.Since(start)
		meter.show(result.Scored, result.ToScore, result.Perplexity())
	}
	meter.end()
	if result.Scored == 0 {
		return fmt.Errorf("%s: %w", named(file), errors.New("no token to score; give a longer text"))
	}
	if report.result = result; e.json {
		return report.json(a.Out)
	}
	return report.text(a.Out)
}

// first is the beginning of a text, of so many bytes at most: up to the end of a word where there is one, and never within a rune.
func first(text string, size int) string {
	if len(text) <= size {
		return text
	}
	end := size
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	if at := strings.LastIndexAny(text[:end], " \n"); at > end/2 {
		end = at // the blank begins the next piece, as the tokens of words do
	}
	if end == 0 {
		_, end = utf8.DecodeRuneInString(text)
	}
	return text[:end]
}
