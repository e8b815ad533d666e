package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"inkling/config"
	"inkling/engine"
	"inkling/engine/hub"
)

// record returns the settings that the user has changed, in the chat or by the flags it is written under, for the chat to keep: a
// JSON object, "" for none.
func (s *Settings) record() string {
	changed := map[string]json.RawMessage{}
	for _, key := range settingNames(nil) {
		if from := s.config.Origin(key).Source; from != config.Command && from != config.CommandLine {
			continue
		}
		setting, _ := config.Find(key)
		value := json.RawMessage(setting.Format(s.config.Settings))
		if !json.Valid(value) {
			value, _ = json.Marshal(string(value)) // a text: there is no error
		}
		changed[key] = value
	}
	if len(changed) == 0 {
		return ""
	}
	data, _ := json.Marshal(changed) // valid values
	return string(data)
}

// restore puts in force what a chat has kept, in place of what was changed in another one. What the command line says, what
// is no setting of a chat and what cannot be a value any more is left out.
func (s *Settings) restore(kept string, info Info) {
	model, theme := s.config.Model, s.config.Theme
	s.config = s.base.Clone()
	if theme != s.config.Theme {
		_ = s.config.Set("theme", theme) // it is the screen's
	}
	if model != s.config.Model {
		_ = s.config.Set("model", model) // it has been in force
	}
	Adopt(s.config, info)
	var values map[string]json.RawMessage
	_ = json.Unmarshal([]byte(kept), &values)                // another program's record is none of ours
	keys := append([]string{"preset"}, settingNames(nil)...) // it takes the place of what was set before it
	for i, key := range keys {
		if i > 0 && key == "preset" {
			continue
		}
		value, ok := values[key]
		if !ok || s.config.Origin(key).Source == config.CommandLine {
			continue
		}
		text := string(value)
		if bytes.HasPrefix(value, []byte{'"'}) {
			_ = json.Unmarshal(value, &text)
		}
		_ = s.config.Set(key, text)
	}
}

// keepSettings has the chat keep what was changed.
func (s *Session) keepSettings() {
	s.Chat.conv.Params = s.Settings.record()
	if s.Chat.conv.Leaf() != nil {
		s.Chat.saveHeader()
	}
}

// restoreSettings puts in force what the chat has kept.
func (s *Session) restoreSettings() {
	var info Info
	if s.Engine.model != nil {
		info = s.Engine.model.Info()
	}
	s.Settings.restore(s.Chat.conv.Params, info)
	s.Reply.steer()
	s.changed()
}

// ownModel has a chat that was opened go on with the model that it was with; its replies wait for that.
func (s *Session) ownModel() []Work {
	slot, name := s.Engine, s.Chat.conv.Model
	slot.own = ""
	switch coming := slot.coming; {
	case name == "" || coming == nil && slot.is(name) || coming != nil && coming.name == name:
		return nil
	case slot.is(name):
		return slot.drop()
	}
	slot.own = name
	return s.openOwn()
}

// openOwn opens the model that the chat was with, unless that has to wait for another one.
func (s *Session) openOwn() []Work {
	slot := s.Engine
	if slot.own == "" || slot.opening != "" {
		return nil
	}
	slot.StopDownload()
	return []Work{slot.open(slot.own, forChat)}
}

// is reports whether the model of the chat has that name.
func (s *Slot) is(name string) bool {
	return s.model != nil && (s.name == name || s.model.Info().Name == name)
}

// gone goes on with another model where that of the chat cannot be opened.
func (s *Session) gone(e opened) []Work {
	slot := s.Engine
	slot.own = ""
	using := s.Settings.config.Model
	if slot.model == nil && using == e.name {
		s.tell(Quit{e.err})
		return nil
	}
	why := e.err.Error()
	if errors.Is(e.err, hub.ErrNotLocal) {
		why = "it is not on this machine; /model " + e.name + " downloads it"
	}
	s.problem("using " + using + "; cannot load this chat's model: " + why)
	if slot.model != nil {
		return s.begun()
	}
	return []Work{slot.open(using, forUser)}
}

// known is a name by which a model is found again from anywhere.
func known(name string) string {
	if name == engine.Starter {
		return name
	}
	if _, err := os.Stat(name); err != nil {
		return name
	}
	if whole, err := filepath.Abs(name); err == nil {
		return whole
	}
	return name
}
