package markdown

// Themes for a dark and a light background.
var (
	Dark  = Theme{Code: Code{"#b79cf2", "#5cc8d0", "#8fe39a", "#ffb05c", "#8b8b98"}, Heading: "#b79cf2", Mark: "#8b8b98", Literal: "#5cc8d0", Link: "#6cb2ff"}
	Light = Theme{Code: Code{"#6a3fb5", "#0a6c74", "#1c7a2e", "#a34a00", "#6c6c76"}, Heading: "#6a3fb5", Mark: "#6c6c76", Literal: "#0a6c74", Link: "#1d5fbf"}
)
