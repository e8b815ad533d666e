package evaluate

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestWikiText(t *testing.T) {
	for in, want := range map[string]string{
		// what stands apart in the file
		"a , b ; c . d ! e ?":             "a, b; c. d! e?",
		"Title : Subtitle":                "Title: Subtitle",
		"at 10 : 30 pm":                   "at 10:30 pm",
		"( 24 in ) [ sic ] { x }":         "(24 in) [sic] {x}",
		"( ( a ) )":                       "((a))",
		"1 @,@ 234 @.@ 5":                 "1,234.5",
		"M @-@ 82 , two @-@ year @-@ old": "M-82, two-year-old",
		"$ 1 @.@ 5 million , £ 20 , 5 %":  "$1.5 million, £20, 5%",
		"20 ° C at 41 ° N":                "20°C at 41°N",
		"a 45 ° angle":                    "a 45° angle",
		"6 ′ 2 ″ tall":                    "6′ 2″ tall",
		// apostrophes
		"Boulter 's play":            "Boulter's play",
		"didn 't , I 'm , O 'Brien":  "didn't, I'm, O'Brien",
		"the parents ' house":        "the parents' house",
		"the ' 90s":                  "the '90s",
		"the ' old ' way":            "the 'old' way",
		"Johns ' house , ' old ' it": "Johns' house, 'old' it",
		"one ' alone":                "one ' alone",
		// quotation marks
		`he said " yes , no " , and " so "`: `he said "yes, no", and "so"`,
		`" a " " b "`:                       `"a" "b"`,
		`a 5 " disc`:                        `a 5 " disc`,
		`( " a " )`:                         `("a")`,
		// headings
		"= Robert Boulter =":          "= Robert Boulter =",
		"= = Career = =":              "== Career ==",
		"= = = 2000 – 2005 = = =":     "=== 2000 – 2005 ===",
		"= = Early : the ' 90s = =":   "== Early: the '90s ==",
		"x = y":                       "x = y",
		"= =":                         "= =",
		"=":                           "=",
		"= = a =":                     "= = a =",
		"In 2006 , he was in <unk> .": "In 2006, he was in <unk>.",
		// what may have stood so in the article
		"a – b — c / d ... & e + f": "a – b — c / d ... & e + f",
		"@ home @@ @-":              "@ home @@ @-",
		"":                          "",
		".":                         ".",
		`"`:                         `"`,
		"'":                         "'",
	} {
		if got := wikiText(strings.Fields(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestPennTreebank(t *testing.T) {
	for in, want := range map[string]string{
		"no it was n't black monday":                 "no it wasn't black monday",
		"the company 's shares rose N %":             "the company's shares rose 1%",
		"the traders ' nerves":                       "the traders' nerves",
		"they 're <unk> , i 'd say":                  "they're <unk> , i'd say",
		"$ N million , # N , us$ N a share , c$ N N": "$1 million , #1 , us$1 a share , c$1 1",
		"from N to N":                                "from 1 to 1",
		`N N\/N % of the u.s. 's tv\/radio`:          `1 1/1% of the u.s.'s tv/radio`,
		"% n't":                                      "%n't",
		"":                                           "",
		"N":                                          "1",
	} {
		if got := pennTreebank(strings.Fields(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// Nothing but blanks and the marks of the tokenizers goes, whatever stands in the file.
func TestDetokenizersLoseNothing(t *testing.T) {
	pieces := strings.Split("a b's 's n't ' \" ( ) [ ] , . : ; ! ? % $ £ # ° ′ = = = @-@ @,@ @.@ @é@ @ @@ @-@- <unk> N N\\/N 10 7s 'x '9 – \xff é ...", " ")
	random := rand.New(rand.NewPCG(1, 2))
	marks := strings.NewReplacer("@-@-", "@-@-", "@-@", "-", "@,@", ",", "@.@", ".", "@é@", "é")
	for range 20_000 {
		tokens := make([]string, random.IntN(12))
		for i := range tokens {
			tokens[i] = pieces[random.IntN(len(pieces))]
		}
		var want string
		for _, token := range tokens {
			want += marks.Replace(token)
		}
		got := wikiText(tokens)
		if squeezed := strings.ReplaceAll(got, " ", ""); squeezed != want || strings.Trim(got, " ") != got || strings.Contains(got, "  ") {
			t.Fatalf("WikiText %q: %q, want %q between the blanks", tokens, got, want)
		}
		want = ""
		for _, token := range tokens {
			switch token {
			case "N":
				token = "1"
			case `N\/N`:
				token = "1/1"
			}
			want += strings.ReplaceAll(token, `\/`, "/")
		}
		got = pennTreebank(tokens)
		if squeezed := strings.ReplaceAll(got, " ", ""); squeezed != want || strings.Trim(got, " ") != got || strings.Contains(got, "  ") {
			t.Fatalf("Penn Treebank %q: %q, want %q between the blanks", tokens, got, want)
		}
	}
}
