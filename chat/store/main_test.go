package store

import (
	"flag"
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
	if err := flag.Set("test.parallel", "6"); err != nil { // most of the time is waiting
		panic(err)
	}
	os.Exit(m.Run())
}
