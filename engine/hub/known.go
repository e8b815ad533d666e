package hub

import "strings"

// A KnownModel is a model that has a short name.
type KnownModel struct {
	Name       string // "gpt2"
	ID         string // "openai-community/gpt2"
	Parameters int64
	Size       int64  // bytes to download: the weights, and the files of tokenizer and configuration, to the nearest percent
	Licence    string // SPDX identifier

	legacy string // the ID that the repository had before there were owners, under which Python may have kept it
}

// Known returns the models that have a short name, the most common first.
func Known() []KnownModel {
	return []KnownModel{
		{"gpt2", "openai-community/gpt2", 124_439_808, 551_000_000, "MIT", "gpt2"},
		{"gpt2-medium", "openai-community/gpt2-medium", 354_823_168, 1_523_000_000, "MIT", "gpt2-medium"},
		{"gpt2-large", "openai-community/gpt2-large", 774_030_080, 3_250_000_000, "MIT", "gpt2-large"},
		{"gpt2-xl", "openai-community/gpt2-xl", 1_557_611_200, 6_435_000_000, "MIT", "gpt2-xl"},
		{"distilgpt2", "distilbert/distilgpt2", 81_912_576, 356_000_000, "Apache-2.0", "distilgpt2"},
		{"dialogpt-small", "microsoft/DialoGPT-small", 124_439_808, 353_000_000, "MIT", ""},
		{"dialogpt-medium", "microsoft/DialoGPT-medium", 354_823_168, 864_000_000, "MIT", ""},
		{"dialogpt-large", "microsoft/DialoGPT-large", 774_030_080, 1_754_000_000, "MIT", ""},
	}
}

// Lookup returns the known model of a short name or an ID. Letters may be of either case.
func Lookup(name string) (KnownModel, bool) {
	for _, k := range Known() {
		if strings.EqualFold(name, k.Name) || strings.EqualFold(name, k.ID) {
			return k, true
		}
	}
	return KnownModel{}, false
}

func shortNames() []string {
	var names []string
	for _, k := range Known() {
		names = append(names, k.Name)
	}
	return names
}
