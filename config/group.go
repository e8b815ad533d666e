package config

import (
	"fmt"
	"slices"

	"inkling/engine/sample"
)

// A Group is a table of the file, [keys], or several with names, [presets.NAME]. Its rows are settings that the file alone
// gives values.
type Group struct {
	Name  string
	Help  string // what it is for, one line, no full stop
	Named bool
	Rows  []Setting
	// Example are lines of TOML for a new file; rows that have a value without the file are not among them.
	Example string
	// Check finds what no row can find alone, such as one key for two actions. The error names the key of the row to blame; nil
	// checks nothing.
	Check func(Section) (key string, err error)
}

// A Section is what the file says in one table of a group.
type Section struct {
	Group, Name string // Name: "" where the group has none
	Entries     []Entry

	begins entry
}

// An Entry is the value of one row.
type Entry struct {
	Key   string
	Value any // as its row has it: string, float64, bool, []string or map[string]string

	found  entry
	stands value
}

// Value is the value of a row, nil where the file gives it none.
func (t Section) Value(key string) any {
	i := slices.IndexFunc(t.Entries, func(e Entry) bool { return e.Key == key })
	if i < 0 {
		return nil
	}
	return t.Entries[i].Value
}

// TextRow is a row for a text.
func TextRow(key, help string, words Words) Setting {
	return Setting{Key: key, Help: help, bind: func(*Settings) value { return &text{to: new(string), words: words} }}
}

// ChoiceRow is a row for one of some texts.
func ChoiceRow(key, help string, choices ...string) Setting {
	return Setting{Key: key, Help: help, bind: func(*Settings) value { return &text{to: new(string), choices: choices} }}
}

// TextsRow is a row for some texts or a single one, which are those given while the file says nothing.
func TextsRow(key, help string, words Words, texts ...string) Setting {
	return Setting{Key: key, Help: help, bind: func(*Settings) value {
		own := slices.Clone(texts)
		return &list{to: &own, words: words, one: true}
	}}
}

// NumberRow is a row for a number.
func NumberRow(key, help string, in sample.Range) Setting {
	return Setting{Key: key, Help: help, bind: func(*Settings) value { return &number{to: new(float64), in: in} }}
}

// SwitchRow is a row for true or false.
func SwitchRow(key, help string) Setting {
	return Setting{Key: key, Help: help, bind: func(*Settings) value { return &boolean{to: new(bool)} }}
}

// PairsRow is a row for texts by names.
func PairsRow(key, help string) Setting {
	return Setting{Key: key, Help: help, bind: func(*Settings) value { return &pairs{to: new(map[string]string)} }}
}

// take stores an entry of the file that belongs to a group: [presets], [presets.NAME], presets.NAME.temperature.
func (c *Config) take(g Group, e entry) error {
	above := 1 // keys before that of a row
	if g.Named {
		above = 2
	}
	for n := 1; n <= min(above, len(e.path)); n++ {
		if value, _ := e.at(n); !isMap(value) {
			expected := "a table"
			if n < above {
				expected = "tables [" + g.Name + ".NAME]"
			}
			return e.refused(n, expected)
		}
	}
	if len(e.path) >= above {
		c.section(e, above)
	}
	if len(e.path) <= above {
		for _, inner := range e.inner {
			if err := c.take(g, inner); err != nil {
				return err
			}
		}
		return nil
	}
	return c.section(e, above).take(g, e, above)
}

// section finds or adds the table that an entry belongs to, whose path has n keys.
func (c *Config) section(e entry, n int) *Section {
	name := ""
	if n > 1 {
		name = e.path[1]
	}
	for i := range c.sections {
		if t := &c.sections[i]; t.Group == e.path[0] && t.Name == name {
			return t
		}
	}
	c.sections = append(c.sections, Section{Group: e.path[0], Name: name, begins: e})
	return &c.sections[len(c.sections)-1]
}

// take stores an entry whose row is the next key after the first n of the path.
func (t *Section) take(g Group, e entry, n int) error {
	key := e.path[n]
	i := slices.IndexFunc(g.Rows, func(s Setting) bool { return s.Key == key })
	if i < 0 {
		names := make([]string, len(g.Rows))
		for i, s := range g.Rows {
			names[i] = s.Key
		}
		const few = 10
		advice := lists
		if len(names) <= few {
			advice = "expected " + either(names)
		}
		return e.unknown(n+1, names, advice)
	}
	if t.Value(key) != nil {
		return nil // one more of its pairs
	}
	v := g.Rows[i].bind(nil)
	if value, _ := e.at(n + 1); !v.decode(value) {
		return e.refused(n+1, v.expected())
	}
	t.Entries = append(t.Entries, Entry{Key: key, Value: plain(v), found: e, stands: v})
	return nil
}

// plain is a value as [Entry.Value] has it.
func plain(v value) any {
	switch v := v.(type) {
	case *text:
		return *v.to
	case *list:
		return *v.to
	case *pairs:
		return *v.to
	}
	return v.raw()
}

// check runs the checks of the groups.
func (c *Config) check() error {
	for _, g := range c.groups {
		for _, t := range c.sections {
			if t.Group != g.Name || g.Check == nil {
				continue
			}
			key, err := g.Check(t)
			if err == nil {
				continue
			}
			at := t.begins
			for _, e := range t.Entries {
				if e.Key == key {
					at = e.found
				}
			}
			return fmt.Errorf("%s: %w", at.place(at.key), err)
		}
	}
	return nil
}

// Sections are the tables of a group that the file has, in its order.
func (c *Config) Sections(group string) []Section {
	var tables []Section
	for _, t := range c.sections {
		if t.Group == group {
			tables = append(tables, t)
		}
	}
	return tables
}

// Section is the table of a group by its name, which is empty for a group without names.
func (c *Config) Section(group, name string) (Section, bool) {
	for _, t := range c.Sections(group) {
		if t.Name == name {
			return t, true
		}
	}
	return Section{}, false
}
