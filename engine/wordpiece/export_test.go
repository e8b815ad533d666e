package wordpiece

// Normalize is what a tokenizer with the options does to a text before it is cut.
func Normalize(o Options, text string) string { return (&Tokenizer{Options: o}).normalize(text) }

// Words are the words of a normalised text.
func Words(text string) (words []string) {
	for text != "" {
		word, rest := nextWord(text)
		if word != "" {
			words = append(words, word)
		}
		text = rest
	}
	return words
}
