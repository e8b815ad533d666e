package weights

import (
	"cmp"
	"errors"
	"io/fs"
	"strings"
)

const (
	cardFile       = "README.md"
	generationFile = "generation_config.json"
)

// maxCard is the largest size of a model card that is read, in bytes.
const maxCard = 16 << 20

// KeyLicence is where GGUF files name the licence.
const KeyLicence = "general.license"

// Licence is what the model card names as the licence, or "".
func (f *Folder) Licence() string { return licenceBeside(f.fsys) }

// Licence is what the metadata name as the licence, or else the model card beside the file, or "".
func (g *GGUF) Licence() string {
	name, _ := g.meta.Text(KeyLicence)
	return cmp.Or(name, licenceBeside(g.fsys))
}

// Generation returns generation_config.json, nil where the folder has none.
func (f *Folder) Generation() ([]byte, error) {
	return generationBeside(f.fsys, f.path(generationFile))
}

// Generation returns the generation_config.json beside the file, nil where there is none.
func (g *GGUF) Generation() ([]byte, error) { return generationBeside(g.fsys, generationFile) }

func licenceBeside(fsys fs.FS) string {
	card, err := readBeside(fsys, cardFile, cardFile, maxCard)
	if err != nil {
		return "" // what cannot be read says nothing
	}
	return licence(string(card))
}

func generationBeside(fsys fs.FS, path string) ([]byte, error) {
	data, err := readBeside(fsys, generationFile, path, maxConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// licence is the licence that a model card names in its front matter, the YAML between two lines "---"
// (https://huggingface.co/docs/hub/model-cards): a name, a list of names, or "other" with the name as license_name.
func licence(card string) string {
	found := map[string]string{}
	key, inside := "", false
	for line := range strings.Lines(strings.TrimPrefix(card, "\ufeff")) {
		line = strings.TrimRight(line, " \t\r\n")
		if !inside {
			if line != "---" {
				return ""
			}
			inside = true
			continue
		}
		if line == "---" {
			break
		}
		if item, ok := strings.CutPrefix(strings.TrimLeft(line, " \t"), "- "); ok {
			if name := scalar(item); name != "" && key != "" {
				found[key] = strings.TrimPrefix(found[key]+", "+name, ", ")
			}
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || strings.HasPrefix(line, " ") {
			continue // belongs to the key before
		}
		key = name
		if list, ok := strings.CutPrefix(strings.TrimSpace(value), "["); ok {
			var names []string
			for item := range strings.SplitSeq(strings.TrimSuffix(list, "]"), ",") {
				names = append(names, scalar(item))
			}
			found[key] = strings.Join(names, ", ")
		} else {
			found[key] = scalar(value)
		}
	}
	if name := found["license_name"]; found["license"] == "other" && name != "" {
		return name
	}
	return found["license"]
}

// scalar is a YAML value without its quotes or the comment behind it.
func scalar(text string) string {
	text = strings.TrimSpace(text)
	for _, quote := range []string{`"`, `'`} {
		if rest, ok := strings.CutPrefix(text, quote); ok {
			text, _, _ = strings.Cut(rest, quote)
			return text
		}
	}
	text, _, _ = strings.Cut(text, " #")
	return strings.TrimSpace(text)
}
