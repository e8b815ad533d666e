package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"

	"inkling/engine/jsonfile"
	"inkling/engine/sample"
	"inkling/engine/weights"
)

// GenerationFile says how a model is to be sampled.
const GenerationFile = "generation_config.json"

// suggest sets in info what generation_config.json says (transformers, GenerationConfig). A file that cannot be read costs a
// note. do_sample is not read: it is false by default, and is left out of the file where it is, so that it tells nothing of
// how a chat should go.
func suggest(info *Info, files weights.Source) {
	note := func(err error) { info.Notes = append(info.Notes, fmt.Sprintf("%v; it is ignored", err)) }
	named := func(err error) error { return fmt.Errorf("%s: %s: %w", info.Name, GenerationFile, err) }
	data, err := files.Generation()
	if err != nil {
		note(err)
	}
	if data == nil {
		return
	}
	var file map[string]json.RawMessage
	if err := jsonfile.Unmarshal(data, &file); err != nil {
		note(named(err))
		return
	}
	for _, row := range sample.Table() {
		if row.Model == "" {
			continue
		}
		if value := plainValue(file[row.Model]); value != nil {
			if info.Defaults == nil {
				info.Defaults = map[string]any{}
			}
			info.Defaults[row.Key] = value
		}
	}
	if starts, err := tokenIDs(file["bos_token_id"]); err != nil {
		note(named(fmt.Errorf("bos_token_id: %w", err)))
	} else if starts != nil {
		info.Start = starts
	}
	if info.Banned, err = bannedIDs(file); err != nil {
		note(named(err))
	}
	ends, err := tokenIDs(file["eos_token_id"])
	switch {
	case err != nil:
		note(named(fmt.Errorf("eos_token_id: %w", err)))
	case ends != nil:
		info.Ends = ends
	}
}

// bannedIDs reads suppress_tokens, a list of ids, and bad_words_ids, a list of lists of them.
func bannedIDs(file map[string]json.RawMessage) (banned [][]int, err error) {
	if raw := file["bad_words_ids"]; len(raw) > 0 && string(raw) != "null" {
		if json.Unmarshal(raw, &banned) != nil {
			return nil, fmt.Errorf("bad_words_ids: found %s, expected a list of lists of ids", jsonfile.Found(raw))
		}
	}
	suppressed, err := tokenIDs(file["suppress_tokens"])
	if err != nil {
		return banned, fmt.Errorf("suppress_tokens: %w", err)
	}
	for _, id := range suppressed {
		banned = append(banned, []int{id})
	}
	return banned, nil
}

// plainValue decodes a JSON value: whole numbers, however they are written, as int64, other numbers as float64.
func plainValue(raw json.RawMessage) any {
	if len(raw) == 0 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return nil
	}
	return plain(value)
}

func plain(value any) any {
	if list, ok := value.([]any); ok {
		for i, item := range list {
			list[i] = plain(item)
		}
		return list
	}
	n, ok := value.(json.Number)
	if !ok {
		return value
	}
	f, _ := n.Float64() // infinite where it is too large
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return int64(f)
	}
	return f
}

// tokenIDs reads no id, one or several.
func tokenIDs(raw json.RawMessage) ([]int, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var one int
	if json.Unmarshal(raw, &one) == nil {
		return []int{one}, nil
	}
	var several []int
	if json.Unmarshal(raw, &several) != nil {
		return nil, fmt.Errorf("found %s, expected an id or a list of ids", jsonfile.Found(raw))
	}
	return several, nil
}
