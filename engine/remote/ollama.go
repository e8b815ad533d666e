package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// ollama has a form of its own beside that of OpenAI, in which alone it takes top_k, min_p, typical_p and repeat_penalty
// (https://github.com/ollama/ollama/blob/main/docs/api.md): /api/chat and /api/generate, parameters in "options", a line of JSON for
// each event.

// piece is an event of ollama's: of a message, or of a text.
type piece struct {
	Message  delta           `json:"message"`
	Response words           `json:"response"`
	Thinking words           `json:"thinking"` // beside a response
	Logprobs []scored        `json:"logprobs"`
	Done     bool            `json:"done"`
	Reason   string          `json:"done_reason"`
	Prompt   int             `json:"prompt_eval_count"` // not told where all of it was in the cache
	Tokens   int             `json:"eval_count"`
	Error    json.RawMessage `json:"error"`
}

// chunk is the event as OpenAI has it.
func (p *piece) chunk() chunk {
	c := chunk{Error: p.Error}
	one := choice{Delta: p.Message, Text: p.Response}
	if one.Delta.Reasoning == "" {
		one.Delta.Reasoning = p.Thinking
	}
	if len(p.Logprobs) > 0 {
		one.Logprobs = &logprobs{Content: p.Logprobs}
	}
	if p.Done {
		if one.Finish = p.Reason; one.Finish == "" {
			one.Finish = "stop"
		}
		c.Usage = &usage{Prompt: p.Prompt, Completion: p.Tokens}
	}
	c.Choices = []choice{one}
	return c
}

// ofOllama writes a request to /v1 as /api has it. A prompt that is too long is to be refused: ollama would cut it silently.
func ofOllama(body map[string]any) map[string]any {
	out, options := map[string]any{"truncate": false, "shift": false}, map[string]any{}
	for name, value := range body {
		switch name {
		case "model", "messages", "stream", "top_logprobs":
			out[name] = value
		case "prompt":
			out[name], out["raw"] = value, true
		case "logprobs":
			if n, ok := value.(int); ok { // of a text
				out["top_logprobs"] = n
			}
			out[name] = true
		case "stream_options":
		default:
			options[name] = value
		}
	}
	out["options"] = options
	return out
}

// tags asks ollama for its models.
func (s *Server) tags(ctx context.Context, key string) (all models, err error) {
	var tags struct {
		Models []struct {
			Name string `json:"name"`
		} `json:"models"`
	}
	if err := s.fetch(ctx, http.MethodGet, "/api/tags", key, nil, &tags); err != nil {
		return all, err
	}
	for _, m := range tags.Models {
		all.Data = append(all.Data, listed{ID: m.Name, Owner: "library"})
	}
	return all, nil
}

// fetch asks for an object.
func (s *Server) fetch(ctx context.Context, method, path, key string, body []byte, to any) error {
	var in io.Reader
	if body != nil {
		in = bytes.NewReader(body)
	}
	response, err := s.ask(ctx, method, path, key, in)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, longest))
	if err != nil {
		return s.unreached(ctx, err)
	}
	if json.Unmarshal(data, to) != nil {
		return s.fault("%s does not speak the protocol; url may lack its /v1", s.host())
	}
	return nil
}

// usualWindow is the context that ollama gives a model on a usual machine (https://docs.ollama.com/context-length).
const usualWindow = 4096

// window is the context that ollama gives a model: that of the one it has loaded, that of its parameters, or the usual one. 0: not known.
func (s *Server) window(ctx context.Context, model string) int {
	ctx, cancel := context.WithTimeoutCause(ctx, s.patience(), errSilent)
	defer cancel()
	key, err := s.key(ctx)
	if err != nil {
		return 0
	}
	var loaded struct {
		Models []struct {
			Name   string `json:"name"`
			Window int    `json:"context_length"`
		} `json:"models"`
	}
	if s.fetch(ctx, http.MethodGet, "/api/ps", key, nil, &loaded) == nil {
		for _, m := range loaded.Models {
			if (m.Name == model || m.Name == model+":latest") && m.Window > 0 {
				return m.Window
			}
		}
	}
	var about struct {
		Parameters string         `json:"parameters"`
		Info       map[string]any `json:"model_info"`
	}
	asked, _ := json.Marshal(map[string]string{"model": model}) // a text: there is no error
	if s.fetch(ctx, http.MethodPost, "/api/show", key, asked, &about) != nil {
		return 0
	}
	for line := range strings.Lines(about.Parameters) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == "num_ctx" {
			if n, err := strconv.Atoi(f[1]); err == nil && n > 0 {
				return n
			}
		}
	}
	for name, value := range about.Info {
		if n, ok := value.(float64); ok && strings.HasSuffix(name, ".context_length") && n >= 1 {
			return min(int(n), usualWindow)
		}
	}
	return usualWindow
}
