package session

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode"

	"inkling/chat"
	"inkling/engine/sample"
)

// runSave is the command /save: it writes the conversation to a file that does not exist yet.
func runSave(s *Session, arg string) []Work {
	if s.Chat.conv.Leaf() == nil {
		s.say("nothing to save yet")
		return nil
	}
	o := chat.ExportOptions{Describe: Made}
	words := strings.Fields(arg)
	name := arg
	if n := len(words); n > 0 && words[n-1] == "--bare" {
		o.Bare, name = true, strings.TrimSpace(strings.TrimSuffix(arg, "--bare"))
	}
	switch {
	case name == "":
		name = freeName(s.Chat.conv.Title)
	case filepath.Ext(name) == "":
		name += ".md"
	}
	name = Home(name)
	var err error
	if o.Kind, err = chat.ExportKind(name); s.fail(err) {
		return nil
	}
	conv, err := s.Chat.conv.Clone()
	if s.fail(err) {
		return nil
	}
	what := exportOf(s.Chat.conv)
	return []Work{s.Chat.ask(conv.ID, func(ctx context.Context) Event {
		record, err := chat.Whole(ctx, s.Chat.store, conv, o.Kind == "json" || o.Kind == "html")
		if err != nil {
			record = chat.Record{Conversation: conv} // a store that fails is the reason to save it elsewhere
		}
		o.Piece = chat.Pieces(ctx, s.Chat.store)
		var text bytes.Buffer
		if err = chat.Export(&text, record, o); err == nil {
			err = chat.WriteNew(name, text.Bytes())
		}
		switch {
		case errors.Is(err, fs.ErrExist):
			return Notice{Words: name + " already exists; choose another name", Problem: true}
		case err != nil:
			return Notice{Words: "not saved: " + err.Error(), Problem: true}
		}
		if whole, err := filepath.Abs(name); err == nil {
			name = whole
		}
		return exported{what, name}
	})}
}

// exported says that the chat was written to a file.
type exported struct {
	what export
	name string
}

func (exported) event() {}

// Made says what parameters of a reply were that change something.
func Made(params json.RawMessage) (facts []string) {
	var p sample.Params
	if json.Unmarshal(params, &p) != nil {
		return nil
	}
	for _, row := range sample.Table() {
		if row.Step != 0 && !row.IsOff(&p) && !(row.Key == "max_tokens" || row.Key == "min_tokens" || row.Key == "pace") {
			facts = append(facts, row.Key+" "+row.Text(&p))
		}
	}
	return facts
}

// mostImported is the size of the largest file that is read.
const mostImported = 1 << 30

// Import puts the chat of a file into a store and returns its ID.
func Import(ctx context.Context, store chat.Store, name string) (id string, err error) {
	info, err := os.Stat(name)
	if err != nil {
		return "", fmt.Errorf("%s: %s", name, cause(err))
	}
	if !info.Mode().IsRegular() || info.Size() > mostImported {
		return "", fmt.Errorf("%s: found no file of a chat", name)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("%s: %s", name, cause(err))
	}
	now := time.Now()
	record, err := chat.Import(data, now)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	if record.Title == "" {
		record.Title = strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
	}
	return chat.Put(ctx, store, record, chat.NewID(now))
}

// cause is an error of a file without its name.
func cause(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// freeName makes a file name of a title that no file has yet.
func freeName(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		} else if b.Len() > 0 && !strings.HasSuffix(b.String(), "-") {
			b.WriteByte('-')
		}
		if b.Len() > 40 {
			break
		}
	}
	stem := strings.Trim(b.String(), "-")
	if stem == "" {
		stem = "chat"
	}
	name := stem + ".md"
	for n := 2; ; n++ {
		if _, err := os.Lstat(name); err != nil {
			return name
		}
		name = stem + "-" + strconv.Itoa(n) + ".md"
	}
}
