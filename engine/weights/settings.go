package weights

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"inkling/engine/added"
	"inkling/engine/jsonfile"
)

const (
	settingsFile = "tokenizer_config.json"
	namesFile    = "special_tokens_map.json"
	templateFile = "chat_template.jinja"
)

// maxSettings is the largest size of tokenizer_config.json, special_tokens_map.json and chat_template.jinja, in bytes.
const maxSettings = 16 << 20

// settings are what tokenizer_config.json, special_tokens_map.json and chat_template.jinja say.
type settings struct {
	added    []added.Token     // added_tokens_decoder, by id
	names    map[string]string // "bos_token" and so on
	special  []string          // further special tokens
	template string            // chat_template

	file struct {
		Added         map[string]json.RawMessage `json:"added_tokens_decoder"`
		PrefixSpace   *bool                      `json:"add_prefix_space"`
		AddBOS        bool                       `json:"add_bos_token"`
		Lower         *bool                      `json:"do_lower_case"`
		StripAccents  *bool                      `json:"strip_accents"`
		Chinese       *bool                      `json:"tokenize_chinese_chars"`
		BasicTokenize *bool                      `json:"do_basic_tokenize"`
		Template      json.RawMessage            `json:"chat_template"`
	}
}

func (f *Folder) settings() (settings, error) {
	s := settings{names: map[string]string{}}
	for _, name := range []string{settingsFile, namesFile} {
		data, err := f.readSmall(name)
		if err != nil {
			return settings{}, err
		}
		if data == nil {
			continue
		}
		err = s.addNames(data)
		if err == nil && name == settingsFile {
			err = s.decode(data)
		}
		if err != nil {
			return settings{}, f.refuse(name, err)
		}
	}
	template, err := f.readSmall(templateFile)
	if err != nil {
		return settings{}, err
	}
	if template != nil {
		s.template = strings.ToValidUTF8(string(template), "\uFFFD")
	}
	return s, nil
}

// readSmall returns nil when the folder lacks the file.
func (f *Folder) readSmall(name string) ([]byte, error) {
	data, err := f.readOptional(name)
	if err == nil && len(data) > maxSettings {
		err = fmt.Errorf("%s: %d bytes, expected at most %d; this is not the file of a GPT-2 model", f.path(name), len(data), maxSettings)
	}
	return data, err
}

// refuse is the error for what a file says.
func (f *Folder) refuse(name string, err error) error {
	if _, ok := errors.AsType[unsupported](err); ok {
		return fmt.Errorf("%s: %w; %s", f.path(name), err, adviseKinds)
	}
	return fmt.Errorf("%s: %w; %s", f.path(name), oneLine(err), adviseFetch)
}

// oneLine is an error of encoding/json, which may quote what it found.
func oneLine(err error) error {
	if strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || r == '\x7f' }) {
		return errors.New(label(err.Error()))
	}
	return err
}

// decode reads tokenizer_config.json, but for the names.
func (s *settings) decode(data []byte) error {
	if err := jsonfile.Unmarshal(data, &s.file); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(s.file.Added)) {
		number, err := strconv.ParseUint(id, 10, 32)
		if err != nil || number > maxID {
			return fmt.Errorf("added_tokens_decoder: found the id %s, expected a whole number from 0 to %d", label(id), maxID)
		}
		token, err := decodeNamed(s.file.Added[id])
		if err != nil {
			return fmt.Errorf("added_tokens_decoder: %s: %w", id, err)
		}
		token.ID = int(number)
		s.added = append(s.added, token)
	}
	var err error
	if s.template, err = decodeTemplate(s.file.Template); err != nil {
		return fmt.Errorf("chat_template: %w", err)
	}
	return nil
}

// parts are the members that name a special token.
var parts = []string{"bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"}

// addNames reads the members that name special tokens; what is known already stays.
func (s *settings) addNames(data []byte) error {
	var members map[string]json.RawMessage
	if err := jsonfile.Unmarshal(data, &members); err != nil {
		return err
	}
	for _, name := range parts {
		token, err := decodeNamed(members[name])
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if token.Text != "" && s.names[name] == "" {
			s.names[name] = token.Text
		}
	}
	for _, name := range []string{"additional_special_tokens", "extra_special_tokens"} {
		var list []json.RawMessage
		if json.Unmarshal(members[name], &list) != nil {
			continue // an object gives further names to tokens that are special already
		}
		for _, raw := range list {
			token, err := decodeNamed(raw)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			s.special = append(s.special, token.Text)
		}
	}
	return nil
}

// decodeNamed reads a token as these files write it: its text, or an object with its text as "content" and its flags.
func decodeNamed(raw json.RawMessage) (added.Token, error) {
	var token added.Token
	if len(raw) == 0 || json.Unmarshal(raw, &token.Text) == nil {
		return token, nil
	}
	var object map[string]any
	if err := json.Unmarshal(raw, &object); err != nil {
		return added.Token{}, fmt.Errorf("found %s, expected a text or an object", label(string(raw)))
	}
	token.Text, _ = object["content"].(string)
	for key, value := range object {
		if flag := flagOf(&token, key); flag != nil {
			*flag, _ = value.(bool)
		}
	}
	return token, nil
}

// decodeTemplate reads chat_template: a text, or a list of templates with names, of which "default" counts.
func decodeTemplate(raw json.RawMessage) (string, error) {
	var template string
	if len(raw) == 0 || json.Unmarshal(raw, &template) == nil {
		return template, nil
	}
	var list []struct{ Name, Template string }
	if err := json.Unmarshal(raw, &list); err != nil {
		return "", fmt.Errorf("found %s, expected a text or a list of templates", label(string(raw)))
	}
	for _, t := range list {
		if t.Name == "default" {
			return t.Template, nil
		}
	}
	return "", nil
}

// override puts the settings in place of what tokenizer.json says, as transformers does.
func (s *settings) override(v *Vocabulary) error {
	set := func(to *bool, value *bool) {
		if value != nil {
			*to = *value
		}
	}
	if v.WordPiece == nil {
		set(&v.PrefixSpace, s.file.PrefixSpace)
		if s.file.AddBOS && v.Begin == "" {
			v.Begin = s.names["bos_token"]
		}
		return nil
	}
	w := v.WordPiece
	if s.file.BasicTokenize != nil && !*s.file.BasicTokenize {
		return unsupportedf("do_basic_tokenize: false is not supported")
	}
	set(&w.Lower, s.file.Lower)
	set(&w.StripAccents, s.file.Lower) // as for lower-casing, where nothing else is said
	set(&w.StripAccents, s.file.StripAccents)
	set(&w.Chinese, s.file.Chinese)
	return nil
}
