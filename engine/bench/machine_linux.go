package bench

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// processor is the name of the first processor.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	if name := field(string(text), "model name"); name != "" {
		return name
	}
	// Most ARM systems tell of the board only.
	board, err := os.ReadFile("/sys/firmware/devicetree/base/model")
	if err != nil {
		return ""
	}
	return strings.TrimRight(string(board), "\x00\n")
}

// field is the value of the first line "key : value", or "".
func field(text, key string) string {
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(line, ":")
		if ok && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// lastLevelCache sums the caches of the highest level, each once.
func lastLevelCache() int {
	level, sizes := 0, map[string]int{}
	folders, _ := filepath.Glob("/sys/devices/system/cpu/cpu[0-9]*/cache/index[0-9]*")
	for _, folder := range folders {
		read := func(name string) string {
			text, _ := os.ReadFile(filepath.Join(folder, name))
			return strings.TrimSpace(string(text))
		}
		at, err := strconv.Atoi(read("level"))
		if err != nil || at < level {
			continue
		}
		if at > level {
			level = at
			clear(sizes)
		}
		size, err := strconv.Atoi(strings.TrimSuffix(read("size"), "K"))
		if err == nil {
			sizes[read("shared_cpu_list")] = size << 10
		}
	}
	total := 0
	for _, size := range sizes {
		total += size
	}
	return total
}
