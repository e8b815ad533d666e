// Package engine opens a language model, and generates texts. It is all that chat and ui know of
// models; the arithmetic and the file formats are in the packages below it.
//
//	m, err := engine.Open("starter", engine.Options{})
//	g, err := m.Generate(ctx, engine.Request{Text: "Once upon a time", Controls: controls})
//	for e := range g.Events() {
//		fmt.Print(e.Token.Text)
//	}
//	fmt.Print(g.Result().Rest)
package engine
