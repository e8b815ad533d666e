package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Kind says which parameters a server takes and under which names.
type Kind string

// The kinds of servers.
const (
	Auto        Kind = "auto" // told by what the server says of its models
	OpenAI      Kind = "openai"
	VLLM        Kind = "vllm"
	LlamaServer Kind = "llama-server"
	Ollama      Kind = "ollama"
	inkling     Kind = "inkling" // told by its list of models, and not for the config
)

// A Server is a service that runs models, as the config names it.
type Server struct {
	Name       string
	URL        string // up to the part that the protocol adds: "http://127.0.0.1:8080/v1"
	Kind       Kind   // "": Auto
	KeyEnv     string // environment variable with the key
	KeyCommand string // command that prints the key
	Models     []string
	Headers    map[string]string
	Timeout    time.Duration // of silence; 0: some minutes, which a long prompt may take
	Live       bool          // a reply may be started again when its parameters change, though the server is not on this network

	Lookup func(variable string) (value string, ok bool) // of the environment

	clock clock
}

// clock is how a server's replies tell the time and wait, for tests.
type clock struct {
	now   func() time.Time
	sleep func(ctx context.Context, d time.Duration) error
}

const silence = 3 * time.Minute

func (s *Server) now() time.Time {
	if s.clock.now != nil {
		return s.clock.now()
	}
	return time.Now()
}

func (s *Server) sleep(ctx context.Context, d time.Duration) error {
	if s.clock.sleep != nil {
		return s.clock.sleep(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Server) patience() time.Duration {
	if s.Timeout > 0 {
		return s.Timeout
	}
	return silence
}

// Split divides the name of a remote model, "NAME:model-id", at the first colon. One letter before it is a drive of Windows.
func Split(name string) (server, model string, ok bool) {
	server, model, ok = strings.Cut(name, ":")
	if !ok || len(server) < 2 || model == "" || strings.ContainsAny(server, `/\.`) {
		return "", "", false
	}
	return server, model, true
}

// key returns the key, "" for a server that takes none.
func (s *Server) key(ctx context.Context) (string, error) {
	var key string
	switch {
	case s.KeyEnv != "":
		if s.Lookup != nil {
			key, _ = s.Lookup(s.KeyEnv)
		}
		if key = strings.TrimSpace(key); key == "" {
			return "", fmt.Errorf("%s: the environment variable %s with its key is not set", s.Name, s.KeyEnv)
		}
	case s.KeyCommand != "":
		shell := []string{"sh", "-c"}
		if runtime.GOOS == "windows" {
			shell = []string{"cmd", "/c"}
		}
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		out, err := exec.CommandContext(ctx, shell[0], append(shell[1:], s.KeyCommand)...).Output()
		if err != nil { // what it printed may be the key
			return "", fmt.Errorf("%s: key_command failed; run it in a shell to see why", s.Name)
		}
		key, _, _ = strings.Cut(strings.TrimSpace(string(out)), "\n")
		if key = strings.TrimSpace(key); key == "" {
			return "", fmt.Errorf("%s: key_command printed no key; run it in a shell to see why", s.Name)
		}
	}
	if strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", fmt.Errorf("%s: its key has characters that no key has; check where it comes from", s.Name)
	}
	return key, nil
}

// secrets are the texts that no message may show: the key and what the headers say.
type secrets []string

func (s *Server) secrets(key string) secrets {
	all := secrets{key}
	for value := range maps.Values(s.Headers) {
		all = append(all, value)
		if _, token, ok := strings.Cut(value, " "); ok {
			all = append(all, token)
		}
	}
	all = slices.DeleteFunc(all, func(text string) bool { return len(text) < 4 })
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return all
}

// hide takes the secrets out of a text.
func (s secrets) hide(text string) string {
	for _, secret := range s {
		text = strings.ReplaceAll(text, secret, "***")
	}
	return text
}

// host is the part of the address that messages show.
func (s *Server) host() string {
	if u, err := url.Parse(s.URL); err == nil && u.Host != "" {
		return u.Host
	}
	return s.Name
}

// Near reports whether the server is on this machine or its network, where prompts are not paid for.
func (s *Server) Near() bool {
	u, err := url.Parse(s.URL)
	if err != nil {
		return false
	}
	name := u.Hostname()
	if ip := net.ParseIP(name); ip != nil {
		return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast()
	}
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || strings.HasSuffix(name, ".local")
}

// transport is Go's own: proxies by the environment, certificates of the system.
var client = &http.Client{
	// What would follow a redirection is another server, which the key is not for.
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// address is that of a path: ollama's own stands beside /v1.
func (s *Server) address(path string) string {
	base := strings.TrimRight(s.URL, "/")
	if strings.HasPrefix(path, "/api/") {
		base = strings.TrimSuffix(base, "/v1")
	}
	return base + path
}

// ask sends one request. The body of an answer that is a refusal has been read, and the error is a *fault.
func (s *Server) ask(ctx context.Context, method, path, key string, body io.Reader) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, s.address(path), body)
	if err != nil {
		return nil, &fault{line: s.Name + ": url is no address; correct it in the config"}
	}
	if request.URL.User != nil {
		return nil, &fault{line: s.Name + ": url has a password; use key_env or key_command"}
	}
	request.Header.Set("Accept", "application/json, text/event-stream")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		request.Header.Set("Authorization", "Bearer "+key)
	}
	for name, value := range s.Headers {
		request.Header.Set(name, value)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, s.unreached(ctx, err)
	}
	if response.StatusCode != http.StatusOK {
		defer response.Body.Close()
		data, _ := io.ReadAll(io.LimitReader(response.Body, 64<<10))
		return nil, s.refused(response, data, s.secrets(key))
	}
	return response, nil
}

// list asks for the models of the server.
func (s *Server) list(ctx context.Context) (all models, header http.Header, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.patience(), errSilent)
	defer cancel()
	key, err := s.key(ctx)
	if err != nil {
		return all, nil, err
	}
	if s.Kind == Ollama {
		all, err = s.tags(ctx, key)
		return all, nil, err
	}
	response, err := s.ask(ctx, http.MethodGet, "/models", key, nil)
	if err != nil {
		if f, ok := errors.AsType[*fault](err); ok && f.optional && s.port() == ollamaPort { // its url lacks /v1
			if all, err := s.tags(ctx, key); err == nil {
				return all, nil, nil
			}
		}
		return all, nil, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, longest))
	if err != nil {
		return all, nil, s.unreached(ctx, err)
	}
	if json.Unmarshal(data, &all) != nil {
		return all, nil, s.fault("%s does not speak the protocol; url may lack its /v1", s.host())
	}
	return all, response.Header, nil
}

const ollamaPort = "11434"

// port is that of the address, "" where it names none.
func (s *Server) port() string {
	if u, err := url.Parse(s.URL); err == nil {
		return u.Port()
	}
	return ""
}

// List returns the ids of the models: those that the config names, or else those that the server lists.
func (s *Server) List(ctx context.Context) ([]string, error) {
	if len(s.Models) > 0 {
		return s.Models, nil
	}
	all, _, err := s.list(ctx)
	var ids []string
	for _, m := range all.Data {
		if id := printable(m.ID); id != "" && id == m.ID {
			ids = append(ids, id)
		}
	}
	return ids, err
}

// kind tells what kind of server gives such an answer.
func (s *Server) kind(all models, header http.Header) Kind {
	if s.Kind != "" && s.Kind != Auto {
		return s.Kind
	}
	owners := ""
	for _, m := range all.Data {
		owners += " " + m.Owner
	}
	server := strings.ToLower(header.Get("Server"))
	switch {
	case strings.Contains(owners, " inkling"):
		return inkling
	case strings.Contains(owners, "vllm"):
		return VLLM
	case strings.Contains(owners, "llamacpp"), strings.Contains(server, "llama.cpp"):
		return LlamaServer
	case strings.Contains(owners, "library"), s.port() == ollamaPort:
		return Ollama
	}
	return OpenAI
}
