package hub

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"inkling/engine/jsonfile"
)

// Files of a repository.
const (
	configFile = "config.json"
	cardFile   = "README.md"
)

// Largest sizes of files, in bytes, and the most shards that weights may be in.
const (
	maxConfig  = 1 << 20
	maxSmall   = 64 << 20
	maxIndex   = 64 << 20
	maxWeights = 1 << 40
	maxShards  = 1000
)

// companions are the files that are wanted beside the weights, where a repository has them: the tokenizer, the chat
// template, the defaults for generating, and the card, which names the licence.
func companions() []string {
	return []string{configFile, "vocab.json", "merges.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
		"added_tokens.json", "vocab.txt", "spiece.model", "tokenizer.model", "chat_template.jinja", "generation_config.json", cardFile}
}

// A choice is what is wanted of a repository.
type choice struct {
	small   []string // companions and index
	index   string   // the file that names the shards, or ""
	weights []string // unless there is an index
}

// choose decides what is wanted of a repository with these files: of the formats of weights only one. wanted is the name of
// the file that was asked for, or "".
func choose(files set, wanted string) (choice, error) {
	var c choice
	for _, name := range companions() {
		if files[name] {
			c.small = append(c.small, name)
		}
	}
	gguf := ggufFiles(files)
	switch {
	case wanted != "" && !isGGUF(wanted):
		return c, fail(ErrName, "%s is no GGUF file; a file is named only to choose among those, the others are chosen by themselves",
			label(wanted))
	case wanted != "" && !slices.Contains(gguf, wanted):
		return c, fail(ErrNotFound, "there is no file %s in the repository; %s", label(wanted), ggufHint(gguf))
	case wanted != "":
		c.weights = parts(gguf, wanted)
	case files["model.safetensors"]:
		c.weights = []string{"model.safetensors"}
	case files["model.safetensors.index.json"]:
		c.index = "model.safetensors.index.json"
	case files["pytorch_model.bin"]:
		c.weights = []string{"pytorch_model.bin"}
	case files["pytorch_model.bin.index.json"]:
		c.index = "pytorch_model.bin.index.json"
	case len(gguf) > 0 && len(parts(gguf, gguf[0])) == len(gguf):
		c.weights = gguf
	case len(gguf) > 1:
		return c, fail(ErrNoWeights, "the weights are there as several GGUF files; %s", ggufHint(gguf))
	default:
		return c, fail(ErrNoWeights, "no weights in a format that is read; expected model.safetensors, pytorch_model.bin or a .gguf file%s",
			otherFormat(files))
	}
	if c.index != "" {
		c.small = append(c.small, c.index)
	}
	return c, nil
}

// partName is what llama.cpp calls a part of a model that is split into several files.
var partName = regexp.MustCompile(`^(.*)-\d{5}-of-(\d{5}\.[gG][gG][uU][fF])$`)

// parts are those of the GGUF files that make up one model with the one given; it alone where it is whole.
func parts(files []string, name string) []string {
	of := partName.FindStringSubmatch(name)
	if of == nil {
		return []string{name}
	}
	return slices.DeleteFunc(slices.Clone(files), func(other string) bool {
		m := partName.FindStringSubmatch(other)
		return m == nil || m[1] != of[1] || m[2] != of[2]
	})
}

// OneModel reports whether GGUF files are one, or the parts of one that is split.
func OneModel(files []string) bool {
	return len(files) > 0 && len(parts(files, files[0])) == len(files)
}

func isGGUF(name string) bool { return strings.HasSuffix(strings.ToLower(name), ".gguf") }

// ggufFiles are the files of that format, in order.
func ggufFiles(files set) []string {
	var list []string
	for name := range files {
		if isGGUF(name) && validPath(name) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// ggufHint names some of the GGUF files.
func ggufHint(files []string) string {
	if len(files) == 0 {
		return "it has no GGUF files"
	}
	const most = 8
	var list []string
	for _, name := range files[:min(len(files), most)] {
		list = append(list, label(name))
	}
	more := ""
	if len(files) > most {
		more = fmt.Sprintf(", and %d more", len(files)-most)
	}
	return "name one of them with --file: " + strings.Join(list, ", ") + more
}

// otherFormat says which weights a repository has that are not read.
func otherFormat(files set) string {
	var found []string
	for name := range files {
		switch strings.ToLower(path.Ext(name)) {
		case ".onnx", ".h5", ".msgpack", ".ot", ".ckpt", ".tflite", ".pt", ".pth", ".safetensors", ".bin":
			found = append(found, name)
		}
	}
	if len(found) == 0 {
		return "; choose another repository"
	}
	return fmt.Sprintf(", found only %s; choose another repository", label(slices.MinFunc(found, cmp.Compare[string])))
}

// format is the format of a file of weights that is named as transformers names them, whole or a part; "" for other files.
func format(name string) string {
	ours := strings.HasPrefix(name, "model") || strings.HasPrefix(name, "pytorch_model")
	switch {
	case ours && strings.HasSuffix(name, ".safetensors"):
		return "safetensors"
	case ours && strings.HasSuffix(name, ".bin"):
		return "bin"
	case isGGUF(name):
		return "gguf"
	}
	return ""
}

// parseIndex returns the shards that an index names, in order.
func parseIndex(name string, text []byte) ([]string, error) {
	var index struct {
		Map map[string]string `json:"weight_map"`
	}
	if err := jsonfile.Unmarshal(text, &index); err != nil {
		return nil, fail(ErrProtocol, "%s cannot be read: %w; choose another revision of the model", name, err)
	}
	ending := ".safetensors"
	if strings.Contains(name, ".bin.") {
		ending = ".bin"
	}
	shards := set{}
	for _, shard := range index.Map {
		if !validPath(shard) || strings.Contains(shard, "/") || !strings.HasSuffix(shard, ending) {
			return nil, fail(ErrProtocol, "%s names the file %s, expected the name of a %s file in the repository; choose another revision of the model",
				name, label(shard), ending)
		}
		shards[shard] = true
		if len(shards) > maxShards {
			return nil, fail(ErrProtocol, "%s names more than %d files; this is not the index of a GPT-2", name, maxShards)
		}
	}
	if len(shards) == 0 {
		return nil, fail(ErrProtocol, "%s names no files of weights; choose another revision of the model", name)
	}
	list := make([]string, 0, len(shards))
	for shard := range shards {
		list = append(list, shard)
	}
	slices.Sort(list)
	return list, nil
}

// limit is how large a file may be.
func limit(name string) int64 {
	switch {
	case name == configFile:
		return maxConfig
	case strings.HasSuffix(name, ".index.json"):
		return maxIndex
	case isGGUF(name) || strings.HasSuffix(name, ".safetensors") || strings.HasSuffix(name, ".bin"):
		return maxWeights
	}
	return maxSmall
}
