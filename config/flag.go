package config

// Flag collects what the command line says about one setting. It is a
// pflag.Value, and keeps the texts until [Config.SetFlags] reads them, so that a
// wrong one is reported in the same words as one in the file or the environment.
type Flag struct {
	setting Setting
	texts   []string // as given, in order
}

// Flags returns a flag for each of the keys, or for every setting when none is
// named. A key that is no setting is a mistake of the program and panics.
func Flags(keys ...string) []*Flag {
	var flags []*Flag
	if len(keys) == 0 {
		for _, s := range Table() {
			flags = append(flags, &Flag{setting: s})
		}
		return flags
	}
	for _, key := range keys {
		s, ok := Find(key)
		if !ok {
			panic("config: no setting " + key)
		}
		flags = append(flags, &Flag{setting: s})
	}
	return flags
}

// Name is the flag without the dashes before it: "top-k".
func (f *Flag) Name() string { return f.setting.FlagName() }

// Setting is what the flag sets.
func (f *Flag) Setting() Setting { return f.setting }

// Given reports whether the command line has the flag.
func (f *Flag) Given() bool { return len(f.texts) > 0 }

// Set notes a text given for the flag. It never fails.
func (f *Flag) Set(text string) error {
	f.texts = append(f.texts, text)
	return nil
}

// String is the last text given or else the default, as the help shows it.
func (f *Flag) String() string {
	if f.Given() {
		return f.texts[len(f.texts)-1]
	}
	if f.setting.bind == nil {
		return ""
	}
	defaults := Defaults()
	return f.setting.bind(&defaults).String()
}

// Type names the value for the help. A flag of type "bool" may stand without a
// value: give it the NoOptDefVal "true".
func (f *Flag) Type() string { return string(f.setting.Kind()) }

// value is what was given, as the setting decodes it. The last text counts, but a list takes them all, with their escapes read;
// one empty text alone is the empty list.
func (f *Flag) value(c *Config) (any, error) {
	last := f.texts[len(f.texts)-1]
	v := c.value(f.setting, new(Settings))
	if v.kind() != List || len(f.texts) == 1 && last == "" {
		return c.parse(f.setting, last)
	}
	items := make([]string, len(f.texts))
	for i, text := range f.texts {
		items[i] = unescape(text)
	}
	if !v.decode(anys(items)) {
		return nil, misfit(anys(f.texts), v)
	}
	return v.raw(), nil
}
