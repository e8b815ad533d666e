package config

import (
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
)

// configVariable names the config file, in place of the system's folder.
const configVariable = "INKLING_CONFIG"

// Paths are the places of inkling's files. A path is empty where the system
// names no home directory.
type Paths struct {
	Config string // the config file
	Data   string // folder of the chats, unless the setting data_dir names one
	Home   string // what ~ stands for in settings that are paths
}

// Locate finds the paths: the config file is the one that INKLING_CONFIG names,
// all else follows the XDG base directories or what the system has in their
// place. It creates nothing.
func Locate(lookup func(string) (string, bool)) Paths {
	paths := Paths{
		Config: inkling(xdg.ConfigHome, "config.toml"),
		Data:   inkling(xdg.DataHome, ""),
		Home:   xdg.Home,
	}
	if file, _ := lookup(configVariable); file != "" {
		paths.Config = file
	}
	return paths
}

// inkling returns the path of name in inkling's part of a base directory.
// Without a home directory the base is relative, and then of no use.
func inkling(base, name string) string {
	if !filepath.IsAbs(base) {
		return ""
	}
	return filepath.Join(base, "inkling", name)
}

// expand replaces a leading ~ by the home directory.
func (p Paths) expand(path string) string {
	rest, ok := strings.CutPrefix(path, "~")
	if !ok || p.Home == "" || rest != "" && rest[0] != '/' && rest[0] != filepath.Separator {
		return path
	}
	return filepath.Join(p.Home, rest)
}
