package markdown

// Themes for a dark and a light background.
var (
	Dark  = Theme{Code: "github-dark", Heading: "#b79cf2", Mark: "#8b8b98", Literal: "#5cc8d0", Link: "#6cb2ff"}
	Light = Theme{Code: "github", Heading: "#6a3fb5", Mark: "#6c6c76", Literal: "#0a6c74", Link: "#1d5fbf"}
)
