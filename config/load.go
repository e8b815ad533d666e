package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Source is the layer that a value came from.
type Source string

// The layers, from the weakest to the strongest. A preset stands right below the layer that chose it.
const (
	Default     Source = "default"
	Model       Source = "model" // see [Config.SetModel]
	File        Source = "config file"
	Environment Source = "environment"
	CommandLine Source = "flag"
	Command     Source = "command" // of a running chat, see [Config.Set]
	Preset      Source = "preset"
)

// Origin is where a value came from.
type Origin struct {
	Source Source
	Where  string // within the source: "line 3", "INKLING_TOP_P", "--top-p", the name of a preset or ""
}

// String returns for example "default" or "environment INKLING_TOP_P".
func (o Origin) String() string {
	if o.Where == "" {
		return string(o.Source)
	}
	return string(o.Source) + " " + o.Where
}

// Config is the settings in force with where they came from.
type Config struct {
	Settings
	Paths  Paths
	Exists bool // there is a file at Paths.Config

	layers   map[Source]map[string]said // by key
	presetBy Source                     // the layer that chose the preset
	groups   []Group
	sections []Section // tables of the file, in its order
}

// said is the value that a layer gives a setting.
type said struct {
	value any // as a value decodes it
	where string
}

// Load reads three layers: the defaults, the file at paths.Config
// where there is one, and the environment, of which lookup (os.LookupEnv) gives
// the variables. groups are the tables that the file may have, besides the presets.
// The error is for the user, one line. A file that INKLING_CONFIG names must be there.
func Load(paths Paths, lookup func(string) (string, bool), groups ...Group) (*Config, error) {
	c := &Config{Settings: Defaults(), Paths: paths, groups: append([]Group{presetGroup()}, groups...)}
	if file, _ := lookup(configVariable); file == paths.Config && file != "" {
		if err := mustExist(file); err != nil {
			return nil, err
		}
	}
	entries, exists, err := readFile(paths.Config)
	if err != nil {
		return nil, err
	}
	c.Exists = exists
	if err := c.read(entries); err != nil {
		return nil, err
	}
	for _, s := range Table() {
		text, _ := lookup(s.Variable())
		if text == "" {
			continue
		}
		value, err := c.parse(s, text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.Variable(), err)
		}
		c.say(Environment, s.Key, value, s.Variable())
	}
	return c, nil
}

// lists is the advice where no key is like one that does not exist.
const lists = `"inkling config" lists the keys`

// read takes the entries of the file: its tables first, for settings name some of them.
func (c *Config) read(entries []entry) error {
	var settings []entry
	for _, e := range entries {
		i := slices.IndexFunc(c.groups, func(g Group) bool { return g.Name == e.path[0] })
		if i < 0 {
			settings = append(settings, e)
			continue
		}
		if err := c.take(c.groups[i], e); err != nil {
			return err
		}
	}
	if err := c.check(); err != nil {
		return err
	}
	for _, e := range settings {
		s, ok := Find(e.path[0])
		names := c.names(e)
		if value, _ := e.at(1); !ok || isTable(value) && Nearest(s.Key, names) != "" {
			return e.unknown(1, names, lists)
		}
		found, _ := e.at(1)
		v := c.value(s, new(Settings))
		if !v.decode(found) {
			return e.refused(1, v.expected())
		}
		c.say(File, s.Key, v.raw(), "line "+strconv.Itoa(e.key.line))
	}
	return nil
}

// names are what the first key of an entry may be: a group for a table, else a setting.
func (c *Config) names(e entry) []string {
	if value, _ := e.at(1); !isTable(value) {
		return keys()
	}
	names := make([]string, len(c.groups))
	for i, g := range c.groups {
		names[i] = g.Name
	}
	return names
}

// value is a setting's field of the given settings. Where a table of the file may be named, its name is one of the choices.
func (c *Config) value(s Setting, settings *Settings) value {
	v := s.bind(settings)
	if t, ok := v.(*text); ok {
		t.choices = c.Choices(s)
	}
	return v
}

// parse reads the value of a setting as environment variables and commands write it. The error says what was found and what
// was expected.
func (c *Config) parse(s Setting, text string) (any, error) {
	v := c.value(s, new(Settings))
	if !v.parse(text) {
		return nil, misfit(text, v)
	}
	return v.raw(), nil
}

// SetFlags adds the layer of the command line: the flags that were given. It changes
// nothing if it returns an error, which is for the user, one line.
func (c *Config) SetFlags(flags ...*Flag) error {
	values := make([]any, len(flags))
	for i, f := range flags {
		if !f.Given() {
			continue
		}
		var err error
		if values[i], err = f.value(c); err != nil {
			return fmt.Errorf("--%s: %w", f.Name(), err)
		}
	}
	for i, f := range flags {
		if f.Given() {
			c.say(CommandLine, f.setting.Key, values[i], "--"+f.Name())
		}
	}
	return nil
}

// SetModel puts the layer of a model in place, above the defaults and below all that the user has said: values by the keys
// of settings that are numbers, each a float64 or an int64. What another model had there before is gone. changed are the
// keys, in order, whose value is another one now; problems has an error of one line, which begins with the key, for each
// value that is not taken.
func (c *Config) SetModel(values map[string]any) (changed []string, problems []error) {
	before := c.layers[Model]
	delete(c.layers, Model)
	for _, s := range Table() {
		if kind := s.Kind(); kind != Number && kind != Integer {
			continue
		}
		was := s.Format(c.Settings)
		value, named := values[s.Key]
		v := s.bind(new(Settings))
		switch _, had := before[s.Key]; {
		case named && v.decode(value):
			c.say(Model, s.Key, v.raw(), "")
		case had:
			c.settle(s)
		}
		if _, taken := c.layers[Model][s.Key]; named && !taken && c.Origin(s.Key).Source == Default {
			problems = append(problems, fmt.Errorf("%s: %w", s.Key, misfit(value, v)))
		}
		if s.Format(c.Settings) != was {
			changed = append(changed, s.Key)
		}
	}
	return changed, problems
}

// Set gives a setting the value that text says, written as in an environment variable, above all layers: somebody wants it
// now. The error is one line that begins with the key; nothing changes then.
func (c *Config) Set(key, text string) error {
	s, ok := Find(key)
	if !ok {
		return errors.New("no setting " + quote(key))
	}
	value, err := c.parse(s, text)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	c.say(Command, key, value, "")
	return nil
}

// Unset takes back what Set gave a setting: the value of the layers below counts again.
func (c *Config) Unset(key string) {
	if s, ok := Find(key); ok {
		delete(c.layers[Command], key)
		c.settle(s)
	}
}

// say has a layer give a setting a value.
func (c *Config) say(layer Source, key string, value any, where string) {
	if c.layers == nil {
		c.layers = map[Source]map[string]said{}
	}
	if c.layers[layer] == nil {
		c.layers[layer] = map[string]said{}
	}
	c.layers[layer][key] = said{value, where}
	s, _ := Find(key)
	c.settle(s)
	if key == presetKey && c.Origin(key).Source == layer {
		c.usePreset(c.Settings.Preset, layer)
	}
}

// strongest are the layers, the strongest first.
func (c *Config) strongest() []Source {
	var order []Source
	for _, layer := range []Source{Command, CommandLine, Environment, File, Model} {
		order = append(order, layer)
		if layer == c.presetBy {
			order = append(order, Preset)
		}
	}
	return order
}

// settle puts the value of the strongest layer that gives a setting one in force.
func (c *Config) settle(s Setting) {
	v := c.value(s, &c.Settings)
	from := c.origin(s.Key)
	if from == Default {
		defaults := Defaults()
		v.decode(s.bind(&defaults).raw())
		return
	}
	v.decode(c.layers[from][s.Key].value)
	c.Model = c.Paths.expand(c.Model)
	c.DataDir = c.Paths.expand(c.DataDir)
}

// origin is the layer that a value came from.
func (c *Config) origin(key string) Source {
	for _, layer := range c.strongest() {
		if _, ok := c.layers[layer][key]; ok {
			return layer
		}
	}
	return Default
}

// Origin returns where the value of a key came from.
func (c *Config) Origin(key string) Origin {
	layer := c.origin(key)
	return Origin{layer, c.layers[layer][key].where}
}

// Clone returns a copy that changes on its own.
func (c *Config) Clone() *Config {
	clone := *c
	clone.layers = map[Source]map[string]said{}
	for layer, values := range c.layers {
		clone.layers[layer] = maps.Clone(values)
	}
	return &clone
}

// DataFolder is the folder of the chats: the setting data_dir or, when that is
// empty, the system's. It is empty when the system has none either.
func (c *Config) DataFolder() string {
	if c.DataDir != "" {
		return c.DataDir
	}
	return c.Paths.Data
}
