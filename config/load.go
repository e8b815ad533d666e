package config

import (
	"fmt"
	"strconv"
)

// Source is the layer that a value came from.
type Source string

// The layers, from the weakest to the strongest.
const (
	Default     Source = "default"
	File        Source = "config file"
	Environment Source = "environment"
	CommandLine Source = "flag"
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

// Load reads the first three layers: the defaults, the file at paths.Config
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

// SetFlags adds the fourth layer: those of the flags that were given. It changes
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
