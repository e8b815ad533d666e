package config

import (
	"fmt"
	"maps"
	"strconv"
)

// Source is the layer that a value came from.
type Source string

// The layers, from the weakest to the strongest.
const (
	Default     Source = "default"
	Model       Source = "model" // see [Config.SetModel]
	File        Source = "config file"
	Environment Source = "environment"
	CommandLine Source = "flag"
	Command     Source = "command" // of a running chat, see [Config.Set]
)

// Origin is where a value came from.
type Origin struct {
	Source Source
	Where  string // within the source: "line 3", "INKLING_TOP_K", "--top-k" or ""
}

// String returns for example "default" or "environment INKLING_TOP_K".
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

	origins map[string]Origin // by key; what it lacks is a default
}

// Load reads three layers: the defaults, the file at paths.Config
// where there is one, and the environment, of which lookup (os.LookupEnv) gives
// the variables. The error is for the user, one line. A file that INKLING_CONFIG
// names must be there.
func Load(paths Paths, lookup func(string) (string, bool)) (*Config, error) {
	c := &Config{Settings: Defaults(), Paths: paths, origins: map[string]Origin{}}
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
	for _, e := range entries {
		s, ok := Find(e.key)
		if !ok {
			return nil, e.unknown(paths.Config)
		}
		v := s.bind(&c.Settings)
		if !v.decode(e.value) {
			place := fmt.Sprintf("%s:%d: %s", printable(paths.Config), e.line, s.Key)
			return nil, refused(place, e.value, v)
		}
		c.origins[s.Key] = Origin{File, "line " + strconv.Itoa(e.line)}
	}
	for _, s := range Table() {
		text, _ := lookup(s.Variable())
		if text == "" {
			continue
		}
		v := s.bind(&c.Settings)
		if !v.parse(text) {
			return nil, refused(s.Variable(), text, v)
		}
		c.origins[s.Key] = Origin{Environment, s.Variable()}
	}
	c.expand()
	return c, nil
}

// SetFlags adds the layer of the command line: the flags that were given. It changes
// nothing if it returns an error, which is for the user, one line.
func (c *Config) SetFlags(flags ...*Flag) error {
	settings := c.Settings
	for _, f := range flags {
		if err := f.apply(&settings); err != nil {
			return err
		}
	}
	c.Settings = settings
	for _, f := range flags {
		if f.Given() {
			c.origins[f.setting.Key] = Origin{CommandLine, "--" + f.Name()}
		}
	}
	c.expand()
	return nil
}

// SetModel puts the layer of a model in place, above the defaults and below all that the user has said: values by the keys
// of settings that are numbers, each a float64 or an int64. What another model had there before is gone. changed are the
// keys, in order, whose value is another one now; problems has an error of one line, which begins with the key, for each
// value that is not taken.
func (c *Config) SetModel(values map[string]any) (changed []string, problems []error) {
	for _, s := range Table() {
		value, named := values[s.Key]
		from, number := c.Origin(s.Key).Source, s.Kind() == Number || s.Kind() == Integer
		if from != Model && (from != Default || !named) || !number {
			continue
		}
		before := s.Format(c.Settings)
		delete(c.origins, s.Key)
		v := s.bind(&c.Settings)
		v.parse(s.Format(Defaults()))
		switch {
		case !named:
		case v.decode(value):
			c.origin(s.Key, Origin{Source: Model})
		default:
			problems = append(problems, refused(s.Key, value, v))
		}
		if s.Format(c.Settings) != before {
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
		return fmt.Errorf("no setting %s", quote(key))
	}
	if err := s.Set(&c.Settings, text); err != nil {
		return err
	}
	c.origin(key, Origin{Source: Command})
	return nil
}

// Clone returns a copy that changes on its own.
func (c *Config) Clone() *Config {
	clone := *c
	clone.origins = maps.Clone(c.origins)
	return &clone
}

func (c *Config) origin(key string, o Origin) {
	if c.origins == nil {
		c.origins = map[string]Origin{}
	}
	c.origins[key] = o
}

// Origin returns where the value of a key came from.
func (c *Config) Origin(key string) Origin {
	if o, ok := c.origins[key]; ok {
		return o
	}
	return Origin{Source: Default}
}

// DataFolder is the folder of the chats: the setting data_dir or, when that is
// empty, the system's. It is empty when the system has none either.
func (c *Config) DataFolder() string {
	if c.DataDir != "" {
		return c.DataDir
	}
	return c.Paths.Data
}

// expand resolves ~ in the settings that are paths.
func (c *Config) expand() {
	c.Model = c.Paths.expand(c.Model)
	c.DataDir = c.Paths.expand(c.DataDir)
}
