package config

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"
)

// locate finds the keys and headers of a TOML document, which is valid, in their order. The decoder of the library tells no
// positions, its expressions do; this is the one place that uses them.
func locate(data []byte) []entry {
	var p unstable.Parser
	p.Reset(data)
	var entries []entry
	var table []string // that keys belong to
	for p.NextExpression() {
		switch node := p.Expression(); node.Kind {
		case unstable.Table, unstable.ArrayTable:
			e := entry{header: true}
			e.path, e.key, _ = pathOf(data, node, nil)
			e.value = e.key
			table = e.path
			entries = append(entries, e)
		case unstable.KeyValue:
			entries = append(entries, keyValue(data, node, table))
		}
	}
	return entries
}

// keyValue is a key of a table with its value.
func keyValue(data []byte, node *unstable.Node, table []string) entry {
	var e entry
	var end int
	e.path, e.key, end = pathOf(data, node, table)
	// Arrays have no position of their own: the value is what follows the equals sign.
	rest := data[end:]
	value := bytes.TrimLeft(rest[bytes.IndexByte(rest, '=')+1:], " \t")
	e.value = positionOf(data, len(data)-len(value))
	if node.Value().Kind == unstable.InlineTable {
		for it := node.Value().Children(); it.Next(); {
			e.inner = append(e.inner, keyValue(data, it.Node(), e.path))
		}
	}
	return e
}

// pathOf returns the path of a node within a table, where it begins and the offset of its end.
func pathOf(data []byte, node *unstable.Node, table []string) (path []string, begin position, end int) {
	path = slices.Clone(table)
	for it := node.Key(); it.Next(); {
		raw := it.Node().Raw
		if len(path) == len(table) {
			begin = positionOf(data, int(raw.Offset))
		}
		path = append(path, string(it.Node().Data))
		end = int(raw.Offset + raw.Length)
	}
	return path, begin, end
}

func positionOf(data []byte, offset int) position {
	before := data[:offset]
	return position{1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])}
}
