package markdown

import (
	gansi "charm.land/glamour/v2/ansi"
	"charm.land/glamour/v2/styles"
)

// styleOf returns Glamour's style for the theme without its margins and its
// heading background, and with text in the terminal's own colour.
func styleOf(theme Theme) gansi.StyleConfig {
	var style gansi.StyleConfig
	if theme.Plain {
		style = styles.NoTTYStyleConfig
		style.Code.Prefix, style.Code.Suffix = "`", "`"
	} else {
		style = styles.DarkStyleConfig
		paint := func(colour string, parts ...*gansi.StylePrimitive) {
			for _, part := range parts {
				part.Color, part.BackgroundColor = &colour, nil
			}
		}
		paint(theme.Heading, &style.Heading.StylePrimitive, &style.H1.StylePrimitive, &style.H6.StylePrimitive)
		paint(theme.Mark, &style.HorizontalRule, &style.BlockQuote.StylePrimitive, &style.ImageText)
		paint(theme.Literal, &style.Code.StylePrimitive)
		paint(theme.Link, &style.Link, &style.LinkText, &style.Image)
		style.CodeBlock.Color, style.Text.Color, style.Document.Color = nil, nil, nil
	}
	style.CodeBlock.Chroma = nil
	style.CodeBlock.Margin = nil
	style.Document = gansi.StyleBlock{}
	style.Heading.BlockSuffix = ""
	style.H1 = gansi.StyleBlock{StylePrimitive: gansi.StylePrimitive{Prefix: "# "}}
	return style
}

// bullet, quote and the boxes are the marks of list items, quotes and tasks.
func bullet(theme Theme) string {
	if theme.Plain {
		return "- "
	}
	return "• "
}

func quote(theme Theme) string {
	if theme.Plain {
		return "|"
	}
	return "│"
}

func box(style gansi.StyleConfig, checked bool) string {
	if checked {
		return style.Task.Ticked
	}
	return style.Task.Unticked
}
