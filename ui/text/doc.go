// Package text is text that people edit. Its unit is the grapheme cluster (Unicode TR 29): a letter with its accents, a flag,
// a family. Widths are those of x/ansi.
package text
