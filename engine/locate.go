package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"inkling/engine/hub"
	"inkling/engine/jsonfile"
	"inkling/engine/weights"
)

// locate is the path of the model called name: name itself where it is a path, and otherwise the folder, or the GGUF file, of
// a model that was fetched from the hub and is called so there ("gpt2", "owner/name", "owner/name@revision"). A folder that merely has
// the name of such a model, and no config.json in it, is not taken for one. The starter has no path: "".
func locate(name string) (path string, err error) {
	if name == Starter {
		return "", nil
	}
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(name, "config.json")); errors.Is(err, fs.ErrNotExist) {
			if folder, err := downloaded(name); err == nil {
				return folder, nil
			}
		}
		return name, nil
	}
	return downloaded(name)
}

// downloaded is the path of a model from the hub. Nothing is fetched here.
func downloaded(name string) (string, error) {
	ref, err := hub.Parse(name)
	if err != nil {
		return "", fmt.Errorf("model %q: no such folder; give %q, the path of a folder with config.json and model.safetensors, or of a GGUF file, or a model of the hub, once \"inkling pull\" has downloaded it (%w)",
			jsonfile.Path(name), Starter, err)
	}
	cache, err := hub.Local(os.LookupEnv)
	if err != nil {
		return "", fmt.Errorf("model %q: %w", name, err)
	}
	snapshot, err := cache.Find(ref)
	if _, known := hub.Lookup(ref.ID); errors.Is(err, hub.ErrNotLocal) && !known {
		return "", fmt.Errorf("%w (there is no folder of that name either)", err)
	}
	if err != nil {
		return "", err
	}
	files, err := snapshot.Weights()
	switch {
	case err != nil || !weights.IsGGUF(files[0]):
		return snapshot.Path, nil // the folder's own message tells what is missing
	case !hub.OneModel(files):
		return "", fmt.Errorf("model %q: there are several GGUF files in %s; give the path of one of them", name, snapshot.Path)
	}
	return filepath.Join(snapshot.Path, filepath.FromSlash(files[0])), nil
}
