//go:build !amd64 || purego

package kernel

func detect() []implementation { return nil }
