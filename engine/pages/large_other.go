//go:build unix && !linux

package pages

func adviseLarge([]byte) {}
