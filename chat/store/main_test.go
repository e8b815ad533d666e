package store

import (
	"os"
	"testing"
)

// These make the test program a process that writes to the store of a path, or fills it in, until it is killed.
const (
	childVariable = "INKLING_TEST_STORE"
	fillVariable  = "INKLING_TEST_FILL"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childVariable); path != "" {
		os.Exit(writeForever(path))
	}
	if path := os.Getenv(fillVariable); path != "" {
		os.Exit(fillChild(path))
	}
	os.Exit(m.Run())
}
