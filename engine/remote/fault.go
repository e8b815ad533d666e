package remote

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"
)

// A fault is what went wrong with a request, in one line that says what to do.
type fault struct {
	line     string
	again    bool          // the same request may do better later
	long     bool          // the prompt is too long for the model
	optional bool          // what was asked for is no part of every server
	after    time.Duration // which the server has asked to wait; 0: it has not
	param    string        // field of the request that the server does not take, "" for none
	told     string        // what the server said of it
	cause    error
}

func (f *fault) Error() string { return f.line }
func (f *fault) Unwrap() error { return f.cause }

// errSilent is the cause of a context that ends because the server says nothing.
var errSilent = errors.New("silence")

// unreached is the fault of a request that got no answer, or not all of it.
func (s *Server) unreached(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errSilent) {
		return &fault{cause: err, line: fmt.Sprintf("%s: %s said nothing for %v; try again, or raise timeout in [remotes.%s]",
			s.Name, s.host(), s.patience(), s.Name)}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	f := &fault{cause: err}
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &dns):
		f.line = fmt.Sprintf("%s: there is no host %s, or no network; check url in [remotes.%s]", s.Name, s.host(), s.Name)
	case errors.As(err, &certificate), errors.As(err, &authority):
		f.line = fmt.Sprintf("%s: the certificate of %s is not trusted; have the system trust it, or correct url", s.Name, s.host())
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		f.line = fmt.Sprintf("%s: %s does not speak TLS; begin url with http://", s.Name, s.host())
	case strings.Contains(err.Error(), "tls: "), strings.Contains(err.Error(), "x509: "):
		f.line = fmt.Sprintf("%s: no secure connection to %s; check url and the certificates", s.Name, s.host())
	case errors.Is(err, syscall.ECONNREFUSED), strings.Contains(err.Error(), "refused"): // Windows has a number of its own
		f.line = fmt.Sprintf("%s: nothing answers at %s; start the server, or correct url", s.Name, s.host())
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		f.line, f.again = fmt.Sprintf("%s: %s ended the connection; try again", s.Name, s.host()), true
	default:
		f.line, f.again = fmt.Sprintf("%s: %s cannot be reached; check the network and url", s.Name, s.host()), true
	}
	return f
}

// refused is the fault of an answer that is not 200.
func (s *Server) refused(response *http.Response, data []byte, hidden secrets) error {
	told, ok := readRefusal(data)
	said := ""
	if ok { // pages of HTML say nothing to people
		said = printable(hidden.hide(told.message))
	}
	f := &fault{told: told.message, param: told.param}
	code := response.StatusCode
	line := func(what, advice string) {
		f.line = s.Name + ": " + what
		if said != "" {
			f.line += " (" + said + ")"
		}
		f.line += "; " + advice
	}
	lower := strings.ToLower(told.code + " " + told.message)
	switch {
	case strings.Contains(lower, "content_filter") || strings.Contains(lower, "content_policy"):
		line("the server's content filter refused the request", "change the message")
	case code == 400 && strings.Contains(lower, "context") && (strings.Contains(lower, "length") || strings.Contains(lower, "size") || strings.Contains(lower, "exceed")):
		f.long = true
		line("the chat is too long for the model", "begin a new one, or shorten it")
	case code == 401 && s.KeyEnv == "" && s.KeyCommand == "":
		line("the server wants a key", "name it by key_env or key_command in [remotes."+s.Name+"]")
	case code == 401:
		line("the server does not take the key", "check key_env or key_command in [remotes."+s.Name+"]")
	case code == 403:
		line("the key may not do this", "check what it is allowed, or choose another model")
	case code == 404:
		line("no such model or address", "/model lists the models; url may lack its /v1")
	case code == 408:
		line("the server waited too long", "try again")
	case code == 413:
		line("the chat is too large for the server", "begin a new one, or shorten it")
	case code == 429:
		f.after = retryAfter(response.Header.Get("Retry-After"), s.now())
		when := "later"
		if f.after > 0 {
			when = "in " + f.after.Round(time.Second).String()
		}
		line("too many requests, or the quota is used up", "try again "+when)
	case code >= 300 && code < 400:
		line(fmt.Sprintf("the server sends elsewhere (%d)", code), "correct url")
	case code >= 500:
		f.after = retryAfter(response.Header.Get("Retry-After"), s.now())
		line(fmt.Sprintf("the server failed (%d %s)", code, http.StatusText(code)), "try again, or look at its log")
	case code == 400 || code == 422:
		line(fmt.Sprintf("the server does not take the request (%d)", code), "check the settings, or choose another model")
	default:
		line(fmt.Sprintf("the server answered %d %s", code, http.StatusText(code)), "check url in [remotes."+s.Name+"]")
	}
	f.again = slices.Contains([]int{408, 429, 500, 502, 503, 504}, code) && !strings.Contains(lower, "insufficient_quota")
	f.optional = code == 404 || code == 405 || code == 501
	if code != 400 && code != 422 {
		f.param, f.told = "", ""
	}
	return f
}

// retryAfter reads seconds or a date.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil && seconds > 0 && seconds < 1e6 {
		return time.Duration(seconds * float64(time.Second))
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

// printable is what somebody elsewhere says, on one short line without what is no text.
func printable(text string) string {
	const most = 160
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) || r == unicode.ReplacementChar || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return strings.TrimRight(text, ".")
}
