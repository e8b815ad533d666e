package serve

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// send sends a request with headers; "Host" among them is that of the request.
func send(t *testing.T, server *httptest.Server, method, path, body string, headers map[string]string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range headers {
		if name == "Host" {
			r.Host = value
			continue
		}
		r.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return response
}

func TestHost(t *testing.T) {
	server, _ := offer(t, murmur, nil)
	for host, status := range map[string]int{"localhost": 200, "localhost:99": 200, "LOCALHOST.": 200, "127.0.0.1:8080": 200, "127.9.9.9": 200, "[::1]:80": 200,
		"evil.example": 403, "evil.example:8080": 403, "127.0.0.1.evil.example": 403, "192.168.1.5": 403, "localhost.evil.example": 403} {
		if got := send(t, server, "GET", "/v1/models", "", map[string]string{"Host": host}).StatusCode; got != status {
			t.Errorf("host %s: %d, expected %d", host, got, status)
		}
	}
}

func TestPagesElsewhere(t *testing.T) {
	shut, _ := offer(t, murmur, nil)
	open, _ := offer(t, murmur, func(o *Options) { o.Access.Origins = []string{"https://app.example"} })
	all, _ := offer(t, murmur, func(o *Options) { o.Access.Origins = []string{"*"} })
	const body = `{"prompt": "x", "max_tokens": 1}`
	for _, c := range []struct {
		name    string
		server  *httptest.Server
		headers map[string]string
		status  int
		origin  string
	}{
		{"a page", shut, map[string]string{"Origin": "https://app.example"}, 403, ""},
		{"a file", shut, map[string]string{"Origin": "null"}, 403, ""},
		{"a page of this machine", shut, map[string]string{"Origin": "http://localhost:3000"}, 403, ""},
		{"without an origin", shut, map[string]string{"Sec-Fetch-Site": "cross-site"}, 403, ""},
		{"a program", shut, nil, 200, ""},
		{"an address typed in", shut, map[string]string{"Sec-Fetch-Site": "none"}, 200, ""},
		{"allowed", open, map[string]string{"Origin": "https://app.example", "Sec-Fetch-Site": "cross-site"}, 200, "https://app.example"},
		{"not allowed", open, map[string]string{"Origin": "https://evil.example"}, 403, ""},
		{"all allowed", all, map[string]string{"Origin": "https://any.example"}, 200, "https://any.example"},
		{"all allowed, by another name", all, map[string]string{"Origin": "https://any.example", "Host": "evil.example"}, 403, ""},
		{"a form", shut, map[string]string{"Content-Type": "text/plain"}, 415, ""},
		{"a form, encoded", shut, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, 415, ""},
		{"nothing told", shut, map[string]string{"Content-Type": ""}, 415, ""},
		{"with a charset", shut, map[string]string{"Content-Type": "application/json; charset=utf-8"}, 200, ""},
	} {
		headers := map[string]string{"Content-Type": "application/json"}
		for name, value := range c.headers {
			headers[name] = value
		}
		r := send(t, c.server, "POST", "/v1/completions", body, headers)
		if got := r.Header.Get("Access-Control-Allow-Origin"); r.StatusCode != c.status || got != c.origin {
			t.Errorf("%s: %d and %q, expected %d and %q", c.name, r.StatusCode, got, c.status, c.origin)
		}
	}
	asks := map[string]string{"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
	if r := send(t, open, "OPTIONS", "/v1/completions", "", asks); r.StatusCode != 204 || !strings.Contains(r.Header.Get("Access-Control-Allow-Headers"), "Authorization") {
		t.Errorf("asked whether it may: %d %v", r.StatusCode, r.Header)
	}
	if r := send(t, shut, "OPTIONS", "/v1/completions", "", asks); r.StatusCode != 403 || r.Header.Get("Access-Control-Allow-Headers") != "" {
		t.Errorf("asked whether it may where nobody may: %d %v", r.StatusCode, r.Header)
	}
}

func TestKey(t *testing.T) {
	server, _ := offer(t, murmur, func(o *Options) { o.Access = Access{Key: "right key"} })
	for given, status := range map[string]int{"": 401, "Bearer wrong": 401, "Bearer right ke": 401, "Basic right key": 401, "right key": 401, "Bearer right key": 200,
		"bearer right key": 200} {
		r := send(t, server, "GET", "/v1/models", "", map[string]string{"Authorization": given, "Host": "box.example"})
		text, _ := io.ReadAll(r.Body)
		if r.StatusCode != status || strings.Contains(string(text), "right key") {
			t.Errorf("%q: %d %s, expected %d", given, r.StatusCode, text, status)
		}
	}
	for path, status := range map[string]int{"/health": 200, "/metrics": 401, "/v1/chat/completions": 401} {
		if got := send(t, server, "GET", path, "", nil).StatusCode; got != status {
			t.Errorf("%s without a key: %d, expected %d", path, got, status)
		}
	}
}

func TestLimits(t *testing.T) {
	server, _ := offer(t, murmur, func(o *Options) { o.Limits.Bytes = 100 })
	if status, text := post(t, server, "/v1/completions", `{"prompt": "`+strings.Repeat("x", 200)+`"}`); status != 413 {
		t.Errorf("a large body: %d %s", status, text)
	}
	if r := send(t, server, "DELETE", "/v1/models", "", nil); r.StatusCode != 405 || r.Header.Get("Allow") != "GET" {
		t.Errorf("DELETE: %d %v", r.StatusCode, r.Header)
	}
}
