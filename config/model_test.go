package config

import (
	"math"
	"reflect"
	"strings"
	"testing"
)

// generating are the settings that models bring values for.
var generating = []string{"temperature", "top_k", "top_p", "min_p", "typical_p", "repetition_penalty", "no_repeat_ngram", "max_tokens", "min_tokens"}

// What a model brings stands above the default and below each layer of the user.
func TestModelPrecedence(t *testing.T) {
	for _, key := range generating {
		s, _ := Find(key)
		values := examples(t, s)
		var brought any = int64(7)
		if s.Kind() == Number {
			brought = 0.75
		}
		own := Defaults()
		if !s.bind(&own).decode(brought) {
			t.Fatalf("%s refuses %v", key, brought)
		}
		for layer, want := range map[Source]string{
			Default: s.Format(own), File: values[0].literal, Environment: values[1].literal, CommandLine: values[2].literal, Command: values[0].literal,
		} {
			c := &Config{Settings: Defaults()}
			say := func() {
				switch layer {
				case Default:
					return
				case Command:
					if err := c.Set(key, values[0].variable); err != nil {
						t.Fatal(err)
					}
					return
				}
				v := s.bind(new(Settings))
				v.parse(want)
				c.say(layer, key, v.raw(), "")
			}
			for name, order := range map[string][]func(){
				"before": {say, func() { c.SetModel(map[string]any{key: brought}) }},
				"after":  {func() { c.SetModel(map[string]any{key: brought}) }, say},
			} {
				*c = Config{Settings: Defaults()}
				for _, step := range order {
					step()
				}
				if got := s.Format(c.Settings); got != want {
					t.Errorf("%s, %s said %s: %s, want %s", key, layer, name, got, want)
				}
				from := layer
				if layer == Default {
					from = Model
				}
				if got := c.Origin(key).Source; got != from {
					t.Errorf("%s, %s: from %q", key, layer, got)
				}
			}
		}
	}
}

// Another model takes the values of the one before away, and only what it changes is told.
func TestModelAfterModel(t *testing.T) {
	c := &Config{Settings: Defaults()}
	if err := c.Set("top_p", "0.5"); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		values  map[string]any
		changed []string
		set     map[string]string
	}{
		{map[string]any{"temperature": 0.7, "top_k": int64(50), "top_p": 0.9}, []string{"temperature", "top_k"}, map[string]string{"temperature": "0.7", "top_k": "50", "top_p": "0.5"}},
		{map[string]any{"temperature": 0.7, "max_tokens": int64(99)}, []string{"top_k", "max_tokens"}, map[string]string{"temperature": "0.7", "top_k": "40", "top_p": "0.5", "max_tokens": "99"}},
		{map[string]any{"temperature": int64(1)}, []string{"temperature", "max_tokens"}, map[string]string{"temperature": "1", "max_tokens": "200"}},
		{nil, []string{"temperature"}, map[string]string{"temperature": "0.8", "top_k": "40", "top_p": "0.5"}},
		{nil, nil, map[string]string{"temperature": "0.8"}},
	} {
		changed, problems := c.SetModel(step.values)
		if !reflect.DeepEqual(changed, step.changed) || problems != nil {
			t.Errorf("%v changed %q, %v, want %q", step.values, changed, problems, step.changed)
		}
		for key, want := range step.set {
			s, _ := Find(key)
			if got := s.Format(c.Settings); got != want {
				t.Errorf("%v: %s is %s, want %s", step.values, key, got, want)
			}
		}
	}
	if got := c.Origin("temperature"); got != (Origin{Source: Default}) {
		t.Errorf("the default is from %q", got)
	}
}

// A value that cannot be leaves the default, or what the user has said, and a line.
func TestModelOutOfRange(t *testing.T) {
	c := &Config{Settings: Defaults()}
	c.SetModel(map[string]any{"temperature": 0.7})
	_, problems := c.SetModel(map[string]any{
		"temperature": "hot", "top_k": 1.5, "top_p": 1.5, "min_p": int64(1), "typical_p": int64(0), "repetition_penalty": math.Inf(1),
		"no_repeat_ngram": int64(-1), "max_tokens": []any{int64(1)}, "min_tokens": "few", "model": "gpt2", "nosuch": int64(1),
	})
	if !reflect.DeepEqual(c.Settings, Defaults()) {
		t.Errorf("%+v", c.Settings)
	}
	if len(problems) != len(generating) {
		t.Errorf("%d lines, want %d", len(problems), len(generating))
	}
	for i, err := range problems {
		if !strings.HasPrefix(err.Error(), generating[i]+": found ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", generating[i], err)
		}
	}
}

func TestCloneIsApart(t *testing.T) {
	c := &Config{Settings: Defaults()}
	if err := c.Set("top_k", "7"); err != nil {
		t.Fatal(err)
	}
	d := c.Clone()
	if err := d.Set("temperature", "1.5"); err != nil {
		t.Fatal(err)
	}
	if d.Origin("top_k").Source != Command || d.TopK != 7 || c.Origin("temperature").Source != Default || c.Temperature != 0.8 {
		t.Errorf("%+v, %+v", c, d)
	}
	if err := c.Set("top_k", "many"); err == nil || c.TopK != 7 {
		t.Errorf("%v, %d", err, c.TopK)
	}
	if c.Set("nosuch", "1") == nil {
		t.Error("a setting that is none was set")
	}
}
