//go:build !linux && !darwin && !windows

package pages

// Available is not known here.
func Available() (bytes int, known bool) { return 0, false }
