package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// service is a server elsewhere, and a run of the program whose config names it "home".
func service(t *testing.T, reply http.HandlerFunc) func(args ...string) (status int, out, notes string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/models") {
			io.WriteString(w, `{"data":[{"id":"big","owned_by":"openai"},{"id":"org/small"}]}`)
			return
		}
		reply(w, r)
	}))
	t.Cleanup(server.Close)
	folder := t.TempDir()
	file := filepath.Join(folder, "config.toml")
	text := fmt.Sprintf("[remotes.home]\nurl = \"%s/v1\"\nkey_env = \"HOME_KEY\"\n", server.URL)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"INKLING_CONFIG": file, "HOME_KEY": "sk-secret-5678", "INKLING_DATA_DIR": folder}
	return func(args ...string) (int, string, string) {
		var out, notes bytes.Buffer
		status := Main(t.Context(), args, Streams{strings.NewReader(""), &out, &notes}, func(name string) (string, bool) {
			value, ok := env[name]
			return value, ok
		})
		if all := out.String() + notes.String(); strings.Contains(all, env["HOME_KEY"]) {
			t.Errorf("shows the key: %s", all)
		}
		filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
			if data, _ := os.ReadFile(path); bytes.Contains(data, []byte(env["HOME_KEY"])) {
				t.Errorf("%s has the key", path)
			}
			return err
		})
		return status, out.String(), notes.String()
	}
}

func TestServiceAnswers(t *testing.T) {
	run := service(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		body, _ := io.ReadAll(r.Body)
		text := `Hello \u001b[31mthere`
		if strings.HasSuffix(r.URL.Path, "/chat/completions") {
			if !strings.Contains(string(body), `"content":"Hi you"`) {
				t.Errorf("asked %s", body)
			}
			fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n", text)
			return
		}
		if !strings.Contains(string(body), `"prompt":"Once"`) {
			t.Errorf("asked %s", body)
		}
		io.WriteString(w, "data: {\"choices\":[{\"index\":0,\"text\":\" upon\",\"finish_reason\":\"length\"}]}\n\ndata: [DONE]\n\n")
	})
	if status, out, notes := run("-p", "--model", "home:big", "Hi you"); status != exitOK || !strings.Contains(out, "Hello") {
		t.Errorf("%d: %q, %q", status, out, notes)
	}
	status, out, notes := run("generate", "--model", "home:big", "--num-sequences", "1", "Once")
	if status != exitOK || out != " upon\n" || !strings.Contains(notes, "not available with this model: top_k") {
		t.Errorf("%d: %q, %q", status, out, notes)
	}
}

func TestServiceFails(t *testing.T) {
	run := service(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"error":{"message":"Incorrect key: %s"}}`, r.Header.Get("Authorization"))
	})
	for _, args := range [][]string{{"-p", "--model", "home:big", "Hi"}, {"generate", "--model", "home:big", "Once"}} {
		if status, out, notes := run(args...); status != exitFailure || !strings.Contains(notes, "key_env") || strings.Count(notes, "Incorrect key") != 1 {
			t.Errorf("%d: %q, %q", status, out, notes)
		}
	}
	if status, _, notes := run("generate", "--model", "hone:big", "Once"); status != exitFailure || !strings.Contains(notes, `did you mean "home"`) {
		t.Errorf("%d: %q", status, notes)
	}
}

// A task asks a service in the words for chat models, checks what it says, and asks again where that is not what was asked for.
func TestATaskOfAService(t *testing.T) {
	for _, c := range []struct {
		replies []string
		asked   int
		out     string
		note    string
	}{
		{[]string{"Goat Climbs Town Hall"}, 1, "Goat Climbs Town Hall\n", ""},
		{[]string{"Well.", "Goat Climbs Town Hall"}, 2, "Goat Climbs Town Hall\n", ""},
		{[]string{"Well."}, 3, "Well.\n", "headline: 1 word, expected 3 to 16; not about \"a goat\", after 3 tries"},
	} {
		asked := 0
		run := service(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if !strings.HasSuffix(r.URL.Path, "/chat/completions") ||
				!strings.Contains(string(body), `"content":"Write a newspaper headline about a goat. Answer with the headline alone, on one line."`) {
				t.Errorf("asked %s %s", r.URL.Path, body)
			}
			reply := c.replies[min(asked, len(c.replies)-1)]
			asked++
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%q},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n", reply)
		})
		status, out, notes := run("task", "headline", "--model", "home:big", "a goat")
		if status != exitOK || out != c.out || asked != c.asked || !strings.Contains(notes, c.note) || (c.note == "") == strings.Contains(notes, "tries") {
			t.Errorf("%q: %d, asked %d times: %q, %q", c.replies, status, asked, out, notes)
		}
	}
}

// Whatever is asked for, and however a server throws the key back, neither output nor a file shows it; service watches.
func TestNothingShowsTheKey(t *testing.T) {
	asked := 0
	run := service(t, func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("Authorization")
		if !strings.HasSuffix(key, "5678") {
			t.Errorf("asked with %q", key)
		}
		asked++
		switch asked % 4 {
		case 0:
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"error":{"message":"you sent %s","param":"top_p"}}`, key)
		case 1:
			w.Header().Set("Content-Type", "text/event-stream")
			piece := `{"choices":[{"index":0,"text":" x","delta":{"content":" x"}}]}` // nothing is asked for again then
			fmt.Fprintf(w, "data: %s\n\ndata: {\"error\":{\"message\":\"you sent %s\"}}\n\n", piece, key)
		case 2:
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprintf(w, "data: {\"choices\":\"%s\"}\n\n", key)
		default:
			w.Header().Set("Location", "/"+strings.TrimPrefix(key, "Bearer "))
			w.WriteHeader(http.StatusTemporaryRedirect)
		}
	})
	commands := [][]string{{"config"}, {"config", "--json"}, {"models"}, {"models", "--json"}, {"info", "home:big"}, {"show", "home:big"}, {"pull", "home:big"},
		{"rm", "home:big"}, {"tokenize", "--model", "home:big", "Hi"}, {"eval", "--model", "home:big"}, {"search", "Hi"}, {"export"}, {"serve", "--model", "home:big"},
		{"convert", "home:big", "x.gguf"}, {"chat", "--model", "home:big"}}
	for range 4 {
		commands = append(commands, []string{"-p", "--model", "home:big", "Hi"}, []string{"-p", "--json", "--model", "home:big", "Hi"},
			[]string{"generate", "--model", "home:big", "--num-sequences", "2", "Once"}, []string{"task", "headline", "--model", "home:big", "a goat"},
			[]string{"run", "home:big", "Hi"})
	}
	for _, args := range commands {
		run(args...)
	}
	if asked < 20 {
		t.Errorf("asked %d times", asked)
	}
}

// A service that echoes a text with log-probabilities scores it piece by piece; what it writes itself does not count, and a piece that is too
// long is halved.
func TestEvalByAService(t *testing.T) {
	const text = "one two three four five six seven eight nine ten"
	file := filepath.Join(t.TempDir(), "t.txt")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	all, scores := "", true
	run := service(t, func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			Prompt   string
			Echo     bool
			Logprobs int
		}
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || !asked.Echo || asked.Logprobs < 1 {
			t.Errorf("asked %+v, %v", asked, err)
		}
		if len(asked.Prompt) > 20 {
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, `{"error":{"message":"maximum context length exceeded","code":"context_length_exceeded"}}`)
			return
		}
		all += asked.Prompt
		w.Header().Set("Content-Type", "application/json")
		tokens, logprobs := strings.SplitAfter(asked.Prompt, " "), []any{nil}
		for range tokens[1:] {
			logprobs = append(logprobs, -2)
		}
		choice := map[string]any{"text": asked.Prompt + "!", "logprobs": map[string]any{"tokens": append(tokens, "!"), "token_logprobs": append(logprobs, -9)}}
		if !scores {
			delete(choice, "logprobs")
		}
		json.NewEncoder(w).Encode(map[string]any{"choices": []any{choice}, "usage": map[string]any{"prompt_tokens": len(tokens), "completion_tokens": 1}})
	})
	status, out, notes := run("eval", "--json", "--model", "home:big", file)
	if status != exitOK || all != text || !strings.Contains(out, `"nll":2,`) || !strings.Contains(out, `"model":"home:big"`) {
		t.Errorf("%d: %s, %q; sent %q", status, out, notes, all)
	}
	if status, out, _ := run("eval", "--model", "home:big", file); status != exitOK || !strings.Contains(out, "2.0000 nats") || strings.Contains(out, "window") {
		t.Errorf("%d: %s", status, out)
	}
	if status, _, notes := run("eval", "--stride", "4", "--model", "home:big", file); status != exitUsage || !strings.Contains(notes, "--stride is not available with a service") {
		t.Errorf("%d: %q", status, notes)
	}
	scores = false
	if status, _, notes := run("eval", "--model", "home:big", file); status != exitFailure || !strings.Contains(notes, "does not tell how likely") {
		t.Errorf("%d: %q", status, notes)
	}
}
