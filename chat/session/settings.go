package session

import (
	"fmt"
	"slices"
	"strings"

	"inkling/config"
	"inkling/engine"
	"inkling/engine/sample"
)

// Settings are the settings in force.
type Settings struct {
	*shared
	config *config.Config
	base   *config.Config // before anything was changed in a chat
}

// Values are the settings themselves.
func (s *Settings) Values() config.Settings { return s.config.Settings }

// Adopt puts in force what a model suggests for settings that the user has not set himself. changed are the keys that have
// another value now; notes say in a line each what of the model's files was ignored.
func Adopt(c *config.Config, info engine.Info) (changed, notes []string) {
	changed, problems := c.SetModel(info.Defaults)
	notes = slices.Clone(info.Notes)
	for _, err := range problems {
		text := err.Error()
		for _, row := range sample.Table() {
			if rest, ok := strings.CutPrefix(text, row.Key+": "); ok && row.Model != "" {
				text = row.Model + ": " + rest // the key as the file has it
			}
		}
		notes = append(notes, fmt.Sprintf("%s: %s: %s; it is ignored", info.Name, engine.GenerationFile, text))
	}
	return changed, notes
}

// Changed are the sampling parameters that are not what they are by default, but for the temperature.
func (s *Settings) Changed() (parts []string) {
	params, defaults := &s.config.Params, sample.Defaults()
	for _, row := range sample.Table() {
		text := row.Text(params)
		switch {
		case row.Short == "" || row.Key == "temperature" || text == row.Text(&defaults):
		case row.IsOff(params):
			parts = append(parts, row.Short+" off")
		default:
			parts = append(parts, row.Short+" "+text)
		}
	}
	return parts
}

// Missing are the sampling parameters that would change something, and with such an engine do not.
func Missing(c *config.Config, can engine.Abilities) (keys []string) {
	for _, row := range sample.Table() {
		if !row.Chat && row.Key != "penalty_range" && !row.Idle(&c.Params) && can.Param != nil && !can.Param(row.Key) {
			keys = append(keys, row.Key)
		}
	}
	return keys
}

// preset are the parameters that the preset in force sets.
func (s *Settings) preset() (parts []string) {
	for _, row := range sample.Table() {
		if s.config.Origin(row.Key).Source == config.Preset {
			parts = append(parts, row.Key+" "+row.Text(&s.config.Params))
		}
	}
	return parts
}

// from says where the value of a setting comes from, unless it is the default.
func (s *Settings) from(key string) string {
	o := s.config.Origin(key)
	if o.Source == config.Default {
		return ""
	}
	return " (" + o.String() + ")"
}

// settingNames are the settings that /set takes.
func settingNames(*Session) []string { return config.Keys(func(s config.Scope) bool { return s.Live }) }

// find is the setting that somebody means by name; ok is false, and why is told, where /set takes none such.
func (s *Settings) find(name string) (setting config.Setting, ok bool) {
	setting, ok = config.Match(name)
	if ok && setting.Scope.Live {
		return setting, true
	}
	text := "unknown setting " + name
	if ok {
		text = setting.Key + " is read at the start; give it as --" + setting.FlagName() + " or in the config file"
		if command := "/" + setting.Key; slices.ContainsFunc(Commands(), func(c Command) bool { return slices.Contains(c.Names, command) }) {
			text = "use " + command
		}
	} else if near := config.Nearest(name, settingNames(nil)); near != "" {
		text += "; did you mean " + near + "?"
	}
	s.problem(text)
	return setting, false
}

// show tells the value of a setting.
func (s *Settings) show(setting config.Setting) {
	s.say(setting.Key + " is " + setting.Format(s.config.Settings) + s.from(setting.Key) + ": " + setting.Help)
}

// rows list all settings.
func (s *Settings) rows() (rows []Row) {
	for _, setting := range config.Table() {
		help := setting.Help
		if s.config.Origin(setting.Key).Source == config.Model {
			help += s.from(setting.Key)
		}
		rows = append(rows, Row{Name: setting.Key + " " + setting.Format(s.config.Settings), Words: help, Minor: true})
	}
	return rows
}
