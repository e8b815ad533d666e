package store

import (
	"os"
	"testing"
)

// childVariable makes the test program a process that writes to the store of
// this path until it is killed.
const childVariable = "INKLING_TEST_STORE"

func TestMain(m *testing.M) {
	if path := os.Getenv(childVariable); path != "" {
		os.Exit(writeForever(path))
	}
	os.Exit(m.Run())
}
