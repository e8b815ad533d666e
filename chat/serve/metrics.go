package serve

import (
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"inkling/engine"
)

// metrics are what a server counts.
type metrics struct {
	mu        sync.Mutex
	requests  map[counted]int
	prompt    int // tokens
	cached    int // of these
	generated int
	texts     map[engine.StopReason]int
	first     time.Duration // until first tokens, added up
	firsts    int
	decode    time.Duration // of texts after their first tokens, added up
}

type counted struct {
	path   string
	status int
}

func newMetrics() *metrics {
	return &metrics{requests: map[counted]int{}, texts: map[engine.StopReason]int{}}
}

// count counts the answers of a handler.
func (m *metrics) count(path string, handle http.HandlerFunc) http.HandlerFunc {
	path = strings.ReplaceAll(path, "/{id...}", "/{id}")
	return func(w http.ResponseWriter, r *http.Request) {
		watched := &status{ResponseWriter: w}
		defer func() {
			if cause := recover(); cause != nil && watched.code == 0 {
				failing(http.StatusInternalServerError, "internal", "internal error: %v", cause).write(watched)
			}
			m.mu.Lock()
			defer m.mu.Unlock()
			if watched.code == 0 {
				watched.code = 499 // gone before an answer, as nginx has it
			}
			m.requests[counted{path, watched.code}]++
		}()
		handle(watched, r)
	}
}

// status remembers the status of an answer.
type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) {
	if s.code == 0 {
		s.code = code
	}
	s.ResponseWriter.WriteHeader(code)
}

func (s *status) Write(data []byte) (int, error) {
	if s.code == 0 {
		s.code = http.StatusOK
	}
	return s.ResponseWriter.Write(data)
}

// Unwrap is for http.ResponseController.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// ended counts a text.
func (m *metrics) ended(r engine.Result, first time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.prompt += r.Timings.PromptTokens
	m.cached += r.Timings.CachedTokens
	m.generated += r.Timings.Tokens
	m.decode += r.Timings.Decode
	m.texts[r.Reason]++
	if first > 0 {
		m.first += first
		m.firsts++
	}
}

// tell answers with all counts.
func (s *Server) tell(w http.ResponseWriter, _ *http.Request) {
	taken, waiting := s.queue.now()
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	s.metrics.write(w, taken, waiting, s.queue.places)
}

func (m *metrics) write(w io.Writer, taken, waiting, places int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	family := func(name, kind, help string) { fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind) }
	one := func(name, kind, help string, value any) {
		family(name, kind, help)
		fmt.Fprintf(w, "%s %v\n", name, value)
	}
	family("inkling_requests_total", "counter", "Requests answered, by path and status.")
	keys := slices.SortedFunc(maps.Keys(m.requests), func(a, b counted) int {
		if a.path != b.path {
			return strings.Compare(a.path, b.path)
		}
		return a.status - b.status
	})
	for _, k := range keys {
		fmt.Fprintf(w, "inkling_requests_total{path=%q,status=\"%d\"} %d\n", k.path, k.status, m.requests[k])
	}
	family("inkling_texts_total", "counter", "Texts written, by why they ended.")
	for _, reason := range slices.Sorted(maps.Keys(m.texts)) {
		fmt.Fprintf(w, "inkling_texts_total{reason=%q} %d\n", reason, m.texts[reason])
	}
	one("inkling_prompt_tokens_total", "counter", "Tokens of prompts.", m.prompt)
	one("inkling_cached_prompt_tokens_total", "counter", "Tokens of prompts that had been read before.", m.cached)
	one("inkling_generated_tokens_total", "counter", "Tokens generated.", m.generated)
	family("inkling_first_token_seconds", "summary", "Time from a request to the first token of a text.")
	fmt.Fprintf(w, "inkling_first_token_seconds_sum %v\ninkling_first_token_seconds_count %d\n", m.first.Seconds(), m.firsts)
	one("inkling_decode_seconds_total", "counter", "Time that texts took after their prompts were read.", m.decode.Seconds())
	one("inkling_places", "gauge", "Texts that may be written at once.", places)
	one("inkling_places_taken", "gauge", "Texts that are being written.", taken)
	one("inkling_requests_waiting", "gauge", "Requests that wait for a place.", waiting)
}

// quiet takes what net/http would print of clients that break off.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
