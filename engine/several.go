package engine

import "context"

// Several is an Engine that takes requests which differ in their attempts alone as one, where its server does.
type Several interface {
	GenerateAll(ctx []context.Context, all []Request) ([]Generation, error)
}

// GenerateAll begins several texts, each with a context of its own. Those that have begun before an error are returned with it.
func GenerateAll(e Engine, ctx []context.Context, all []Request) (begun []Generation, err error) {
	if s, ok := e.(Several); ok {
		return s.GenerateAll(ctx, all)
	}
	for i, r := range all {
		g, err := e.Generate(ctx[i], r)
		if err != nil {
			return begun, err
		}
		begun = append(begun, g)
	}
	return begun, nil
}
