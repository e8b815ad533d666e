package serve

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"inkling/chat/prompt"
	"inkling/engine"
	"inkling/engine/sample"
)

// Options say what a server offers, and to whom.
type Options struct {
	Model    *engine.Model
	ID       string        // that requests name the model by
	Choice   prompt.Choice // how chats are written down
	Params   sample.Params // of requests that name none
	NoDrafts bool

	Parallel int // texts at once
	Queue    int // requests that may wait beside
	Access   Access
	Limits   Limits // zeros: the usual
}

// Access says who may ask.
type Access struct {
	Near    bool     // the server listens to this machine alone
	Host    string   // that it was told to listen at
	Key     string   // that requests have to bring; "": none
	Origins []string // of pages that may ask; "*" for all
}

// Limits are what a client gets, and no more.
type Limits struct {
	Bytes  int64         // of a body
	Header time.Duration // to send the header of a request
	Body   time.Duration // to send its body
	Write  time.Duration // to take a piece of the answer
	Idle   time.Duration // between requests
	Grace  time.Duration // for what is being written when the server stops
}

// usual are the limits where none are set.
var usual = Limits{Bytes: 4 << 20, Header: 10 * time.Second, Body: 30 * time.Second, Write: 30 * time.Second, Idle: 2 * time.Minute,
	Grace: 20 * time.Second}

// A Server answers requests with one model.
type Server struct {
	Options
	limits  Limits
	queue   *queue
	metrics *metrics
	created int64
	handler http.Handler
}

// New returns a server, which listens to nobody yet.
func New(o Options) *Server {
	s := &Server{Options: o, limits: o.Limits, created: time.Now().Unix(), metrics: newMetrics(),
		queue: &queue{places: max(o.Parallel, 1), room: max(o.Queue, 0)}}
	for _, l := range []struct {
		at    *time.Duration
		usual time.Duration
	}{{&s.limits.Header, usual.Header}, {&s.limits.Body, usual.Body}, {&s.limits.Write, usual.Write}, {&s.limits.Idle, usual.Idle},
		{&s.limits.Grace, usual.Grace}} {
		if *l.at == 0 {
			*l.at = l.usual
		}
	}
	if s.limits.Bytes == 0 {
		s.limits.Bytes = usual.Bytes
	}
	paths := http.NewServeMux()
	for path, handle := range map[string]struct {
		method string
		do     http.HandlerFunc
	}{
		"/health":              {http.MethodGet, s.health},
		"/metrics":             {http.MethodGet, s.tell},
		"/v1/models":           {http.MethodGet, s.list},
		"/v1/models/{id...}":   {http.MethodGet, s.describe},
		"/v1/completions":      {http.MethodPost, s.complete},
		"/v1/chat/completions": {http.MethodPost, s.chat},
	} {
		paths.HandleFunc(path, s.metrics.count(path, func(w http.ResponseWriter, r *http.Request) {
			if r.Method != handle.method && !(handle.method == http.MethodGet && r.Method == http.MethodHead) {
				w.Header().Set("Allow", handle.method)
				failing(http.StatusMethodNotAllowed, "wrong_method", "%s takes %s requests", r.URL.Path, handle.method).write(w)
				return
			}
			handle.do(w, r)
		}))
	}
	paths.HandleFunc("/", s.metrics.count("other", func(w http.ResponseWriter, r *http.Request) {
		failing(http.StatusNotFound, "not_found", "there is nothing at %s; the protocol begins at /v1", short([]byte(r.URL.Path))).write(w)
	}))
	s.handler = &guard{o.Access, s.limits.Body, paths}
	return s
}

// Serve answers requests until ctx ends. Then it takes no more, has those that are being answered go on for the time of grace, and ends
// what is left. With ErrGivenUp something was left.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	base, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	server := &http.Server{Handler: s.handler, ReadHeaderTimeout: s.limits.Header, IdleTimeout: s.limits.Idle, MaxHeaderBytes: 32 << 10,
		BaseContext: func(net.Listener) context.Context { return base }, ErrorLog: quiet()}
	failed := make(chan error, 1)
	var working sync.WaitGroup
	working.Go(func() { failed <- server.Serve(listener) })
	defer working.Wait()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	s.queue.close()
	grace, cancel := context.WithTimeout(context.Background(), s.limits.Grace)
	defer cancel()
	err := server.Shutdown(grace)
	if err == nil {
		return nil
	}
	giveUp()
	const rest = 2 * time.Second // to say so to those who read
	last, cancel := context.WithTimeout(context.Background(), rest)
	defer cancel()
	if server.Shutdown(last) != nil {
		_ = server.Close()
	}
	return ErrGivenUp
}

// ErrGivenUp says that a server ended before all that it was answering did.
var ErrGivenUp = errors.New("the server stopped before all replies were complete")
