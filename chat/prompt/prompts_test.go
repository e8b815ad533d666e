package prompt_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"inkling/chat"
	"inkling/chat/prompt"
	"inkling/engine"
)

// TestPromptsEqualTransformers opens model folders with chat templates and holds the ids of prompts to those of
// apply_chat_template; see testdata/make_fixtures.py.
func TestPromptsEqualTransformers(t *testing.T) {
	var f struct {
		Tokenizer json.RawMessage
		Models    []struct {
			Name   string
			Config json.RawMessage
			Cases  []struct {
				Messages [][2]string
				IDs      []int
			}
		}
	}
	data, err := os.ReadFile(filepath.Join("testdata", "prompts.json"))
	if err == nil {
		err = json.Unmarshal(data, &f)
	}
	if err != nil {
		t.Fatal(err)
	}
	tiny := filepath.Join("..", "..", "engine", "gpt2", "testdata", "tiny")
	for _, m := range f.Models {
		folder := t.TempDir()
		for name, from := range map[string]any{"tokenizer.json": f.Tokenizer, "tokenizer_config.json": m.Config, "config.json": nil, "model.safetensors": nil} {
			content, ok := from.(json.RawMessage)
			if !ok {
				if content, err = os.ReadFile(filepath.Join(tiny, name)); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		model, err := engine.Open(folder, engine.Options{Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		info := model.Info()
		choice, err := prompt.Choose("", chat.Chat, prompt.Hint{Template: prompt.NewTemplate(model, info.ChatTemplate, info.Tokens, time.Now())})
		if err != nil || choice.Warning != "" {
			t.Fatal(err, choice.Warning)
		}
		writer := prompt.NewWriter(choice, model)
		for _, c := range m.Cases {
			conversation := chat.New(time.Now())
			system, parent := "", 0
			for _, message := range c.Messages {
				if message[0] == "system" {
					system = message[1]
					continue
				}
				turn := conversation.Add(parent, chat.Role(message[0]), message[1], time.Now())
				turn.State, parent = chat.Done, turn.ID
			}
			plan, _, err := writer.Write(choice.Blocks(system, conversation.Path(), false), 4096, 100)
			if err != nil || plan.Warning != "" {
				t.Errorf("%s, %q: %v, %s", m.Name, c.Messages, err, plan.Warning)
				continue
			}
			if !slices.Equal(plan.IDs, c.IDs) {
				t.Errorf("%s, %q:\n got %v %q\nwant %v %q", m.Name, c.Messages, plan.IDs, model.Show(plan.IDs), c.IDs, model.Show(c.IDs))
			}
		}
		model.Close()
	}
}
