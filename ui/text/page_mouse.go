package text

// mark is where a selection with the mouse began.
type mark struct {
	at      int
	dragged bool // the mouse has moved since
}

// Point puts the cursor to a place of what was drawn last: a column of a row. Where the mouse drags, it takes the end of a selection there,
// and beyond the window the text comes along; otherwise a selection may begin there.
func (p *Page) Point(x, y int, drag bool) {
	rows, n := p.row(min(p.top, len(p.text)))
	at, column := rows[n], x
	for range min(y, p.height-1) {
		next, ok := p.next(at, 1)
		if !ok {
			column = p.width
			break
		}
		at = next
	}
	p.cursor, p.column = at.From, column
	switch {
	case drag && y < 0:
		p.vertical(-1)
	case drag && y >= p.height:
		p.vertical(+1)
	default:
		p.vertical(0)
	}
	p.column = -1
	if p.mark.dragged = drag; !drag {
		p.mark.at = p.cursor
	}
}

// Selected is the stretch that is selected: the clusters at both ends are in it. It is empty where nothing is.
func (p *Page) Selected() (from, to int) {
	if !p.mark.dragged {
		return 0, 0
	}
	from, to = min(p.mark.at, p.cursor), max(p.mark.at, p.cursor)
	return from, p.step(to, 1)
}
