package remote

import (
	"encoding/json"
	"fmt"
	"strings"
)

// message is a turn as servers have it.
type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// chunk is an event of a stream, or a whole answer, of either kind of completion.
type chunk struct {
	Choices []choice        `json:"choices"`
	Usage   *usage          `json:"usage"`
	Error   json.RawMessage `json:"error"`
}

type choice struct {
	Index    int       `json:"index"`
	Delta    delta     `json:"delta"`
	Message  *delta    `json:"message"` // in place of it where the answer comes all at once
	Text     words     `json:"text"`    // of a completion
	Finish   string    `json:"finish_reason"`
	Logprobs *logprobs `json:"logprobs"`
}

// delta is what a chat completion adds. Reasoning has a name with each kind of server.
type delta struct {
	Content          words           `json:"content"`
	Refusal          words           `json:"refusal"`
	Reasoning        words           `json:"reasoning"`
	ReasoningContent words           `json:"reasoning_content"`
	Thinking         words           `json:"thinking"`
	ToolCalls        json.RawMessage `json:"tool_calls"`
}

type usage struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
	Details    struct {
		Cached int `json:"cached_tokens"`
	} `json:"prompt_tokens_details"`
}

// logprobs are those of a chat completion, a list of tokens, or those of a completion, parallel lists.
type logprobs struct {
	Content []scored `json:"content"`

	Tokens  []string             `json:"tokens"`
	Scores  []*float64           `json:"token_logprobs"`
	Likely  []map[string]float64 `json:"top_logprobs"`
	Offsets json.RawMessage      `json:"text_offset"`
}

type scored struct {
	Token   string   `json:"token"`
	Logprob float64  `json:"logprob"`
	Top     []scored `json:"top_logprobs"`
}

// words is a text, none (null), or a list of parts that have texts.
type words string

func (w *words) UnmarshalJSON(data []byte) error {
	*w = ""
	if string(data) == "null" {
		return nil
	}
	var text string
	if json.Unmarshal(data, &text) == nil {
		*w = words(text)
		return nil
	}
	var parts []struct {
		Text *string `json:"text"`
	}
	if json.Unmarshal(data, &parts) != nil {
		return fmt.Errorf("found %.40s, expected a text", data)
	}
	var all strings.Builder
	for _, p := range parts {
		if p.Text != nil {
			all.WriteString(*p.Text)
		}
	}
	*w = words(all.String())
	return nil
}

// models is the answer of /models, with what servers tell beyond the protocol.
type models struct {
	Data []listed `json:"data"`
}

type listed struct {
	ID      string `json:"id"`
	Owner   string `json:"owned_by"`
	Context int    `json:"max_model_len"` // vLLM
	Meta    struct {
		Trained    int   `json:"n_ctx_train"` // llama-server
		Context    int   `json:"n_ctx"`
		Parameters int64 `json:"n_params"`
	} `json:"meta"`
}

// refusal is what servers say of a request that they do not take.
type refusal struct {
	message, param, code string
}

// readRefusal finds the words of a refusal in the forms that servers give them: {"error": {"message"}}, {"error": "..."},
// {"message"}, {"detail": "..."} and {"detail": [{"loc", "msg"}]}.
func readRefusal(data []byte) (r refusal, ok bool) {
	var body struct {
		Error   json.RawMessage `json:"error"`
		Message json.RawMessage `json:"message"`
		Param   any             `json:"param"`
		Code    any             `json:"code"`
		Type    any             `json:"type"`
		Detail  json.RawMessage `json:"detail"`
	}
	if json.Unmarshal(data, &body) != nil {
		return r, false
	}
	if len(body.Error) > 0 && body.Error[0] == '{' {
		return readRefusal(body.Error)
	}
	for _, raw := range []json.RawMessage{body.Error, body.Message, body.Detail} {
		if json.Unmarshal(raw, &r.message) == nil && r.message != "" {
			break
		}
	}
	var problems []struct {
		Loc []any  `json:"loc"`
		Msg string `json:"msg"`
	}
	if r.message == "" && json.Unmarshal(body.Detail, &problems) == nil && len(problems) > 0 {
		r.message = problems[0].Msg
		if n := len(problems[0].Loc); n > 0 {
			r.param = fmt.Sprint(problems[0].Loc[n-1])
			r.message = r.param + ": " + r.message
		}
	}
	if text, ok := body.Param.(string); ok {
		r.param = text
	}
	for _, code := range []any{body.Code, body.Type} {
		if text, ok := code.(string); ok {
			r.code += " " + text
		}
	}
	return r, r.message != ""
}
