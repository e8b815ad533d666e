package added

// trie holds texts of tokens by their bytes. Node 0 is the root; a trie without texts has no nodes.
type trie struct {
	nodes []node
	first [256]int32 // children of the root, 0 for none
	plain bool       // it has a token that is not special
}

type node struct {
	next  map[byte]int32
	value int // of the text that ends here, -1 for none
}

// add enters a text that is not empty. Of equal texts the first counts.
func (t *trie) add(text string, value int) {
	if text == "" {
		return
	}
	if len(t.nodes) == 0 {
		t.nodes = []node{{value: -1}}
	}
	at := int32(0)
	for i := range len(text) {
		next := t.child(at, text[i])
		if next == 0 {
			next = int32(len(t.nodes))
			t.nodes = append(t.nodes, node{value: -1})
			if at == 0 {
				t.first[text[i]] = next
			} else {
				if t.nodes[at].next == nil {
					t.nodes[at].next = map[byte]int32{}
				}
				t.nodes[at].next[text[i]] = next
			}
		}
		at = next
	}
	if t.nodes[at].value < 0 {
		t.nodes[at].value = value
	}
}

func (t *trie) child(at int32, b byte) int32 {
	if at == 0 {
		return t.first[b]
	}
	return t.nodes[at].next[b]
}

// longest returns the value and the length of the longest text of the trie that text begins with; the length is 0 where
// there is none.
func (t *trie) longest(text string) (value, length int) {
	at := int32(0)
	for i := range len(text) {
		at = t.child(at, text[i])
		if at == 0 {
			break
		}
		if v := t.nodes[at].value; v >= 0 {
			value, length = v, i+1
		}
	}
	return value, length
}
