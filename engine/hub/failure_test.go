package hub_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"inkling/engine/hub"
	"inkling/engine/hub/hubtest"
)

// on has only requests for a path with that in it go through hook.
func on(part string, hook hubtest.Hook) hubtest.Hook {
	return func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		if strings.Contains(r.URL.Path, part) {
			hook(w, r, next)
		} else {
			next(w, r)
		}
	}
}

// answer is a hook that says this and nothing else.
func answer(status int, headers ...string) hubtest.Hook {
	return func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
	}
}

// replace is a hook that changes a header.
func replace(name, value string) hubtest.Hook {
	return func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		next(hubtest.Header(w, name, value), r)
	}
}

// head has only requests for metadata go through hook.
func head(hook hubtest.Hook) hubtest.Hook {
	return func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		if r.Method == http.MethodHead {
			hook(w, r, next)
		} else {
			next(w, r)
		}
	}
}

// bytesOnly has only requests for the bytes of large files go through hook.
func bytesOnly(hook hubtest.Hook) hubtest.Hook {
	return func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		if stored(r) && r.Method == http.MethodGet {
			hook(w, r, next)
		} else {
			next(w, r)
		}
	}
}

func TestFailuresSayWhatToDo(t *testing.T) {
	files := hubtest.Model(20, 3<<20)
	const weights = "model.safetensors"
	for name, test := range map[string]struct {
		name  string // to pull
		token string
		hook  hubtest.Hook
		kind  error
		texts []string
	}{
		"no such repository":            {"someone/else", "", nil, hub.ErrNotFound, []string{"someone/else", "HF_TOKEN"}},
		"no such repository, token":     {"someone/else", "hf_x", nil, hub.ErrNotFound, []string{"someone/else", "access token from HF_TOKEN"}},
		"no such repository, no code":   {id, "", on("/api/models", answer(404)), hub.ErrNotFound, []string{id, "check the name"}},
		"no such revision":              {id + "@v9", "", nil, hub.ErrRevision, []string{"v9", "/tree/main"}},
		"no such revision, no code":     {id + "@v9", "", on("/revision/", answer(404)), hub.ErrRevision, []string{"v9"}},
		"neither, no code":              {id + "@v9", "", on("/api/models", answer(404)), hub.ErrNotFound, []string{id}},
		"no such commit":                {id + "@" + strings.Repeat("0", 40), "", nil, hub.ErrRevision, []string{"00000"}},
		"gated":                         {"someone/gated", "", nil, hub.ErrAccess, []string{"accept its terms at http://", "HF_TOKEN"}},
		"gated, token":                  {"someone/gated", "hf_x", nil, hub.ErrAccess, []string{"accept its terms at http://"}},
		"private":                       {"someone/private", "", nil, hub.ErrNotFound, []string{"private", "HF_TOKEN"}},
		"401 without a code":            {id, "", answer(401), hub.ErrAccess, []string{"HF_TOKEN"}},
		"403 without a code":            {id, "hf_x", answer(403), hub.ErrAccess, []string{"access token from HF_TOKEN"}},
		"a token that is refused":       {id, "hf_x", answer(401, "X-Error-Message", "Invalid credentials in Authorization header"), hub.ErrAccess, []string{"refuses the access token from HF_TOKEN"}},
		"disabled":                      {id, "", answer(403, "X-Error-Message", "Access to this resource is disabled."), hub.ErrAccess, []string{"disabled"}},
		"too many requests":             {id, "", answer(429, "Retry-After", "3600"), hub.ErrRateLimited, []string{"wait 1h0m0s", "HF_TOKEN"}},
		"too many requests, draft":      {id, "", answer(429, "RateLimit", `"api";r=0;t=600`), hub.ErrRateLimited, []string{"wait 10m0s"}},
		"a server that is down":         {id, "", answer(503), hub.ErrServer, []string{"503", "later"}},
		"a server that misses itself":   {id, "", on(weights, answer(500, "X-Error-Message", "boom \u202egnp")), hub.ErrServer, []string{"500", "boom"}},
		"a tea pot":                     {id, "", answer(418), hub.ErrProtocol, []string{"418", "HF_ENDPOINT"}},
		"a login page":                  {id, "", func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) { w.Write([]byte("<html>Log in")) }, hub.ErrProtocol, []string{"HF_ENDPOINT"}},
		"nothing but redirects":         {id, "", answer(307, "Location", "/api/models/someone/model"), hub.ErrProtocol, []string{"again and again"}},
		"a redirect to a file":          {id, "", answer(307, "Location", "file:///etc/passwd"), hub.ErrProtocol, []string{"file:///etc/passwd"}},
		"a redirect to nowhere":         {id, "", answer(302), hub.ErrProtocol, []string{"redirects"}},
		"a listing that is cut":         {id, "", on("/api/models", func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) { next(hubtest.Cut(w, 100), r) }), hub.ErrUnreachable, []string{"connection"}},
		"a commit to climb with":        {id, "", on("/api/models", body(`{"sha": "../../../../evil", "siblings": []}`)), hub.ErrProtocol, []string{"../../../../evil"}},
		"a commit in capitals":          {id, "", on("/api/models", body(`{"sha": "`+strings.Repeat("A", 40)+`"}`)), hub.ErrProtocol, []string{"40 hexadecimal"}},
		"another commit":                {id, "", head(replace("X-Repo-Commit", strings.Repeat("1", 40))), hub.ErrProtocol, []string{"11111"}},
		"no commit":                     {id, "", head(replace("X-Repo-Commit", "")), hub.ErrProtocol, []string{"X-Repo-Commit"}},
		"a file that is not there":      {id, "", head(on("merges.txt", answer(404, "X-Error-Code", "EntryNotFound"))), hub.ErrProtocol, []string{"merges.txt"}},
		"an etag to climb with":         {id, "", head(on(weights, replace("X-Linked-Etag", `"../../../evil"`))), hub.ErrProtocol, []string{"../../../evil"}},
		"an etag that is no checksum":   {id, "", head(on("resolve-cache", replace("Etag", `"abc-12"`))), hub.ErrProtocol, []string{"abc-12"}},
		"no etag":                       {id, "", head(on("resolve-cache", replace("Etag", ""))), hub.ErrProtocol, []string{"checksum"}},
		"a size below nothing":          {id, "", head(on(weights, replace("X-Linked-Size", "-1"))), hub.ErrProtocol, []string{"-1"}},
		"a size beyond counting":        {id, "", head(on(weights, replace("X-Linked-Size", "99999999999999999999"))), hub.ErrProtocol, []string{"999999"}},
		"a size beyond all disks":       {id, "", head(on(weights, replace("X-Linked-Size", "2000000000000"))), hub.ErrProtocol, []string{"2000.00 GB"}},
		"no size":                       {id, "", head(on(weights, replace("X-Linked-Size", ""))), hub.ErrProtocol, []string{"X-Linked-Size"}},
		"a size too large":              {id, "", head(on(weights, replace("X-Linked-Size", "4000000"))), hub.ErrProtocol, []string{weights, "4000000"}},
		"a size too small":              {id, "", head(on(weights, replace("X-Linked-Size", "3000000"))), hub.ErrProtocol, []string{"3145728", "3000000"}},
		"a small size too small":        {id, "", on("vocab.json", head(replace("X-Linked-Size", "3000"))), hub.ErrProtocol, []string{"vocab.json", "3000"}},
		"always the same wrong byte":    {id, "", bytesOnly(func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) { next(hubtest.Flip(w, 1000), r) }), hub.ErrChecksum, []string{weights, "checksum"}},
		"small with a wrong byte":       {id, "", on("vocab.json", func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) { next(hubtest.Flip(w, 1000), r) }), hub.ErrChecksum, []string{"vocab.json", "checksum"}},
		"bytes that break off for good": {id, "", bytesOnly(func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) { next(hubtest.Cut(w, 0), r) }), hub.ErrUnreachable, []string{weights, "goes on where it stopped"}},
		"storage that refuses":          {id, "", bytesOnly(answer(403)), hub.ErrServer, []string{"403", "redirects"}},
		"storage with another range":    {id, "", bytesOnly(replace("Content-Range", "bytes 5-10/3145728")), hub.ErrProtocol, []string{"5-10"}},
		"storage with another total":    {id, "", bytesOnly(replace("Content-Range", "bytes 0-1048575/7")), hub.ErrProtocol, []string{""}},
		"compressed bytes":              {id, "", bytesOnly(replace("Content-Encoding", "gzip")), hub.ErrProtocol, []string{"gzip"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := hubtest.New(t)
			for _, repository := range []string{id, "someone/gated", "someone/private"} {
				s.Add(repository, files)
			}
			s.Restrict("someone/gated", "hf_right", true)
			s.Restrict("someone/private", "hf_right", false)
			s.Use(test.hook)
			c := newClient(t, s)
			if test.token != "" {
				c.Token, c.TokenFrom = test.token, "HF_TOKEN"
			}
			_, err := tryPull(c, test.name)
			if !errors.Is(err, test.kind) {
				t.Errorf("%v, want an error of the kind %q", err, test.kind)
			}
			oneLine(t, err, test.texts...)
			if n := len(s.Requests()); n > 120 {
				t.Errorf("%d requests", n)
			}
			if _, err := c.Cache.Find(parse(t, test.name)); !errors.Is(err, hub.ErrNotLocal) {
				t.Errorf("afterwards Find says %v", err)
			}
			blobs, _ := os.ReadDir(filepath.Join(c.Cache.Dir, "models--someone--model", "blobs"))
			for _, b := range blobs {
				right := strings.HasSuffix(b.Name(), ".incomplete")
				for name, content := range files {
					right = right || hubtest.Etag(name, content) == b.Name()
				}
				if !right {
					t.Errorf("there is a blob %s", b.Name())
				}
			}
			// When things are right again, so is the pull.
			s.Use(nil)
			if strings.HasPrefix(test.name, id) && !strings.Contains(test.name, "@") {
				c.Token = ""
				expect(t, pull(t, c, id), files, wanted()...)
			}
		})
	}
}

// body is a hook that says this.
func body(text string) hubtest.Hook {
	return func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) { w.Write([]byte(text)) }
}

func TestNothingAnswers(t *testing.T) {
	s := hubtest.New(t)
	files := hubtest.Model(21, 1000)
	s.Add(id, files)
	c := newClient(t, s)
	pull(t, c, id)
	nowhere, err := hub.New(hub.Settings{Endpoint: "http://127.0.0.1:1", Cache: c.Cache})
	if err != nil {
		t.Fatal(err)
	}
	_, err = tryPull(nowhere, id)
	if !errors.Is(err, hub.ErrUnreachable) {
		t.Errorf("%v, want %v", err, hub.ErrUnreachable)
	}
	oneLine(t, err, "127.0.0.1:1", "check the connection")
	// What is there stays usable.
	if found, err := c.Cache.Find(parse(t, id)); err != nil || len(found.Files) != len(wanted()) {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestOffline(t *testing.T) {
	s := hubtest.New(t)
	files := hubtest.Model(22, 1000)
	s.Add(id, files)
	c := newClient(t, s)
	c.Offline = true
	_, err := tryPull(c, id)
	if !errors.Is(err, hub.ErrOffline) || !errors.Is(err, hub.ErrNotLocal) {
		t.Errorf("%v", err)
	}
	oneLine(t, err, "HF_HUB_OFFLINE")
	c.Offline = false
	pull(t, c, id)
	c.Offline = true
	s.Requests()
	expect(t, pull(t, c, id), files, wanted()...)
	if requests := s.Requests(); len(requests) > 0 {
		t.Errorf("asked for %v", requests)
	}
}

// Errors that pass are waited out.
func TestPassingErrors(t *testing.T) {
	files := hubtest.Model(23, 3<<20)
	for name, hook := range map[string]hubtest.Hook{
		"503": answer(503), "429": answer(429), "429 at once": answer(429, "Retry-After", "0"), "500": answer(500), "408": answer(408),
		"cut":     func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) { next(hubtest.Cut(w, 50), r) },
		"no data": func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := hubtest.New(t)
			s.Add(id, files)
			// Every request goes wrong twice.
			var mu sync.Mutex
			times := map[string]int{}
			s.Use(func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
				mu.Lock()
				_, end, _ := strings.Cut(r.Header.Get("Range"), "-") // the beginning moves on
				what := r.Method + r.URL.Path + end
				times[what]++
				wrong := times[what] <= 2
				mu.Unlock()
				if wrong {
					hook(w, r, next)
				} else {
					next(w, r)
				}
			})
			expect(t, pull(t, newClient(t, s), id), files, wanted()...)
		})
	}
}

// A server may say nothing of the length of a small file, and may know no ranges.
func TestServersThatSayLess(t *testing.T) {
	files := hubtest.Model(24, 5<<20)
	for name, hook := range map[string]hubtest.Hook{
		"no ranges": func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
			r.Header.Del("Range")
			next(w, r)
		},
		"no ranges, often cut": func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
			r.Header.Del("Range")
			if stored(r) {
				w = hubtest.Cut(w, 2_000_000+int64(len(r.RemoteAddr)))
			}
			next(w, r)
		},
		"no lengths": func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
			if strings.Contains(r.URL.Path, "resolve-cache") {
				w = hubtest.Header(w, "Content-Length", "")
			}
			next(w, r)
		},
		"a weak etag": func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
			for name, content := range files {
				if strings.HasSuffix(r.URL.Path, "/"+name) && strings.Contains(r.URL.Path, "resolve-cache") {
					w = hubtest.Header(w, "Etag", `W/"`+hubtest.Etag(name, content)+`"`)
				}
			}
			next(w, r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := hubtest.New(t)
			s.Add(id, files)
			c := newClient(t, s)
			if name == "no ranges, often cut" {
				s.Use(hook)
				if _, err := tryPull(c, id); !errors.Is(err, hub.ErrUnreachable) {
					t.Errorf("%v", err)
				}
				hook = func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
					r.Header.Del("Range")
					next(w, r)
				}
			}
			s.Use(hook)
			expect(t, pull(t, c, id), files, wanted()...)
		})
	}
}

func TestCancelling(t *testing.T) {
	s := hubtest.New(t)
	files := hubtest.Model(25, 6<<20)
	s.Add(id, files)
	for name, part := range map[string]string{"the listing": "/api/models", "metadata": "merges.txt", "bytes": "", "small": "resolve-cache"} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, s)
			c.Connections = 1
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var rest atomic.Int32
			rest.Store(1)
			s.Use(func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
				if part != "" && strings.Contains(r.URL.Path, part) || part == "" && stored(r) && rest.Add(-1) < 0 {
					cancel()
					<-r.Context().Done() // an answer never comes
					return
				}
				next(w, r)
			})
			_, err := c.Pull(ctx, parse(t, id), hub.PullOptions{})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%v", err)
			}
			s.Use(nil)
			s.Requests()
			expect(t, pull(t, c, id), files, wanted()...)
			if name == "bytes" {
				fresh := 0
				for _, r := range s.Requests() {
					if r.Stored {
						fresh++
					}
				}
				if fresh != 1 {
					t.Errorf("%d of 2 ranges were fetched again, 1 had arrived", fresh)
				}
			}
		})
	}
}
