package session

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"inkling/engine"
	"inkling/engine/hub"
)

// A Choice is a model that can be chosen in a chat.
type Choice struct {
	Name       string    // by which it is opened, and downloaded where it is not here
	Elsewhere  bool      // a service has it
	Here       bool      // all of it is on this machine
	Parameters int64     // 0: not known
	Size       int64     // bytes of all its files; 0: not known
	Begun      bool      // a part of one that is not all here is on this machine
	Licence    string    // "": not known
	Used       time.Time // when it was last read; zero: not known
}

// Figures are the number of parameters and the size in bytes for people; "" for what is not known.
func (c Choice) Figures() (parameters, size string) {
	if c.Parameters != 0 {
		parameters = engine.Info{Parameters: int(c.Parameters)}.Size()
	}
	if c.Size != 0 {
		size = hub.Bytes(c.Size)
	}
	return parameters, size
}

// offered brings the models that there are to choose from.
type offered struct {
	choices []Choice
	err     error
}

func (offered) event() {}

// list lists the models that there are to choose from.
func (s *Slot) list() []Work {
	return []Work{{do: func(context.Context) Event {
		if s.Models == nil {
			return offered{}
		}
		choices, err := s.Models()
		return offered{choices, err}
	}}}
}

// listed shows the models. A cache that cannot be read leaves those that do not need it.
func (s *Slot) listed(e offered) {
	s.fail(e.err)
	all := e.choices
	if info, ok := s.Info(); ok && !slices.ContainsFunc(all, func(c Choice) bool { return (c.Here || c.Elsewhere) && c.Name == info.Name }) {
		all = append([]Choice{{Name: info.Name, Here: s.codec != nil, Elsewhere: s.codec == nil, Parameters: int64(info.Parameters)}}, all...)
	}
	s.tell(Models{all, s})
}

// Models lists the models to choose from.
type Models struct {
	All  []Choice
	slot *Slot
}

// A ModelRow is a model below a heading.
type ModelRow struct {
	Choice
	Heading string
}

// Headings of the list.
const (
	HereHeading      = "On this machine"
	ElsewhereHeading = "Elsewhere"
	ThereHeading     = "To download"
	TypedHeading     = "As typed"
)

// heading is the one that a model stands below.
func (c Choice) heading() string {
	switch {
	case c.Elsewhere:
		return ElsewhereHeading
	case c.Here:
		return HereHeading
	}
	return ThereHeading
}

// Sift works out the rows: the models that have every word of what is typed in their names or licence, and the one that it
// names itself, which is then the chosen one.
func (m Models) Sift(typed string) (rows []ModelRow, chosen int) {
	typed = strings.TrimSpace(typed)
	words := strings.Fields(strings.ToLower(typed))
	for _, heading := range []string{HereHeading, ElsewhereHeading, ThereHeading} {
		for _, c := range m.All {
			known, _ := hub.Lookup(c.Name)
			text := strings.ToLower(c.Name + "\n" + known.ID + "\n" + c.Licence)
			if c.heading() == heading && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
				rows = append(rows, ModelRow{c, heading})
			}
		}
	}
	name, ok := whole(typed)
	if !ok {
		return rows, 0
	}
	chosen = slices.IndexFunc(rows, func(r ModelRow) bool { return r.Name == name })
	if chosen < 0 {
		return append(rows, ModelRow{Choice{Name: name}, TypedHeading}), 0
	}
	return rows, chosen
}

// InUse says whether a chat is with that model.
func (m Models) InUse(c Choice) bool {
	info, ok := m.slot.Info()
	return ok && info.Name == c.Name
}

// Note is what there is to tell of a model besides its figures.
func (m Models) Note(c Choice) string {
	var parts []string
	download := m.slot.download
	switch {
	case download != nil && Same(download.Name, c.Name):
		parts = append(parts, strings.TrimSpace(download.Progress.Share()+" downloading"))
	case m.InUse(c):
		parts = append(parts, "in use")
	case c.Begun:
		parts = append(parts, "partial")
	}
	if c.Licence != "" {
		parts = append(parts, strings.ToLower(c.Licence)) // as the hub writes it
	}
	if c.Here && !c.Used.IsZero() {
		parts = append(parts, "used "+Ago(m.slot.now().Sub(c.Used)))
	}
	return strings.Join(parts, ", ")
}

// Text has a line for each model.
func (m Models) Text() string {
	var b strings.Builder
	heading := ""
	rows, _ := m.Sift("")
	for _, r := range rows {
		if r.Heading != heading {
			heading = r.Heading
			b.WriteString(heading + "\n")
		}
		parameters, size := r.Figures()
		parts := slices.DeleteFunc([]string{parameters, size, m.Note(r.Choice)}, func(s string) bool { return s == "" })
		b.WriteString("  " + r.Name + ": " + cmp.Or(strings.Join(parts, ", "), "size not known") + "\n")
	}
	return b.String() + "/model NAME chooses one; any owner/name of the hub, folder or GGUF file is a name too\n"
}

// Ago says how long something was ago, as people do.
func Ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", d/time.Minute)
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h ago", d/time.Hour)
	case d < 48*time.Hour:
		return "yesterday"
	}
	return fmt.Sprintf("%d days ago", d/(24*time.Hour))
}

// whole is the whole name of the model that somebody types: of the hub, a folder or a file. ok is false while it can be
// none. Folders elsewhere are not looked for: they may be on a disk that does not answer.
func whole(typed string) (name string, ok bool) {
	if typed == "" {
		return "", false
	}
	if filepath.IsAbs(Home(typed)) || strings.HasPrefix(typed, ".") {
		return typed, true
	}
	if ref, err := hub.Parse(typed); err == nil {
		return ref.String(), true
	}
	_, err := os.Stat(typed)
	return typed, err == nil
}

// Same says whether two names mean one model of the hub.
func Same(a, b string) bool {
	x, noX := hub.Parse(a)
	y, noY := hub.Parse(b)
	return a == b || noX == nil && noY == nil && x.String() == y.String()
}

// Home replaces a leading ~ by the user's home directory.
func Home(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	folder, err := os.UserHomeDir()
	if !ok || err != nil {
		return path
	}
	return filepath.Join(folder, rest)
}
