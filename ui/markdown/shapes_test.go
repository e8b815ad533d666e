package markdown

// shapes are documents of the kinds that chats consist of, by name.
var shapes = map[string]string{
	"prose": `Machine learning is a way of making programs from **examples**. It is
*not* magic, and ` + "`gradient descent`" + ` does most of the work.

A second paragraph follows.


And a third, after two blank lines.`,

	"poem": `Roses are red,
  Violets are blue,
    Sugar is sweet,
And so are you.

The rose is dead,
the violet too.
`,

	"headings": `# First
Text right below.
## Second

Text after a blank line.
### Third ###
Title
=====
Other
---
#not a heading
#`,

	"lists": `Shopping:
- milk
- a loaf of the bread that we had last week, if they have it
* another list
+ and another

1. one
2. two

   still two

10) ten
11) eleven
1986. A year is not a list.

- [ ] open
- [x] done
-
- `,

	"nested": `1. First
   - inner one
   - inner two

     with a paragraph
     - innermost

       ` + "```" + `
       code in it

       more code
       ` + "```" + `
2. Second
   > quoted
   > > twice
back to normal

- x
  ` + "```" + `
  never closed

outside

` + "```" + `
real code

more of it
` + "```" + `
end`,

	"quotes": `> To be, or not to be,
> that is the question.
>
> Second paragraph
lazy line

> another quote
- list
> quote`,

	"table": `Numbers:
| Name | Count |
|------|------:|
| apples and pears | 3 |
| 苹果 | 12 |

| one |
|-----|
text right after

not | a table`,

	"code": "Here:\n```go\nfunc main() {\n\tprintln(\"\\* \\_\")\n\n\n}\n```\nThen\n\n~~~~\n```\n~~~\n~~~~\n\n" +
		"    indented code *x*\n\n    more\n\n```python\nprint('unclosed')\n\nx = 1\n",

	"html": `<think>
Is it <b>bold</b>?
</think>

<div>
*text* <!-- comment --> a < b > c &lt;tag&gt; &amp; &#27;[31m
</div>
<script>alert(1)</script>`,

	"links": `See [the site][1], [two] and [three](https://example.com/a_b?x=1&copy=2 "title").
https://example.com/_under_/score*star www.example.com/x me@example.com
![a picture](https://example.com/p.png) [bad](http://%zz) [none]()

[1]: https://example.com/one
[two]: https://example.com/two
[Alice]: hello
`,

	"chinese": `你好，世界！这是一个很长的中文段落，没有任何空格，所以必须按照显示宽度来换行。

- 第一项内容比较长，需要折行显示才可以看到全部的文字
- 第二项 with English 混排

> “引用”一段话，里面有标点符号。`,

	"emoji": `Family 👨‍👩‍👧‍👦 flags 🇩🇪🇨🇳 keycaps 1️⃣2️⃣ skin 👍🏽 hearts ❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️
é combining, नमस्ते, می` + "\u200c" + `خواهم`,

	"long words": `https://example.com/a/very/long/path/without/any/space/that/must/be/broken/somewhere?and=more#end
Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft ` + "`a_very_long_code_span_without_spaces_in_it_at_all_and_more`" + `
- aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`,

	"unbalanced": `**bold never closed and *this neither
snake_case and _under and 2 * 3 * 4 and ~tilde and ` + "`tick" + `
[text](no end
multi **line
bold** end \* escaped \_ marks`,

	"rules": `above
---
below
***
* * *
___
- - -
end
-`,

	"fence false start": "text\n```not `a fence\nmore\n---x\n1\n1. \n#\n#x",
}
