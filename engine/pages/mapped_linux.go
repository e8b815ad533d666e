package pages

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"unsafe"
)

// inLargePages says whether the system has mapped most of a file's memory as large pages. It does so where the file system
// keeps the file in such pages, and where it was read or written in pieces that are as large.
func inLargePages(b []byte) bool {
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return false
	}
	defer f.Close()
	begin := fmt.Sprintf("%x-", uintptr(unsafe.Pointer(&b[0])))
	lines := bufio.NewScanner(f)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), begin) {
	}
	for lines.Scan() {
		var kilobytes int
		if _, err := fmt.Sscanf(lines.Text(), "FilePmdMapped: %d kB", &kilobytes); err == nil {
			return kilobytes<<10 > len(b)/10*9
		}
	}
	return false
}
