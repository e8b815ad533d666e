package serve

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"inkling/chat"
	"inkling/chat/prompt"
)

// chat answers /v1/chat/completions: replies to messages. Where the last message is the assistant's, they go on with it.
func (s *Server) chat(w http.ResponseWriter, r *http.Request) {
	f, fault := s.read(w, r)
	if fault != nil {
		fault.write(w)
		return
	}
	params := s.Params
	params.MinTokens = max(params.MinTokens, 1) // a reply that ends at once is none
	a := s.ask(f, params)
	if f.limit != nil && *f.limit == 0 {
		f.fail(wrong("max_tokens", "found 0, expected 1 or more"))
	}
	var messages []json.RawMessage
	if !f.take("messages", &messages, "a list of messages") || len(messages) == 0 {
		f.fail(wrong("messages", "found none, expected one or more"))
	}
	f.take("logprobs", &a.logprobs, "true or false")
	if f.whole("top_logprobs", &a.top, 0, mostTop) && !a.logprobs {
		f.fail(wrong("top_logprobs", "it needs logprobs: true"))
	}
	f.unless("tools", "[]")
	f.unless("functions", "[]")
	f.unless("tool_choice", `"none"`, `"auto"`)
	f.unless("function_call", `"none"`, `"auto"`)
	f.unless("parallel_tool_calls", "true", "false")
	f.unless("response_format", `{"type":"text"}`)
	f.unless("modalities", `["text"]`)
	f.validate(&a.params)
	conversation := s.conversation(f, messages)
	if fault := f.end(); fault != nil {
		fault.write(w)
		return
	}
	reserve := a.params.MaxTokens
	if reserve == 0 {
		reserve = s.Model.Info().Context / 4
	}
	written, packed, err := prompt.NewWriter(s.Choice, s.Model).Write(conversation.blocks(s.Choice), s.Model.Info().Context, reserve)
	if err != nil {
		wrong("messages", "%v", err).write(w)
		return
	}
	if packed.DroppedTurns > 0 { // as a chat has it, too
		w.Header().Set("X-Inkling-Dropped-Messages", strconv.Itoa(packed.DroppedTurns))
	}
	a.params.Stop = append(slices.Clone(a.params.Stop), written.Stop...)
	texts := a.texts(0, written.IDs, written.Ends, s.NoDrafts)
	for _, t := range texts {
		t.clean, t.begun = s.Choice.Format.Clean, conversation.open
	}
	s.answer(w, r, s.form(a, true, time.Now().Unix()), texts)
}

// conversation is what messages make up.
type conversation struct {
	system string
	turns  []*chat.Turn
	open   string // the last message, where the reply goes on with it
}

func (c *conversation) blocks(choice prompt.Choice) []prompt.Block {
	return choice.Blocks(c.system, c.turns, c.open != "")
}

// conversation reads messages.
func (s *Server) conversation(f *fields, messages []json.RawMessage) *conversation {
	c := &conversation{}
	for i, raw := range messages {
		place := fmt.Sprintf("messages[%d]", i)
		role, text, fault := readMessage(place, raw)
		if fault != nil {
			f.fail(fault)
			return c
		}
		turn := &chat.Turn{ID: len(c.turns) + 1, Parent: len(c.turns), Role: chat.User, Text: text, State: chat.Done}
		switch role {
		case "system", "developer":
			if len(c.turns) > 0 {
				f.fail(wrong(place, "a system message has to come before the others"))
				return c
			}
			c.system = strings.TrimSpace(c.system + "\n\n" + text)
			continue
		case "assistant":
			turn.Role = chat.Assistant
			if i == len(messages)-1 {
				c.open = text
			}
		case "user":
		default:
			f.fail(wrong(place+".role", "found %q, expected system, user or assistant", short([]byte(role))))
			return c
		}
		c.turns = append(c.turns, turn)
	}
	return c
}

// readMessage reads one message, whose content is a text or a list of parts that are texts.
func readMessage(place string, raw json.RawMessage) (role, text string, _ *fault) {
	f, problem := readFields(raw)
	if problem != nil {
		return "", "", wrong(place, "found %s, expected an object with role and content", short(raw))
	}
	f.take("role", &role, "system, user or assistant")
	var parts []json.RawMessage
	if content := f.left["content"]; len(content) > 0 && content[0] == '[' {
		f.take("content", &parts, "a text")
	} else {
		f.take("content", &text, "a text, or a list of texts")
	}
	f.unless("tool_calls", "[]")
	f.unless("annotations", "[]")
	f.idle("refusal", "reasoning", "reasoning_content") // what models said beside their replies
	if problem := f.end(); problem != nil {
		named := place + "." + *problem.Param
		problem.Message, problem.Param = strings.Replace(problem.Message, *problem.Param, named, 1), &named
		return "", "", problem
	}
	for i, raw := range parts {
		var part map[string]any
		at := fmt.Sprintf("%s.content[%d]", place, i)
		if json.Unmarshal(raw, &part) != nil {
			return "", "", wrong(at, "found %s, expected an object", short(raw))
		}
		words, ok := part["text"].(string)
		if kind := part["type"]; kind != "text" || !ok {
			if name, isText := kind.(string); isText && name != "text" {
				return "", "", unsupported(at + " (" + short([]byte(name)) + ")")
			}
			return "", "", wrong(at, `expected {"type": "text", "text": ...}`)
		}
		delete(part, "type")
		delete(part, "text")
		if len(part) > 0 {
			return "", "", unsupported(at + "." + slices.Min(slices.Collect(maps.Keys(part))))
		}
		text += words
	}
	return role, text, nil
}
