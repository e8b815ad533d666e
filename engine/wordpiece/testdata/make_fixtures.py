"""Writes vocab.txt, a small vocabulary of this project's own, and what BertTokenizer makes of texts with it.

    python3 -m venv venv && venv/bin/pip install transformers==5.23.0 tokenizers==0.23.3
    venv/bin/python make_fixtures.py

encode.json: texts, and for each set of options their ids, without the [CLS] and [SEP] that are put around them.
codepoints.json: what single code points are to the normaliser and the pre-tokeniser, as ranges, and what lower-casing and
accent stripping make of them. Only code points that Unicode 3.2 has, and the emoji blocks: the tables of the tokenizers
library are of several later versions, and differ on what was added or changed since.
"""

import json
import pathlib
import random
import unicodedata

from tokenizers import AddedToken, normalizers, pre_tokenizers
from transformers import BertTokenizer

HERE = pathlib.Path(__file__).parent

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
HAN = ("这是很久之前的事情了我们你他她它在有人不一个大中国上下来到时地为子说生要就出会可也好对能学过小多天家后"
       "没自看想起作里开心月亮水山火木金土日今明年春夏秋冬风花雪夜东西南北红白黑长短高低老师朋友喜欢爱吃喝茶饭书"
       "写字话语文章诗歌世界城市路车船海河江湖林森气和")
WORDS = ["the", "a", "fox", "once", "upon", "time", "hello", "world", "don", "isn", "gpt", "python", "go", "café", "cafe",
         "naive", "naïve", "straße", "москва", "δοκιμή", "שלום", "中文混排", "running", "token", "über", "uber", "ing", "ed"]
TAILS = ["ing", "ed", "s", "er", "est", "ly", "ization", "2", "00", "文", "字", "lo", "th"]
PUNCTUATION = list(",.;:!?()[]{}'\"-_/\\@#$%&*+=<>|~^`，。！？；：、“”‘’（）《》—…·「」")


def vocabulary():
    letters = [chr(c) for c in range(ord("a"), ord("z") + 1)] + [chr(c) for c in range(ord("A"), ord("Z") + 1)]
    letters += list("0123456789") + list("áéíóúüößñçабвгдежзийклмнопрстуфхцчшщъыьэюяαβγδεζηθικλμνξοπρστυφχψωひらがなカタナ한국")
    vocab = SPECIAL + [f"[unused{i}]" for i in range(1, 6)] + list(dict.fromkeys(HAN)) + WORDS + PUNCTUATION + letters
    vocab += ["##" + x for x in TAILS + letters + ["́", "️", "‍"]] + ["Hello", "World", "GPT", "😂", "👍", "™", "№", "²", "##²", "##"]
    return list(dict.fromkeys(vocab))


TEXTS = """
这是很久之前的事情了
今天天气很好，我们去看海。
你好，世界！Hello, world!
我爱Python和Go编程
他说：“你好吗？”她说：‘很好’。
《红楼梦》—— 一部小说……
第1章 3.14 1,000 12:30 50%
中文English混排text很多
「日本語」の本 カタカナ ひらがな
한국 한국어
Once upon a time, there was a fox.
The FOX isn't running; don't stop!
hello world hello hello
Hello WORLD gpt GPT-2 gpt2
unaffable internationalization tokenization
café cafe CAFÉ naïve naive Über uber ÜBER
straße STRASSE Straße ſ ẞ
Москва москва МОСКВА й Й ё
δοκιμή ΔΟΚΙΜΉ Σίσυφος ΣΑΣ
שלום שָׁלוֹם مرحبا مَرْحَبًا
e\u0301 e\u0301e a\u0300\u0301\u0302b \u0301x
Å \u212b A\u030a K \u212a ﬁ ﬀ ½ ² ™ № Ⅳ
İstanbul I ı i̇
a\u00adb a\u200bb a\u200db a\u2060b a\ufeffb a\u061cb
a\x00b \x01\x02 c\x7fd \x85 e\u0085f \ufffd g
tab\there ff\x0cvt\x0b fs\x1cgs\x1d
nbsp\u00a0x ideographic\u3000y em\u2003z line\u2028w para\u2029v ogham\u1680u narrow\u202ft
😂 👍 😂👍 👍🏽 👩‍🚀 ☺️ ❤ ❤️ 🇨🇳
hello😂world 你😂好
(a) [b] {c} <d> "e" 'f' `g` ~h~ ^i^ _j_ *k* +l+ =m= |n| \\o\\ /p/ @q #r $s %t &u
a.b,c;d:e!f?g-h
... --- !!! ??? ,,, 。。。 ，，，
[CLS] [SEP] [PAD] [MASK] [UNK] [cls] [sep] [CLS][SEP]
今天[SEP]明天 [CLS]你好[SEP] x[MASK]y
[ CLS ] [unused1] ##ing ## # ing##ing
<|endoftext|> <s> </s>
㐀 䶵 \U00020000 \U0002a6d6 \U0002a700 \U0002b740 \U0002b81d \U0002b820 \U0002b91f \U0002b920 \U0002cea1 豈 \U0002f800
㍿ ㎡ ① ⑳ ㊗ ㈱ ＡＢＣ １２３ ｱｲｳ
、。〃〄々〆〇 〈〉《》「」『』【】〒〓〔〕〖〗〝〞〟〰
‐‑‒–—―‖‗‘’‚‛“”„‟†‡•‣․‥…‰′″‹›※‼⁇⁈⁉
¡¢£¤¥¦§¨©ª«¬®¯°±²³´µ¶·¸¹º»¼½¾¿×÷
\ue000 \uf8ff private \U000e0001 tags \ufff9 annotation
""".strip("\n").split("\n")


def long_texts():
    for n in (1, 2, 99, 100, 101, 200, 1000):
        yield "a" * n
        yield "é" * n
        yield "x " + "ing" * n + " y"
    yield "new\nline cr\r\nlf\n\nend\n"
    yield "一" * 300
    yield "a," * 300
    yield "\U0001F600" * 101
    yield " " * 300 + "a"


def random_texts(count):
    rng = random.Random(20240229)
    parts = list(HAN[:40]) + WORDS + PUNCTUATION + SPECIAL + [" ", " ", " ", "  ", "\n", "\t", "\u3000", "\u00a0", "\x00", "\x1f",
             "\u200b", "\u200d", "\ufe0f", "\u0301", "\u0308", "É", "Ñ", "İ", "ẞ", "😂", "👍🏽", "한국", "カタ", "x" * 50, "Running", "99"]
    for _ in range(count):
        yield "".join(rng.choice(parts) for _ in range(rng.randint(1, 14)))


OPTIONS = {
    "lower": dict(do_lower_case=True),
    "cased": dict(do_lower_case=False),
    "cased without accents": dict(do_lower_case=False, strip_accents=True),
    "lower with accents": dict(do_lower_case=True, strip_accents=False),
    "chinese in words": dict(do_lower_case=True, tokenize_chinese_chars=False),
}

# Added tokens with every flag.
ADDED = [
    AddedToken("<name>", special=False, normalized=False),
    AddedToken("NAME", special=False, normalized=True),
    AddedToken("<sep>", special=True, normalized=False, lstrip=True),
    AddedToken("<end>", special=True, normalized=False, rstrip=True),
    AddedToken("fox", special=False, normalized=False, single_word=True),
    AddedToken("今天", special=False, normalized=True),
    AddedToken("<x", special=False, normalized=False),
    AddedToken("<x>y", special=False, normalized=False),
]
ADDED_TEXTS = [
    "<name>", "a<name>b", "NAME name Name", "my name is <name>", "a <sep> b", "a  <sep>  b", "a <end>  b", "a  <end> <sep>  b",
    "fox foxes a fox. fox_ 1fox fox1 (fox) 狐fox foxé fox\u0301", "今天天气", "今 天", "<x>y <x> <x>yy <x", "<end>\n\n<end>", "  <sep>  <sep>",
    "<NAME> <Sep>", "[SEP]<sep>[CLS]", "NAME<name>NAME", "naméname", "",
]


def ranges(codes):
    out = []
    for c in codes:
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return out


def codepoints():
    clean = normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    chinese = normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=True, strip_accents=False, lowercase=False)
    lower = normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=True)
    accents = normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=False)
    words = pre_tokenizers.BertPreTokenizer()
    old = unicodedata.ucd_3_2_0
    all_of = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000
              and (old.category(chr(c)) != "Cn" or 0x1F300 <= c <= 0x1F64F)]
    sets = {"all": all_of, "dropped": [], "space": [], "chinese": [], "punctuation": [], "divides": []}
    lowered, stripped = {}, {}
    for c in all_of:
        s = chr(c)
        if clean.normalize_str(s) == "":
            sets["dropped"].append(c)
        elif clean.normalize_str(s) != s:
            sets["space"].append(c)
        if chinese.normalize_str(s) != s:
            sets["chinese"].append(c)
        parts = [p[0] for p in words.pre_tokenize_str("a" + s + "b")]
        if parts == ["a", s, "b"]:
            sets["punctuation"].append(c)
        elif parts == ["a", "b"]:
            sets["divides"].append(c)
        if lower.normalize_str(s) != s:
            lowered[s] = lower.normalize_str(s)
        if accents.normalize_str(s) != s and not 0xAC00 <= c <= 0xD7A3 and s not in lowered.values():
            stripped[s] = accents.normalize_str(s)
    out = {name: ranges(codes) for name, codes in sets.items()}
    return out | {"lower": lowered, "accents": stripped}


def main():
    vocab = vocabulary()
    (HERE / "vocab.txt").write_text("".join(v + "\n" for v in vocab), encoding="utf-8")
    texts = TEXTS + list(long_texts()) + list(random_texts(250))
    ids = {}
    for name, options in OPTIONS.items():
        tokenizer = BertTokenizer(vocab={v: i for i, v in enumerate(vocab)}, **options)
        ids[name] = [tokenizer.encode(text, add_special_tokens=False) for text in texts]
    added = BertTokenizer(vocab={v: i for i, v in enumerate(vocab)}, do_lower_case=True)
    for token in ADDED:
        (added.add_special_tokens({"extra_special_tokens": [token]}, replace_extra_special_tokens=False)
         if token.special else added.add_tokens([token]))
    plain = []
    for special in (True, False):
        backend = added.backend_tokenizer
        backend.encode_special_tokens = not special
        for text in ADDED_TEXTS:
            plain.append({"special": special, "text": text, "ids": backend.encode(text, add_special_tokens=False).ids})
    tokens = [{"text": t.content, "id": i, "special": t.special, "normalized": t.normalized, "single_word": t.single_word,
               "lstrip": t.lstrip, "rstrip": t.rstrip} for i, t in sorted(added.added_tokens_decoder.items())]
    dump = lambda name, data: (HERE / name).write_text(json.dumps(data, ensure_ascii=True, separators=(",", ":")) + "\n")
    dump("encode.json", {"texts": texts, "ids": ids, "added": {"tokens": tokens, "cases": plain}})
    dump("codepoints.json", codepoints())


if __name__ == "__main__":
    main()
