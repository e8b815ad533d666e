package cli

import (
	"path/filepath"

	"inkling/config"
	"inkling/engine/hub"
)

// An environment gives the variables that a process has; it names the config file and the cache of the hub.
type environment func(variable string) (value string, ok bool)

// settings reads all four layers.
func (e environment) settings(flags []*config.Flag) (*config.Config, error) {
	c, err := config.Load(config.Locate(e), e, groups()...)
	if err != nil {
		return nil, err
	}
	if err := c.SetFlags(flags...); err != nil {
		return nil, usageError{err}
	}
	return c, nil
}

// taskFolder is where the user's own tasks lie.
func (e environment) taskFolder() string {
	return filepath.Join(filepath.Dir(config.Locate(e).Config), "tasks")
}

// client is a client of the hub that the environment names.
func (e environment) client() (*hub.Client, error) {
	settings, err := hub.Environment(e)
	if err != nil {
		return nil, err
	}
	return hub.New(settings)
}

// plain reports whether text for a stream has no styles: the user or the terminal want none, or it is no terminal.
func (e environment) plain(stream any) bool {
	color, _ := e("NO_COLOR")
	return color != "" || e.dumb() || !terminal(stream)
}

// dumb reports whether the terminal cannot write over what it shows.
func (e environment) dumb() bool {
	name, _ := e("TERM")
	return name == "dumb"
}
