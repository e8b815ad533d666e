//go:build unix && !linux

package memory

func adviseLarge([]byte) {}
