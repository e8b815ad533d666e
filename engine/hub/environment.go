package hub

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

// DefaultEndpoint is the hub itself.
const DefaultEndpoint = "https://huggingface.co"

// Settings say where models come from and where they are kept.
type Settings struct {
	Cache      Cache
	Endpoint   string // address of the hub, without a slash at the end
	Token      string // sent to the endpoint; "" for none
	TokenFrom  string // where the token was found, for messages
	Offline    bool   // no request is made
	NoSymlinks bool   // snapshots hold the files themselves
}

// Environment reads the settings from the variables that huggingface_hub reads (constants.py): HF_HOME, HF_HUB_CACHE,
// HF_ENDPOINT, HF_TOKEN, HF_TOKEN_PATH, HF_HUB_OFFLINE, HF_HUB_DISABLE_SYMLINKS, HF_HUB_DISABLE_IMPLICIT_TOKEN,
// XDG_CACHE_HOME, and the older names of some. A variable that is empty counts as not set.
func Environment(lookup func(string) (string, bool)) (Settings, error) {
	e := environment{lookup}
	home, err := e.home()
	if err != nil {
		return Settings{}, err
	}
	cache, err := e.cache(home)
	if err != nil {
		return Settings{}, err
	}
	s := Settings{
		Cache:      cache,
		Endpoint:   strings.TrimRight(e.first("HF_ENDPOINT"), "/"),
		Offline:    truth(e.first("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")),
		NoSymlinks: truth(e.first("HF_HUB_DISABLE_SYMLINKS")),
	}
	if s.Endpoint == "" {
		s.Endpoint = DefaultEndpoint
	}
	if !truth(e.first("HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
		s.Token, s.TokenFrom, err = e.token(home)
	}
	return s, err
}

// Local is the cache that [Environment] names, for those who only want what is there.
func Local(lookup func(string) (string, bool)) (Cache, error) {
	e := environment{lookup}
	home, err := e.home()
	if err != nil {
		return Cache{}, err
	}
	return e.cache(home)
}

// environment looks variables up.
type environment struct {
	lookup func(string) (string, bool)
}

// first is the value of the first of the variables that has one.
func (e environment) first(names ...string) string {
	for _, name := range names {
		if value, _ := e.lookup(name); value != "" {
			return value
		}
	}
	return ""
}

// home is the folder of everything that has to do with the hub.
func (e environment) home() (string, error) {
	if path := e.first("HF_HOME"); path != "" {
		return e.expand(path), nil
	}
	if path := e.first("XDG_CACHE_HOME"); path != "" {
		return e.expand(filepath.Join(path, "huggingface")), nil
	}
	user := e.user()
	if user == "" {
		return "", fail(ErrSettings, "the system names no home directory to keep models in; set HF_HOME to a folder")
	}
	return filepath.Join(user, ".cache", "huggingface"), nil
}

// cache is the folder in which repositories are kept.
func (e environment) cache(home string) (Cache, error) {
	folder := filepath.Join(home, "hub")
	if path := e.first("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"); path != "" {
		folder = e.expand(path)
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return Cache{}, fail(ErrSettings, "HF_HUB_CACHE: %w", err)
	}
	return Cache{folder}, nil
}

func (e environment) user() string {
	if runtime.GOOS == "windows" {
		return e.first("USERPROFILE")
	}
	return e.first("HOME")
}

var variable = regexp.MustCompile(`\$\w+|\$\{[^}]*\}`)

// expand replaces "~" at the beginning and variables, as the shell would have done outside quotes. A variable that is
// not set stays as it is.
func (e environment) expand(path string) string {
	if user := e.user(); user != "" && (path == "~" || strings.HasPrefix(path, "~/") || strings.HasPrefix(path, `~\`)) {
		path = user + path[1:]
	}
	return variable.ReplaceAllStringFunc(path, func(found string) string {
		if value, ok := e.lookup(strings.Trim(found, "${}")); ok {
			return value
		}
		return found
	})
}

// token is the user's access token and where it was found.
func (e environment) token(home string) (token, from string, err error) {
	for _, name := range []string{"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"} {
		if token = cleanToken(e.first(name)); token != "" {
			return token, name, checkToken(token, name)
		}
	}
	path := filepath.Join(home, "token")
	if named := e.first("HF_TOKEN_PATH"); named != "" {
		path = e.expand(named)
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", "", nil
	}
	if err != nil {
		return "", "", fail(ErrSettings, "the token file %s cannot be read: %w", path, bare(err))
	}
	defer file.Close()
	const longest = 64 << 10
	content, err := io.ReadAll(io.LimitReader(file, longest))
	if err != nil {
		return "", "", fail(ErrSettings, "the token file %s cannot be read: %w", path, bare(err))
	}
	token = cleanToken(string(content))
	return token, path, checkToken(token, path)
}

func cleanToken(token string) string {
	return strings.TrimSpace(strings.NewReplacer("\r", "", "\n", "").Replace(token))
}

// checkToken refuses what cannot go into a header.
func checkToken(token, from string) error {
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fail(ErrSettings, "%s holds something that is not an access token of the hub; copy it anew from the settings of your account",
			from)
	}
	return nil
}

// truth is how huggingface_hub reads a switch.
func truth(value string) bool {
	switch strings.ToUpper(value) {
	case "1", "ON", "YES", "TRUE":
		return true
	}
	return false
}
