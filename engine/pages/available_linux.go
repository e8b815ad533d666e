package pages

import (
	"io/fs"
	"math"
	"os"
	"path"
	"strconv"
	"strings"
)

// Available is how many bytes can be had without swapping: what the system has left, or what a control group of the process
// leaves of it, a container's for example. known is false where the system does not tell.
func Available() (bytes int, known bool) { return available(os.DirFS("/")) }

// available reads proc(5) and the control groups of a system, of either version (the kernel's
// Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst). A limit counts for all groups below it.
func available(root fs.FS) (bytes int, known bool) {
	kilobytes, ok := find(root, "proc/meminfo", "MemAvailable:")
	if !ok {
		return 0, false
	}
	free := kilobytes << 10
	text, _ := fs.ReadFile(root, "proc/self/cgroup")
	for line := range strings.Lines(string(text)) {
		// "0::/a/b" in version 2, "4:memory:/a/b" in version 1.
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		v := version2
		if parts[1] != "" {
			v = version1
			if !strings.Contains(","+parts[1]+",", ",memory,") {
				continue
			}
		}
		for group := path.Clean("/" + parts[2]); ; group = path.Dir(group) {
			free = min(free, v.left(root, group))
			if group == "/" {
				break
			}
		}
	}
	return free, true
}

// controlVersion says how control groups tell of memory.
type controlVersion struct {
	folder, limit, used string
	files               []string // keys of memory.stat: pages of files, which the system takes back when it needs to
}

var (
	version1 = controlVersion{"sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", []string{"total_inactive_file", "total_active_file"}}
	version2 = controlVersion{"sys/fs/cgroup", "memory.max", "memory.current", []string{"inactive_file", "active_file"}}
)

// left is how many bytes a group may still take.
func (v controlVersion) left(root fs.FS, group string) int {
	folder := path.Join(v.folder, group)
	limit, limited := number(root, path.Join(folder, v.limit)) // "max" is no number
	used, ok := number(root, path.Join(folder, v.used))
	if !limited || !ok {
		return math.MaxInt
	}
	for _, key := range v.files {
		n, _ := find(root, path.Join(folder, "memory.stat"), key)
		used -= n
	}
	return max(limit-max(used, 0), 0)
}

func number(root fs.FS, name string) (int, bool) {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return 0, false
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	return n, err == nil
}

// find is the number after a key at the beginning of a line.
func find(root fs.FS, name, key string) (int, bool) {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == key {
			n, err := strconv.Atoi(words[1])
			return n, err == nil
		}
	}
	return 0, false
}
