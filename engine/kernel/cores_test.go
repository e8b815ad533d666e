package kernel

import (
	"runtime"
	"testing"
)

func TestCores(t *testing.T) {
	if n := Cores(); n < 1 || n > runtime.GOMAXPROCS(0) {
		t.Errorf("%d cores, of %d processors", n, runtime.GOMAXPROCS(0))
	}
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	if n := Cores(); n != 1 {
		t.Errorf("%d cores where only one may be used", n)
	}
}
