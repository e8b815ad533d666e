// Package starter holds the model inside the binary: a small GPT-2 of our own, in 8 bits, as a GGUF file with its card and its
// generation_config.json. MODELCARD.md beside it says what it was trained on, how, and how good it is.
package starter

import (
	"embed"
	"io/fs"
)

//go:embed model
var files embed.FS

// File is the model's weights and metadata, in the folder of Files.
const File = "starter.gguf"

// Files is the model's folder.
func Files() fs.FS {
	folder, err := fs.Sub(files, "model")
	if err != nil {
		panic(err) // the folder is compiled in under this very name
	}
	return folder
}
