//go:build linux || darwin

package kernel

import (
	"math/rand/v2"
	"testing"

	"golang.org/x/sys/unix"
)

// pages hands out slices that touch a page which faults when it is touched.
type pages struct {
	t     *testing.T
	atEnd bool // the page after the slice faults, otherwise the one before
}

func (p pages) memory(n int) []byte {
	p.t.Helper()
	page := unix.Getpagesize()
	size := (n + page - 1) / page * page
	mapped, err := unix.Mmap(-1, 0, size+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		if err := unix.Munmap(mapped); err != nil {
			p.t.Error(err)
		}
	})
	for _, edge := range [][]byte{mapped[:page], mapped[page+size:]} {
		if err := unix.Mprotect(edge, unix.PROT_NONE); err != nil {
			p.t.Fatal(err)
		}
	}
	from := page
	if p.atEnd {
		from += size - n
	}
	return mapped[from : from+n : from+n]
}

func TestKernelsStayWithinTheirPages(t *testing.T) {
	forEach(t, func(t *testing.T, k *implementation) {
		for _, op := range operations {
			t.Run(op.name, func(t *testing.T) {
				random := rand.New(rand.NewPCG(3, 4))
				for n := range 131 {
					op.test(t, k, random, n, pages{t, true}.memory)
					op.test(t, k, random, n, pages{t, false}.memory)
				}
			})
		}
		for f := F32; f <= Q4; f++ {
			t.Run("linear in "+f.String(), func(t *testing.T) {
				random := rand.New(rand.NewPCG(3, 4))
				ends := []bool{true, false}
				if testing.Short() {
					ends = ends[:1]
				}
				for cols := 1; cols <= 130; cols++ {
					for _, atEnd := range ends {
						l := newLinear(t, random, f, 1+cols%9, 1+cols%35, cols, pages{t, atEnd}.memory)
						l.Do(0, 0, l.W.Rows)
						checkLinear(t, l)
					}
				}
			})
		}
	})
}
