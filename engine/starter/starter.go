// Package starter holds the model inside the binary: a small GPT-2 of our own, as a Hugging Face folder. MODELCARD.md
// beside it says what it was trained on, how, and how good it is.
package starter

import (
	"embed"
	"io/fs"
)

//go:embed model
var files embed.FS

// Files is the model's folder.
func Files() fs.FS {
	folder, err := fs.Sub(files, "model")
	if err != nil {
		panic(err) // the folder is compiled in under this very name
	}
	return folder
}
