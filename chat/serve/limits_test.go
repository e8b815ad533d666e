package serve

import (
	"bufio"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"inkling/engine/enginetest"
)

// hurried sets short limits of time, so that what is too slow is so at once.
func hurried(o *Options) {
	const moment = 30 * time.Millisecond
	o.Limits = Limits{Header: moment, Body: moment, Write: moment, Idle: moment}
}

// dial connects to a server and sends it a text.
func dial(t *testing.T, url, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	return c
}

// Whoever is slow, or says too much before the request itself, is told so or cut off, and the server goes on.
func TestSlowClients(t *testing.T) {
	url, stop, ended := serving(t, murmur, hurried)
	for name, c := range map[string]struct{ sent, status string }{
		"half a header":      {"POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Ty", "400"},
		"half a body":        {"POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"prompt\":", "408"},
		"a body for nothing": {"POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n{", "415"},
		"nothing":            {"", ""},
		"nothing afterwards": {"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", "200"},
		"a large header":     {"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Large: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", "431"},
	} {
		answer, err := io.ReadAll(dial(t, url, c.sent)) // until the server closes
		if status := strings.Fields(string(answer) + " - -")[1]; c.status != "" && status != c.status || c.status == "" && len(answer) > 0 {
			t.Errorf("%s: %.80q (%v), expected status %q", name, answer, err, c.status)
		}
	}
	r, err := http.Get(url + "/health")
	if err != nil || r.StatusCode != 200 {
		t.Errorf("afterwards: %v, %v", r, err)
	}
	r.Body.Close()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// pipes are connections without any room between their ends.
type pipes struct{ conns chan net.Conn }

func (p pipes) Accept() (net.Conn, error) {
	if c, ok := <-p.conns; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func (p pipes) connect() net.Conn {
	here, there := net.Pipe()
	p.conns <- there
	return here
}

// A client that reads nothing of its answer loses its place to the next one.
func TestClientThatReadsNothing(t *testing.T) {
	m := enginetest.New(512, endless)
	defer m.Close()
	o := Options{Model: m, ID: "scripted", Params: params(), Parallel: 1, Queue: 4, Access: Access{Near: true}}
	hurried(&o)
	p := pipes{make(chan net.Conn)}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- New(o).Serve(ctx, p) }()
	ask := func(body string) net.Conn {
		c := p.connect()
		fmt.Fprintf(c, "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		return c
	}
	silent := ask(long)
	defer silent.Close()
	first := make([]byte, 1) // it has its place
	if _, err := io.ReadFull(silent, first); err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(ask(`{"prompt": "y", "max_tokens": 2}`)), nil)
	if err != nil || r.StatusCode != 200 {
		t.Errorf("the next one got %v, %v", r, err)
	}
	close(p.conns)
	stop()
	<-ended
}

// Keys are compared in constant time: nowhere else than by crypto/subtle, but for whether there is one.
func TestKeysAreComparedInConstantTime(t *testing.T) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "guard.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	mentions := func(n ast.Node) (found bool) {
		ast.Inspect(n, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			found = found || ok && s.Sel.Name == "Key"
			return !found
		})
		return found
	}
	constant := 0
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			empty := func(e ast.Expr) bool { l, ok := e.(*ast.BasicLit); return ok && l.Value == `""` }
			if (n.Op == token.EQL || n.Op == token.NEQ) && (mentions(n.X) || mentions(n.Y)) && !empty(n.X) && !empty(n.Y) {
				t.Errorf("%s: a key is compared", files.Position(n.Pos()))
			}
		case *ast.CallExpr:
			if s, ok := n.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "ConstantTimeCompare" {
				constant++
			}
		}
		return true
	})
	if constant != 1 {
		t.Errorf("%d comparisons in constant time, expected 1", constant)
	}
}
