// Package hubtest is a hub for tests: a server on this machine that speaks as much of the Hugging Face hub's protocol as
// models are fetched with, and a second one, under another address, that has the bytes of large files. Package hub says
// what the protocol is.
package hubtest

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Files are the contents of files by their path in a repository.
type Files map[string][]byte

// A Server is a hub without a repository at first.
type Server struct {
	URL     string // of the hub, for HF_ENDPOINT
	Storage string // of the host to which the hub redirects for large files

	mu       sync.Mutex
	repos    map[string]*repo
	blobs    map[string][]byte // large files by their sha256
	hook     Hook
	requests []Request
}

type repo struct {
	refs    map[string]string // commits by branch or tag
	commits map[string]Files
	token   string // without which there is no access, "" for everyone
	gated   bool
}

// A Request is one that the hub or its storage got.
type Request struct {
	Method string
	Path   string
	Stored bool   // it went to the storage
	Range  string // header
	Token  string // header Authorization
}

// A Hook stands before both servers. It answers a request itself, or has next answer it, through a writer that spoils the
// answer perhaps ([Cut], [Flip], [Slow], [Header]).
type Hook func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc)

// New starts a server that stops with the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{repos: map[string]*repo{}, blobs: map[string][]byte{}}
	api, files := http.NewServeMux(), http.NewServeMux() // two: an owner may be called api as far as patterns know
	api.HandleFunc("GET /api/models/{owner}/{name}/revision/{revision}", s.listing)
	api.HandleFunc("GET /api/models/{owner}/{name}", s.listing)
	api.HandleFunc("GET /api/resolve-cache/models/{owner}/{name}/{revision}/{file...}", s.small)
	files.HandleFunc("GET /{owner}/{name}/resolve/{revision}/{file...}", s.resolve)
	s.URL = s.start(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			api.ServeHTTP(w, r)
		} else {
			files.ServeHTTP(w, r)
		}
	}, false)
	s.Storage = s.start(t, s.large, true)
	return s
}

func (s *Server) start(t testing.TB, handler http.HandlerFunc, stored bool) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		hook := s.hook
		s.requests = append(s.requests, Request{r.Method, r.URL.Path, stored, r.Header.Get("Range"), r.Header.Get("Authorization")})
		s.mu.Unlock()
		if hook == nil {
			handler(w, r)
		} else {
			hook(w, r, handler)
		}
	}))
	t.Cleanup(func() {
		server.CloseClientConnections() // those of clients that are still reading too
		server.Close()
	})
	return server.URL
}

// Add makes a commit of a repository, and main of that. It returns the commit.
func (s *Server) Add(id string, files Files) string { return s.AddRevision(id, "main", files) }

// AddRevision is Add for another branch or tag.
func (s *Server) AddRevision(id, revision string, files Files) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.repos[id]
	if r == nil {
		r = &repo{refs: map[string]string{}, commits: map[string]Files{}}
		s.repos[id] = r
	}
	sum := sha1.New()
	for _, name := range sorted(files) {
		fmt.Fprintf(sum, "%s %s\n", name, Etag(name, files[name]))
		if Large(name) {
			s.blobs[Etag(name, files[name])] = files[name]
		}
	}
	commit := hex.EncodeToString(sum.Sum(nil))
	r.refs[revision], r.commits[commit] = commit, files
	return commit
}

// Restrict lets a repository be seen with that token only. A gated one tells that it is there.
func (s *Server) Restrict(id, token string, gated bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.repos[id].token, s.repos[id].gated = token, gated
}

// Use has all further requests go through hook; nil for none.
func (s *Server) Use(hook Hook) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook = hook
}

// Requests returns the requests since the last call, in the order in which they came.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	requests := s.requests
	s.requests = nil
	return requests
}

// Large says whether the hub keeps a file of that name in its storage.
func Large(name string) bool {
	return slices.Contains([]string{".safetensors", ".bin", ".gguf", ".h5", ".onnx", ".msgpack", ".ot"}, path.Ext(name))
}

// Etag is the checksum that the hub gives a file: sha256 for large ones, git's name of the content for others.
func Etag(name string, content []byte) string {
	if Large(name) {
		sum := sha256.Sum256(content)
		return hex.EncodeToString(sum[:])
	}
	sum := sha1.Sum(append(fmt.Appendf(nil, "blob %d\x00", len(content)), content...))
	return hex.EncodeToString(sum[:])
}

func sorted(files Files) []string {
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// find looks up what a request is about. Without success it answers itself, and ok is false.
func (s *Server) find(w http.ResponseWriter, r *http.Request) (id, commit string, files Files, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id = r.PathValue("owner") + "/" + r.PathValue("name")
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	repo := s.repos[id]
	switch {
	case repo != nil && repo.token != "" && repo.token != token && repo.gated:
		refuse(w, deny(token), "GatedRepo", "Access to model "+id+" is restricted.")
		return
	case repo == nil || repo.token != "" && repo.token != token:
		status := http.StatusNotFound
		if token == "" {
			status = http.StatusUnauthorized
		}
		refuse(w, status, "RepoNotFound", "Repository not found")
		return
	}
	revision := r.PathValue("revision")
	if revision == "" {
		revision = "main"
	}
	commit = revision
	if at, named := repo.refs[revision]; named {
		commit = at
	}
	files, ok = repo.commits[commit]
	if !ok {
		refuse(w, http.StatusNotFound, "RevisionNotFound", "Invalid rev id: "+revision)
	}
	return id, commit, files, ok
}

func deny(token string) int {
	if token == "" {
		return http.StatusUnauthorized
	}
	return http.StatusForbidden
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("X-Error-Code", code)
	w.Header().Set("X-Error-Message", message)
	http.Error(w, message, status)
}

func (s *Server) listing(w http.ResponseWriter, r *http.Request) {
	id, commit, files, ok := s.find(w, r)
	if !ok {
		return
	}
	type sibling struct {
		Name string `json:"rfilename"`
	}
	answer := struct {
		ID       string    `json:"id"`
		Commit   string    `json:"sha"`
		Private  bool      `json:"private"`
		Gated    bool      `json:"gated"`
		Siblings []sibling `json:"siblings"`
	}{ID: id, Commit: commit, Siblings: []sibling{}}
	for _, name := range sorted(files) {
		answer.Siblings = append(answer.Siblings, sibling{name})
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	json.NewEncoder(w).Encode(answer)
}

// file is find for a file of the repository.
func (s *Server) file(w http.ResponseWriter, r *http.Request) (id, commit, name string, content []byte, ok bool) {
	id, commit, files, ok := s.find(w, r)
	if !ok {
		return
	}
	name = r.PathValue("file")
	content, ok = files[name]
	w.Header().Set("X-Repo-Commit", commit)
	if !ok {
		refuse(w, http.StatusNotFound, "EntryNotFound", "Entry not found")
	}
	return id, commit, name, content, ok
}

// resolve redirects: to the storage for a large file, and otherwise to a place of the hub itself.
func (s *Server) resolve(w http.ResponseWriter, r *http.Request) {
	id, commit, name, content, ok := s.file(w, r)
	if !ok {
		return
	}
	if !Large(name) {
		w.Header().Set("Location", "/api/resolve-cache/models/"+id+"/"+commit+"/"+name)
		w.WriteHeader(http.StatusTemporaryRedirect)
		return
	}
	etag := Etag(name, content)
	w.Header().Set("X-Linked-Etag", `"`+etag+`"`)
	w.Header().Set("X-Linked-Size", fmt.Sprint(len(content)))
	w.Header().Set("Location", s.Storage+"/"+etag+"?signature=1")
	w.WriteHeader(http.StatusFound)
}

func (s *Server) small(w http.ResponseWriter, r *http.Request) {
	_, _, name, content, ok := s.file(w, r)
	if ok {
		serve(w, r, Etag(name, content), content)
	}
}

func (s *Server) large(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	content, ok := s.blobs[strings.TrimPrefix(r.URL.Path, "/")]
	s.mu.Unlock()
	if !ok || r.URL.Query().Get("signature") == "" || r.Header.Get("Authorization") != "" {
		http.Error(w, "no such file, or two ways to prove who you are", http.StatusForbidden)
		return
	}
	serve(w, r, "of-the-storage", content)
}

func serve(w http.ResponseWriter, r *http.Request, etag string, content []byte) {
	w.Header().Set("Etag", `"`+etag+`"`)
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}
