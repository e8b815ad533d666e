package cli

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/charmbracelet/x/term"
)

// terminal reports whether a stream is one.
func terminal(stream any) bool {
	file, ok := stream.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(file.Fd())
}

// text is what a command works on: its arguments with spaces between them or, without any, all of standard input. Among the
// arguments before "--" one that is "-" stands for standard input. read makes text of what stands there; what names it in
// errors.
func (a *app) text(args []string, what string, read func(data []byte) (string, error)) (string, error) {
	before := args
	if a.dash >= 0 {
		before = args[:min(a.dash, len(args))]
	}
	at := slices.Index(before, "-")
	if len(args) > 0 && at < 0 {
		return strings.Join(args, " "), nil
	}
	if at >= 0 && slices.Contains(before[at+1:], "-") {
		return "", usage(`found "-" twice, expected it once: it stands for all of standard input`)
	}
	if terminal(a.In) {
		return "", usage("no %s: give it as an argument, or pipe it in", what)
	}
	if closed(a.In) {
		return "", fmt.Errorf("no %s: standard input is closed; give it as an argument, or pipe it in", what)
	}
	data, err := io.ReadAll(a.In)
	if err != nil {
		return "", fmt.Errorf("cannot read the %s from standard input: %w", what, bare(err))
	}
	text, err := read(data)
	if err != nil {
		return "", fmt.Errorf("cannot read the %s from standard input: %w", what, err)
	}
	if at < 0 {
		return text, nil
	}
	args = slices.Clone(args)
	args[at] = text
	return strings.Join(args, " "), nil
}

// asItIs is input to the last byte.
func asItIs(data []byte) (string, error) { return string(data), nil }

// written is input that somebody has written: without the mark that some editors put before a text, and without the line
// break at its end, which belongs to the line and not to the text. UTF-16 is read where its mark says that it is.
func written(data []byte) (string, error) {
	text, err := decoded(data)
	if cut, ok := strings.CutSuffix(text, "\n"); ok {
		text = strings.TrimSuffix(cut, "\r")
	}
	return text, err
}

// decoded is input in UTF-8, or in UTF-16 with a byte order mark (RFC 2781, section 3.2).
func decoded(data []byte) (string, error) {
	const remedy = `convert it first, as with "iconv -t utf-8"`
	mark := func(bytes string) bool { return strings.HasPrefix(string(data[:min(len(data), 4)]), bytes) }
	switch {
	case mark("\xff\xfe\x00\x00"), mark("\x00\x00\xfe\xff"):
		return "", fmt.Errorf("found UTF-32, expected UTF-8; %s", remedy)
	case mark("\xff\xfe"):
		return utf16Text(data[2:], binary.LittleEndian)
	case mark("\xfe\xff"):
		return utf16Text(data[2:], binary.BigEndian)
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	if zeros := strings.Count(text, "\x00"); zeros > 0 && zeros >= len(text)/3 {
		return "", fmt.Errorf("found UTF-16 without a byte order mark, expected UTF-8; %s", remedy)
	}
	for i, r := range text {
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd") {
			return "", fmt.Errorf("found the byte 0x%02x at %d, expected UTF-8; %s", text[i], i+1, remedy)
		}
	}
	return text, nil
}

func utf16Text(data []byte, order binary.ByteOrder) (string, error) {
	if len(data)%2 != 0 {
		return "", errors.New("found UTF-16 that ends within a character, expected all of it")
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units)), nil
}

// closed reports whether a stream is the null device, which is also what Go opens in place of a closed standard input.
func closed(stream any) bool {
	file, ok := stream.(*os.File)
	if !ok {
		return false
	}
	found, err := file.Stat()
	if err != nil {
		return true
	}
	null, err := os.Stat(os.DevNull)
	return err == nil && os.SameFile(found, null)
}

// outputError says that standard output does not take what is written to it.
func outputError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.EPIPE):
		return errUnread
	}
	return fmt.Errorf("cannot write to standard output: %w", bare(err))
}

// bare leaves the operation and the file name ("write /dev/stdout") out of an error.
func bare(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	return err
}
