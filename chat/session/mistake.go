package session

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"inkling/chat"
)

// Mistake is the error of a program that ends because of a panic, of which a file tells the rest.
func (s *Session) Mistake(cause any, stack []byte) error {
	what := fmt.Sprintf("inkling crashed (%v); your chat is saved, run inkling -c to continue", cause)
	file, err := report(s.Settings.config.DataFolder(), s.now(), fmt.Appendf(nil, "%v\n\n%s", cause, stack))
	if err != nil {
		return fmt.Errorf("%s (no report: %w)", what, err)
	}
	return fmt.Errorf("%s; report: %s", what, file)
}

// report writes a file to the folder or, where that cannot be, to that for temporary files, and returns its path.
func report(folder string, now time.Time, text []byte) (path string, err error) {
	for _, folder := range []string{folder, os.TempDir()} {
		if folder == "" {
			continue
		}
		if err = os.MkdirAll(folder, 0o700); err != nil {
			continue
		}
		path = filepath.Join(folder, "crash-"+now.Format("20060102-150405.000")+".log")
		if err = chat.WriteNew(path, text); err == nil {
			return path, nil
		}
	}
	return "", err
}
