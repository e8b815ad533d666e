package cli

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"inkling/chat/session"
	"inkling/config"
	"inkling/engine/sample"
	"inkling/ui"
	"inkling/ui/style"
)

// show runs the screen, with the keys and colours that the settings have.
func show(ctx context.Context, o session.Options, c *config.Config) error {
	return ui.Run(ctx, o, ui.Custom{Keys: keys(c), Theme: func(name string) style.Theme { return theme(c, name) }})
}

// groups are the tables that the config file may have, besides presets.
func groups() []config.Group {
	return []config.Group{keyGroup(), themeGroup(), remoteGroup()}
}

// keyGroup is [keys]: the keys of actions.
func keyGroup() config.Group {
	words := config.Words{
		Fit: func(s string) bool {
			_, ok := ui.KeyName(s)
			return ok
		},
		Expected: `a key such as "ctrl+r" or "f5"`,
	}
	g := config.Group{Name: "keys", Help: "keys: action = key, a list of keys, or [] for none", Check: clashes}
	for _, a := range ui.Actions() {
		g.Rows = append(g.Rows, config.TextsRow(a.Name, a.Help, words, a.Keys...))
	}
	return g
}

// clashes finds a key that two actions would have, those that the file leaves alone among them.
func clashes(s config.Section) (key string, err error) {
	bound := map[string]string{}                // action by key
	for _, given := range []bool{false, true} { // what the file says is to blame
		for _, a := range ui.Actions() {
			keys, ok := s.Value(a.Name).([]string)
			if ok != given {
				continue
			}
			if !ok {
				keys = a.Keys
			}
			for _, k := range keys {
				k, _ = ui.KeyName(k)
				if other, taken := bound[k]; taken && other != a.Name {
					return a.Name, fmt.Errorf("keys: %q is bound to both %s and %s", k, other, a.Name)
				}
				bound[k] = a.Name
			}
		}
	}
	return "", nil
}

// keys are the keys that the file gives to actions.
func keys(c *config.Config) map[string][]string {
	all := map[string][]string{}
	s, _ := c.Section("keys", "")
	for _, e := range s.Entries {
		all[e.Key] = e.Value.([]string)
	}
	return all
}

var colour = regexp.MustCompile(`^(#[0-9a-fA-F]{6}|#[0-9a-fA-F]{3}|[0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|25[0-5])$`)

// themeGroup is [themes.NAME]: colours by what they paint.
func themeGroup() config.Group {
	words := config.Words{Fit: colour.MatchString, Expected: `a colour such as "#b79cf2", or "0" to "255" of the terminal's`}
	g := config.Group{
		Name: "themes", Named: true,
		Help:    "colour themes; choose one with --theme NAME",
		Example: "[themes.dusk]\nbase = \"dark\"\naccent = \"#b79cf2\"",
		Rows:    []config.Setting{config.ChoiceRow("base", "theme for the other colours", style.Bases()...)},
	}
	for _, token := range style.Tokens() {
		g.Rows = append(g.Rows, config.TextRow(token.Name, token.Help, words))
	}
	return g
}

// theme is the one of that name.
func theme(c *config.Config, name string) style.Theme {
	s, ok := c.Section("themes", name)
	if !ok {
		return style.Theme{Base: name}
	}
	t := style.Theme{Base: "auto", Colours: map[string]string{}}
	for _, e := range s.Entries {
		if text := e.Value.(string); e.Key == "base" {
			t.Base = text
		} else {
			t.Colours[e.Key] = text
		}
	}
	return t
}

// remoteGroup is [remotes.NAME]: services that write in place of a model on this machine.
func remoteGroup() config.Group {
	url := config.Words{
		Fit:      func(s string) bool { return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") },
		Expected: `an address such as "http://127.0.0.1:8080/v1"`,
	}
	filled := config.Words{Fit: func(s string) bool { return s != "" }, Expected: "texts that are not empty"}
	return config.Group{
		Name: "remotes", Named: true,
		Help:    "services that generate in place of a local model",
		Example: "[remotes.home]\nurl = \"http://127.0.0.1:8080/v1\"\nkey_env = \"HOME_KEY\"",
		Rows: []config.Setting{
			config.TextRow("url", "address of the service", url),
			config.ChoiceRow("kind", "kind of the service", "auto", "openai", "vllm", "llama-server", "ollama"),
			config.TextRow("key_env", "environment variable with the key", filled),
			config.TextRow("key_command", "command that prints the key", filled),
			config.TextsRow("models", "models to offer", filled),
			config.PairsRow("headers", "headers to send along"),
			config.NumberRow("timeout", "seconds to wait for an answer", sample.Range{High: 3600, OpenLow: true}),
			config.SwitchRow("live", "start a reply again when its parameters change"),
		},
	}
}
