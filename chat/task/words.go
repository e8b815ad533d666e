package task

import (
	"strings"
	"unicode"

	"github.com/clipperhouse/uax29/v2/sentences"
	"golang.org/x/text/unicode/norm"
)

// Sentences splits a text at the ends of its sentences (UAX #29), but not after the abbreviations that stand before a name. A
// line break ends a sentence too.
func Sentences(text string) (found []string) {
	for line := range strings.Lines(text) {
		open := false
		tokens := sentences.FromString(line)
		for tokens.Next() {
			s := strings.TrimSpace(tokens.Value())
			if s == "" {
				continue
			}
			if open {
				found[len(found)-1] += " " + s
			} else {
				found = append(found, s)
			}
			open = abbreviated(s)
		}
	}
	return found
}

// abbreviated reports whether s ends with an abbreviation, or an initial, after which a sentence goes on.
func abbreviated(s string) bool {
	last := s[strings.LastIndexAny(s, " (\"“")+1:]
	switch strings.ToLower(last) {
	case "mr.", "mrs.", "ms.", "dr.", "st.", "prof.", "sr.", "jr.", "e.g.", "i.e.", "vs.", "no.", "mt.", "capt.", "gen.", "rev.":
		return true
	}
	initial := []rune(last)
	return len(initial) == 2 && unicode.IsUpper(initial[0]) && initial[1] == '.' && initial[0] != 'I'
}

// plainTokens are the words of a text in small letters, without punctuation. Characters of scripts without spaces between
// words count one by one.
func plainTokens(text string) (found []string) {
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			found = append(found, word.String())
			word.Reset()
		}
	}
	for _, r := range norm.NFKC.String(text) {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
			flush()
			found = append(found, string(r))
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r):
			word.WriteRune(unicode.ToLower(r))
		case r == '\'' || r == '’': // "don't" is one word
		default:
			flush()
		}
	}
	flush()
	return found
}

// small words tell nothing of what a text is about.
var small = set(`a about above after all also am an and any are as at be because been before being but by can could did do does down
each few for from get had has have he her here hers him his how i if in into is it its just like me more most my no nor not now of off
on once one only or other our out over own same she should so some such than that the their them then there these they this those through
to too two under until up upon us very was we were what when where which while who whom whose why will with would you your yours dont isnt
im ive its theres thats lets`)

func set(words string) map[string]bool {
	s := map[string]bool{}
	for _, w := range strings.Fields(words) {
		s[w] = true
	}
	return s
}

// stem takes off the endings in which forms of an English word differ, so that "bakery", "bakeries" and "baker's" meet. It
// is coarse on purpose: it only has to find a word again.
func stem(word string) string {
	for _, ending := range []string{"ies", "ing", "ed", "es", "er", "ly", "s", "y", "e"} {
		if rest, ok := strings.CutSuffix(word, ending); ok && len(rest) >= 3 {
			return rest
		}
	}
	return word
}

// mentions reports whether a reply has one of the words that a topic is about. A topic of small words alone is always met.
func mentions(reply, topic string) bool {
	have := map[string]bool{}
	for _, w := range plainTokens(reply) {
		have[stem(w)] = true
	}
	any := false
	for _, w := range plainTokens(topic) {
		if small[w] {
			continue
		}
		any = true
		if have[stem(w)] {
			return true
		}
	}
	return !any
}

func anyPrefix(words, beginnings []string) bool {
	for _, w := range words {
		for _, b := range beginnings {
			if strings.HasPrefix(w, b) {
				return true
			}
		}
	}
	return false
}

// quotes reports whether the reply has words of the text between quotation marks: two in a row, or a long one.
func quotes(reply, text string) bool {
	within := " " + strings.Join(plainTokens(text), " ") + " "
	for _, q := range quoted(reply) {
		words := plainTokens(q)
		joined := strings.Join(words, " ")
		if (len(words) >= 2 || len(joined) >= 4) && strings.Contains(within, " "+joined+" ") {
			return true
		}
	}
	return false
}

// quoted are the stretches of a text between quotation marks of one kind.
func quoted(text string) (found []string) {
	for _, marks := range [][2]string{{`"`, `"`}, {"“", "”"}, {"„", "“"}, {"«", "»"}, {"‘", "’"}, {"「", "」"}} {
		rest := text
		for {
			_, after, ok := strings.Cut(rest, marks[0])
			if !ok {
				break
			}
			inside, next, ok := strings.Cut(after, marks[1])
			if !ok {
				break
			}
			found, rest = append(found, inside), next
		}
	}
	return found
}

// ungrounded is a name or a number of the reply that the text does not have, "" for none. A name is a word with a capital; at
// the beginning of a sentence, where every word has one, it is a name unless it is a common word. Numbers are digits, and
// words for them from two on. The mark of a numbered line is no number of the text.
func ungrounded(reply, text string) string {
	have := map[string]bool{}
	for _, w := range plainTokens(text) {
		have[w], have[stem(w)] = true, true
		if digits, ok := numberWords[w]; ok {
			have[digits] = true
		}
		for word, digits := range numberWords {
			if digits == w {
				have[word] = true
			}
		}
	}
	known := func(word string) bool {
		for _, w := range plainTokens(word) {
			if w != "s" && !have[w] && !have[stem(w)] {
				return false
			}
		}
		return true
	}
	for _, line := range nonEmptyLines(reply) {
		if rest, ok := point(line); ok {
			line = rest
		}
		for _, s := range Sentences(line) {
			words := strings.Fields(s)
			for i, raw := range words {
				word := strings.TrimFunc(raw, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
				if word == "" || known(word) {
					continue
				}
				first := []rune(word)[0]
				begins := i == 0 || strings.ContainsAny(raw[:1], `"“‘(`) || strings.HasSuffix(words[i-1], ":")
				_, counts := numberWords[strings.ToLower(word)]
				switch {
				case strings.ContainsFunc(word, unicode.IsDigit), counts:
					return word
				case unicode.IsUpper(first) && !(begins && isCommon(word)) && !isSmall(word):
					return word
				}
			}
		}
	}
	return ""
}

func isSmall(word string) bool {
	for _, w := range plainTokens(word) {
		if !small[w] {
			return false
		}
	}
	return true
}

func isCommon(word string) bool {
	for _, w := range plainTokens(word) {
		if !common[w] && !common[stem(w)] && !small[w] {
			return false
		}
	}
	return true
}

// common are words, and stems of words, that begin sentences in English without being names.
var common = stems(`accord act actual add adult afternoon afterward age air almost alone along already although always among amount ancient
animal anoth answer apart appear area arm around arrive art artist ask author autumn away baby back bad bake ball band bank bar base beach
bear beautiful become bed bee begin behind believe benefit beside best better between beyond big bike bird black blue board boat body book
both bottom box boy bread break bridge bring broth build building bus busy buy cake call car care carry cat catch cause cell center central
certain chair chance change cheap check child children choose church city class clean clear climb close cloud coast cold collect colour color
come common community company complete computer concert contain cook cool cost country couple course cover create cross crowd current cut
dance danger dark date daughter day deep describe despite develop different difficult dinner discover doctor dog door drink drive dry during
each early earth east easy eat effect egg eight either elder eleven employ empty end energy enough enjoy enter entire especial event
eventual every everybody everyone everything evening exact example except expect expert explain extra eye face fact fall family famous far
farm fast father fear feed feel fell festival field fifth fight final find fire first fish five flow flower fly follow food foot football
forest forget form former forward four fourth free fresh friend front fruit full fun funny future game garden general gentle get girl give
glass go gold good grandfather grandma grandmother grandpa grass great green ground group grow guest guide hair half hand happy hard head
health hear heart heat heavy help hen hero high hill history hold holiday home hope horse hospital hot hour house however huge human hundred
hungry hurt husband idea important improve inside instead interest island join journey keep key kid kind king kitchen know lady lake lamp
land language large last late later laugh law lead leader learn leave left less lesson let letter level library life light like line list
listen little live local long look lose lost lot love low lunch machine main make man manager many map march mark market maybe meal mean
meanwhile meat meet member men metal middle might mile milk mind minute miss modern mom money month moon moreover morning mother mountain
mouse move much mum museum music must name nation natural nature near nearly need neighbour neighbor neither never new news next night nine
nobody noise none north note nothing novel number ocean offer office official often old older once one open order ordinary organise organize
others outside owner page paint painting paper parent park part party pass past patient pay peace people perhaps person picture piece place
plan planet plant play please police poor popular possible post pot power practice prepare present press pretty price print prob problem
process produce product program project protect public pull pupil push put quarter queen question quick quiet quite rain raise rather reach
read reader ready real reason recent recipe record red remember remove repair report rescue research rest result return rice rich ride right
ring rise river road rock roof room round rule run sad safe sail salt sand save say school science scientist sea season second see seed sell
send serious serve service set seven several shade shadow shall shape share sheep ship shoe shop short show side sign silver similar simple
since sing sister sit six size sky sleep slow small smell smile snow sold soldier someone something sometimes son song soon sound soup south
space speak special spend spring staff stand star start state station stay step still stone stop storm story street strong student study
success such sudden sugar summer sun sure surprise sweet swim table take talk tall taste teach teacher team tell ten test text thank thing
think third thousand three throughout ticket time tire today together tomorrow tonight tool top total touch toward town track trade
traditional traffic train travel tree trip true trust try turn twelve twenty twice type understand unfortunate unlike use usual valley
various vegetable village visit visitor voice volunteer vote wait walk wall war warm wash watch water way weak wear weather week weekend
west wet wheel white whole wife wild wind window winter wise wish within without woman women wonder wood wool word work worker world worry
write writer wrong year yellow yes yesterday yet young`)

func stems(words string) map[string]bool {
	s := map[string]bool{}
	for _, w := range strings.Fields(words) {
		s[w], s[stem(w)] = true, true
	}
	return s
}

var numberWords = map[string]string{
	"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11",
	"twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18",
	"nineteen": "19", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80",
	"ninety": "90", "hundred": "100", "thousand": "1000", "million": "1000000",
}
