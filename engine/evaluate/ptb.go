package evaluate

import "strings"

// pennTreebank undoes what was done to a line of the Penn Treebank (Mikolov et al. 2010) that can be undone: words were cut
// before an apostrophe or n't, "$", "#" and "%" were set apart from their number, slashes have a backslash before them,
// and numbers became "N", which is written as 1 here, as no other digit stands for itself. Capitals and punctuation are
// gone, and "<unk>" stays, for which nobody knows the word.
func pennTreebank(tokens []string) string {
	var b strings.Builder
	for i, token := range tokens {
		before := neighbour(tokens, i-1)
		joined := token == "n't" || token == "'" || clitic(token) ||
			token == "%" && isNumber(before) ||
			isNumber(token) && (strings.HasSuffix(before, "$") || before == "#")
		if i > 0 && !joined {
			b.WriteByte(' ')
		}
		if isNumber(token) {
			token = strings.ReplaceAll(token, "N", "1")
		}
		b.WriteString(strings.ReplaceAll(token, `\/`, "/"))
	}
	return b.String()
}

// isNumber reports whether a token stands for a number or a fraction.
func isNumber(token string) bool { return token == "N" || token == `N\/N` }
