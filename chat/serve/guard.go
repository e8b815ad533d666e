package serve

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// guard lets requests through that a program of the user's sends, and none that a page in a browser makes it send:
//
//   - Host must name this machine where the server listens to this machine alone, so that no name that somebody points here
//     (DNS rebinding) reaches it;
//   - pages elsewhere, which browsers tell by Origin and Sec-Fetch-Site, must be allowed by name;
//   - what is posted must be JSON by its Content-Type, which forms cannot send;
//   - with a key every request has to bring it, but for /health.
//
// What is sent with a request has to come within a time, also where nobody wants it: before it answers, net/http reads it.
type guard struct {
	Access
	patience time.Duration
	next     http.Handler
}

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength != 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(g.patience)) // what cannot set one is a test's
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	if f := g.check(w, r); f != nil {
		f.write(w)
		return
	}
	if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
		w.Header().Set("Access-Control-Allow-Methods", "GET, POST")
		w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type, "+strings.Join(clientHeaders, ", "))
		w.Header().Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if g.Key != "" && r.URL.Path != "/health" && !g.knows(r) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		failing(http.StatusUnauthorized, "invalid_api_key", "the key is missing or wrong; send it as Authorization: Bearer KEY").write(w)
		return
	}
	g.next.ServeHTTP(w, r)
}

// clientHeaders are those that OpenAI's package for JavaScript sends from pages.
var clientHeaders = []string{"X-Stainless-Arch", "X-Stainless-Lang", "X-Stainless-OS", "X-Stainless-Package-Version", "X-Stainless-Retry-Count",
	"X-Stainless-Runtime", "X-Stainless-Runtime-Version", "X-Stainless-Timeout", "X-Stainless-Helper-Method", "OpenAI-Organization", "OpenAI-Project"}

func (g *guard) check(w http.ResponseWriter, r *http.Request) *fault {
	if g.Near && !g.named(r.Host) {
		return failing(http.StatusForbidden, "wrong_host", "the server answers to localhost and its own address alone, not to host %q", short([]byte(r.Host)))
	}
	switch origin, site := r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site"); {
	case origin == "" && (site == "cross-site" || site == "same-site"), origin != "" && !g.allows(origin):
		return failing(http.StatusForbidden, "wrong_origin", "pages of %s may not ask this server; inkling serve --cors=ORIGIN lets them", orElsewhere(origin))
	case origin != "":
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Add("Vary", "Origin")
	}
	if r.Method == http.MethodPost {
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
			return failing(http.StatusUnsupportedMediaType, "wrong_content_type", "Content-Type must be application/json")
		}
	}
	return nil
}

func orElsewhere(origin string) string {
	if origin == "" {
		return "other sites"
	}
	return short([]byte(origin))
}

// named reports whether a Host header names this machine as itself, or as the server was told to call it.
func (g *guard) named(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.TrimSuffix(strings.Trim(name, "[]"), "."))
	if name == "localhost" || g.Host != "" && name == strings.ToLower(g.Host) {
		return true
	}
	address, err := netip.ParseAddr(name)
	return err == nil && address.Unmap().IsLoopback()
}

func (g *guard) allows(origin string) bool {
	return slices.Contains(g.Origins, "*") || slices.ContainsFunc(g.Origins, func(o string) bool { return strings.EqualFold(o, origin) })
}

// knows compares the key, in a time that does not tell how much of it is right.
func (g *guard) knows(r *http.Request) bool {
	kind, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	given, want := sha256.Sum256([]byte(strings.TrimSpace(key))), sha256.Sum256([]byte(g.Key))
	return subtle.ConstantTimeCompare(given[:], want[:]) == 1 && strings.EqualFold(kind, "Bearer")
}

// body reads what was posted, within a limit of bytes and the time that the guard has set.
func (s *Server) body(w http.ResponseWriter, r *http.Request) ([]byte, *fault) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.limits.Bytes))
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, failing(http.StatusRequestEntityTooLarge, "too_large", "the body has more than %d bytes", large.Limit)
	}
	if err != nil {
		return nil, failing(http.StatusRequestTimeout, "incomplete", "the body did not arrive")
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{}) // it would end the request
	return data, nil
}
