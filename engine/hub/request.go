package hub

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	maxRedirects = 10
	attempts     = 5               // in a row without a byte, before a request is given up
	allAttempts  = 1000            // with a few bytes each
	maxWait      = 2 * time.Minute // that a server may ask for
	maxHeader    = 256 << 10       // bytes
)

// What messages advise.
const (
	adviseConnection = "check the connection, and the proxy settings and HF_ENDPOINT where they are set; then repeat the command, it goes on where it stopped"
	adviseEndpoint   = "check HF_ENDPOINT, and whether a proxy or a login page answers in place of the hub"
	adviseLater      = "repeat the command later, it goes on where it stopped"
)

// newHTTP is a client that follows no redirects. It speaks HTTP/1.1, where several requests are several connections.
func newHTTP() *http.Client {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
			TLSHandshakeTimeout:    15 * time.Second,
			IdleConnTimeout:        30 * time.Second,
			MaxIdleConnsPerHost:    16,
			MaxResponseHeaderBytes: maxHeader,
			DisableCompression:     true,
			Protocols:              protocols,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// transient is an error that may be gone when the request is repeated.
type transient struct {
	error
	wait    time.Duration // that the server asks for; 0 where it does not
	nowhere bool          // there was no connection at all
}

func (t *transient) Unwrap() error { return t.error }

// retry calls try again for as long as its error is a transient one, with growing pauses, and not too often in a row.
// Where nothing has ever answered, it tries twice only. progress says that try has got something done before it failed.
func (p *pull) retry(ctx context.Context, try func() (progress bool, err error)) error {
	for failures, all := 0, 0; ; all++ {
		progress, err := try()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		t, ok := errors.AsType[*transient](err)
		if !ok {
			return err
		}
		if progress {
			failures = 0
		}
		failures++
		if failures >= attempts || all >= allAttempts || t.wait > maxWait || failures > 1 && t.nowhere && !p.reached.Load() {
			return t.error
		}
		wait := t.wait
		if wait == 0 {
			wait = p.client.Pause << (failures - 1)
			wait += rand.N(wait/2 + 1) // so that connections do not all come back at once
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// send makes one request. The token goes along to the endpoint only: to its scheme, host and port.
func (p *pull) send(ctx context.Context, method string, u *url.URL, bytes string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, u.String(), nil)
	if err != nil {
		return nil, fail(ErrProtocol, "%s cannot be asked for: %w; %s", label(u.Redacted()), err, adviseEndpoint)
	}
	request.Header.Set("User-Agent", "inkling")
	request.Header.Set("Accept-Encoding", "identity") // lengths and ranges are those of the file
	if bytes != "" {
		request.Header.Set("Range", "bytes="+bytes)
	}
	if p.client.Token != "" && sameOrigin(u, p.client.endpoint) {
		request.Header.Set("Authorization", "Bearer "+p.client.Token)
	}
	response, err := p.client.http.Do(request)
	if err != nil {
		return nil, unreachable(ctx, u, err)
	}
	p.reached.Store(true)
	return response, nil
}

// get makes a request and follows redirects. at is where the answer came from.
func (p *pull) get(ctx context.Context, u *url.URL, bytes string) (response *http.Response, at *url.URL, err error) {
	for range maxRedirects {
		response, err := p.send(ctx, http.MethodGet, u, bytes)
		if err != nil {
			return nil, u, err
		}
		target, err := redirection(response, u)
		if err == nil && target == nil {
			return response, u, nil
		}
		discard(response)
		if err != nil {
			return nil, u, err
		}
		u = target
	}
	return nil, u, fail(ErrProtocol, "%s redirects again and again; %s", u.Host, adviseEndpoint)
}

// redirection is where an answer redirects to, nil where it does not.
func redirection(response *http.Response, from *url.URL) (*url.URL, error) {
	location := response.Header.Get("Location")
	switch response.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	target, err := from.Parse(location)
	switch {
	case location == "" || err != nil || target.Host == "" || target.Scheme != "http" && target.Scheme != "https":
		return nil, fail(ErrProtocol, "%s redirects to %s, which is no address; %s", from.Host, label(location), adviseEndpoint)
	case from.Scheme == "https" && target.Scheme == "http":
		return nil, fail(ErrProtocol, "%s redirects to %s without encryption; %s", from.Host, label(target.Host), adviseEndpoint)
	}
	target.User = nil
	return target, nil
}

// discard ends an answer so that its connection can be used again.
func discard(response *http.Response) {
	io.Copy(io.Discard, io.LimitReader(response.Body, 4<<10))
	response.Body.Close()
}

// sameOrigin says whether two addresses have the scheme, the host and the port in common.
func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}

// errStalled ends a request that gives no data.
var errStalled = errors.New("no data for too long")

// unreachable is the error for a connection that could not be made.
func unreachable(ctx context.Context, u *url.URL, err error) error {
	return disconnected(ctx, "cannot reach "+u.Host, err)
}

// broken is the error for a connection that ended in the middle.
func broken(ctx context.Context, u *url.URL, err error) error {
	return disconnected(ctx, "lost the connection to "+u.Host, err)
}

func disconnected(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil && context.Cause(ctx) != errStalled {
		return ctx.Err()
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // without the address, which may be long and signed
	}
	if context.Cause(ctx) == errStalled {
		err = errStalled
	}
	if certificate, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return fail(ErrUnreachable, "%s: its certificate is not trusted: %w; check the clock of this machine, and whether a proxy answers in place of the hub",
			what, certificate.Err)
	}
	operation, ok := errors.AsType[*net.OpError](err)
	return &transient{
		error:   fail(ErrUnreachable, "%s: %w; %s", what, err, adviseConnection),
		nowhere: ok && operation.Op != "read" && operation.Op != "write",
	}
}

// refusal is the error for an answer that has not what was asked for. It ends the answer.
func (p *pull) refusal(response *http.Response) error {
	discard(response)
	host, status := response.Request.URL.Host, response.StatusCode
	reason := strconv.Itoa(status)
	if text := http.StatusText(status); text != "" {
		reason += " " + text
	}
	message := response.Header.Get("X-Error-Message")
	if message != "" {
		reason += ": " + label(message)
	}
	switch {
	case status == http.StatusTooManyRequests:
		wait := retryAfter(response.Header, time.Now())
		return &transient{error: fail(ErrRateLimited, "%s has had too many requests from this machine%s; %s",
			host, waitText(wait), p.adviseToken()), wait: wait}
	case status >= 500 || status == http.StatusRequestTimeout || status == http.StatusTooEarly:
		wait := retryAfter(response.Header, time.Now())
		return &transient{error: fail(ErrServer, "%s answers %s%s; %s", host, reason, waitText(wait), adviseLater), wait: wait}
	case !sameOrigin(response.Request.URL, p.client.endpoint):
		// The address of the bytes is valid for some time only: it is looked up again.
		return &transient{error: fail(ErrServer, "%s, to which the hub redirects, answers %s; %s", host, reason, adviseLater)}
	}
	id := p.ref.ID
	switch code := response.Header.Get("X-Error-Code"); {
	case code == "RevisionNotFound":
		return fail(ErrRevision, "%s has no revision %s; %s/%s/tree/main shows which there are",
			id, label(p.ref.revision()), p.client.Endpoint, id)
	case code == "GatedRepo":
		return fail(ErrAccess, "%s is gated: accept its terms at %s/%s, then set HF_TOKEN to an access token of your account (%s)",
			id, p.client.Endpoint, id, reason)
	case code == "RepoNotFound":
		return fail(ErrNotFound, "%s has no repository %s, or it is private; check the name%s", host, id, p.adviseAccess())
	case strings.HasPrefix(message, "Access to this resource is disabled"):
		return fail(ErrAccess, "%s is disabled on the hub; choose another model (%s)", id, reason)
	case status == http.StatusUnauthorized && p.client.Token != "":
		return fail(ErrAccess, "%s refuses the access token from %s; get a new one from the settings of your account, or remove it (%s)",
			host, p.client.TokenFrom, reason)
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fail(ErrAccess, "%s gives no access to %s: check the name; if it is gated, accept its terms at %s/%s%s (%s)",
			host, id, p.client.Endpoint, id, p.adviseAccess(), reason)
	case status == http.StatusNotFound || status == http.StatusGone:
		return fail(ErrNotFound, "%s has no repository %s; check the name", host, id)
	}
	return fail(ErrProtocol, "%s answers %s to %s; %s", host, reason, response.Request.Method, adviseEndpoint)
}

func (p *pull) adviseAccess() string {
	if p.client.Token == "" {
		return ", and set HF_TOKEN to an access token of an account that may read it"
	}
	return fmt.Sprintf(", and whether the access token from %s may read it", p.client.TokenFrom)
}

func (p *pull) adviseToken() string {
	if p.client.Token == "" {
		return adviseLater + ", or set HF_TOKEN to an access token for a higher limit"
	}
	return adviseLater
}

func waitText(wait time.Duration) string {
	if wait == 0 {
		return ""
	}
	return fmt.Sprintf(" and asks to wait %s", wait.Round(time.Second))
}

// rateLimit is a header that says in how many seconds there is room again (draft-ietf-httpapi-ratelimit-headers).
var rateLimit = regexp.MustCompile(`;\s*r\s*=\s*0\s*;\s*t\s*=\s*(\d+)`)

// retryAfter is how long the server asks to wait; 0 where it does not say.
func retryAfter(h http.Header, now time.Time) time.Duration {
	const longest = 1 << 20 // seconds; what is beyond is too long in any case
	value := h.Get("Retry-After")
	if found := rateLimit.FindStringSubmatch(h.Get("RateLimit")); value == "" && found != nil {
		value = found[1]
	}
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil {
		return time.Duration(min(seconds, longest)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), longest*time.Second)
	}
	return 0
}
