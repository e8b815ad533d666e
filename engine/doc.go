// Package engine opens a language model, holds sequences and generates tokens. It is all that chat and ui know of
// models; the arithmetic and the file formats are in the packages below it.
//
//	m, err := engine.Open("starter", engine.Options{})
//	g := m.NewSequence().Generate(ctx, engine.Request{Prompt: m.Encode("Once upon a time"), Controls: controls})
//	for t := range g.Tokens() {
//		fmt.Print(t.Text)
//	}
//	fmt.Print(g.Result().Rest)
package engine
