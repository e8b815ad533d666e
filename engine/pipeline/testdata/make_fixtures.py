"""Writes what the tokenizers library and SentencePiece make of texts with small tokenizers of many kinds.

    python3 -m venv venv && venv/bin/pip install tokenizers==0.23.3 sentencepiece==0.2.3
    venv/bin/python make_fixtures.py

tokenizers.json.gz: tokenizer files, and for each its cases: a text, its ids with special tokens recognised ("ids") and what these
ids, without the special ones, are decoded to ("text again"); and ids at random with what they are decoded to ("random").
spiece.json.gz: the same for files of SentencePiece's ("model", in base64).
steps.json.gz: what normalizers and pre-tokenizers make of texts. codepoints.json.gz: what normalizers make of single code points, as
ranges where it is nothing.
"""

import base64
import gzip
import io
import json
import pathlib
import random
import unicodedata

import sentencepiece as spm
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = pathlib.Path(__file__).parent

TRAINING = """the quick brown fox jumps over the lazy dog
hello hello world, the other day we met
User: hi
Assistant: hello there, how are you? 123 4567
a good book is a good friend, and a friend in need is a friend indeed
吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。
今日は良い天気ですね。明日も晴れるでしょう。
나는 학교에 갑니다. 오늘은 날씨가 좋습니다. 안녕하세요
Once upon a time there was a little girl who lived in a village near the forest.
don't you think we'll see what they've done? I'm sure she's right
""".splitlines() * 6

TEXTS = [
    "", " ", "hello", " hello", "  hello", "hello ", "hello  ", "hello world", "Hello, the other fox!", "don't you'll we've I'M", "a\n\nb\n", "\n",
    "\t\tx", "tab\there", "123 4567 3.14", "a1b22c333", "naïve café 你好 🙂 🏳️‍🌈", "\u00a0x\u3000y", "a  b   c    ", "ＦＵＬＬ　ｗｉｄｔｈ　１２３", "①②③ ㈱ ﷺ ﬁ ǆ",
    "吾輩は猫である。", "今日は、良い天気", "나는 학교에 갑니다", "안녕하세요 세계", "é e\u0301 e\u0301\u0323", "ÀÉÎõü", "İstanbul ΣΑΣ ẞ", "a\u200bb\ufeffc",
    "\x00\x01\x7f\x85\u009f", "▁a▁b", " ▁ ", "…—“”‘’", "<s>hello</s>", "hello</s> world", "<s> <s>", "x <unk> y", "<sep>x<sep> y", "covid covids", "  <sep>  ", "☃☃☃ ☃", "ฉันรักเธอ",
    "नमस्ते दुनिया", "مرحبا بالعالم", "שלום", "𝔘𝔫𝔦", "👨‍👩‍👧‍👦 👍🏽", "<0x41><0x0A>", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "\r\nx\r\n",
    "the quick brown fox jumps over the lazy dog, 今日は良い天気 and 나는 좋습니다!", "ㅎㅎㅎ ﾊﾝｶｸ ｶﾞ", "\u2028x\u2029y", "x\u0300\u0301y", "ひらがな カタカナ がぎぐ か\u3099",
]

ADDED = [AddedToken("<sep>", special=False, normalized=False), AddedToken("covid", special=False, normalized=True, single_word=True)]


def write(name, text):
    (HERE / name).write_bytes(gzip.compress(text.encode(), mtime=0))


def spiece(kind, texts=TRAINING, **options):
    out = io.BytesIO()
    options = {"vocab_size": 240 if kind == "unigram" else 320, "character_coverage": 0.98, "bos_id": 1, "eos_id": 2, "unk_id": 0, **options}
    spm.SentencePieceTrainer.train(sentence_iterator=iter(texts), model_writer=out, model_type=kind, hard_vocab_limit=False, minloglevel=2, **options)
    return out.getvalue()


def charsmap(**options):
    from sentencepiece import sentencepiece_model_pb2 as pb

    m = pb.ModelProto()
    m.ParseFromString(spiece("unigram", **options))
    return m.normalizer_spec.precompiled_charsmap


def trained(model, trainer, **parts):
    t = Tokenizer(model)
    for name, value in parts.items():
        setattr(t, name, value)
    t.train_from_iterator(TRAINING, trainer)
    return t


def unigram(byte_fallback=False, size=240, **parts):
    t = trained(models.Unigram(), trainers.UnigramTrainer(vocab_size=size, show_progress=False, special_tokens=["<unk>", "<s>", "</s>"], unk_token="<unk>"), **parts)
    if byte_fallback:
        data = json.loads(t.to_str())
        vocab = data["model"]["vocab"]
        vocab += [[f"<0x{i:02X}>", 0.0] for i in range(256)]
        data["model"]["byte_fallback"] = True
        t = Tokenizer.from_str(json.dumps(data))
    return t


def bpe(size=320, alphabet=(), special=("<unk>", "<s>", "</s>"), byte_fallback=False, limit=1000, trainer=None, **options):
    parts = {k: options.pop(k) for k in list(options) if k in ("normalizer", "pre_tokenizer", "decoder", "post_processor")}
    special = list(special) + ([f"<0x{i:02X}>" for i in range(256)] if byte_fallback else [])
    t = trained(models.BPE(**options), trainers.BpeTrainer(vocab_size=size + 256 * byte_fallback, show_progress=False, special_tokens=special, initial_alphabet=list(alphabet),
                limit_alphabet=limit, **(trainer or {})), **parts)
    data = json.loads(t.to_str())
    data["added_tokens"] = [a for a in data["added_tokens"] if not a["content"].startswith("<0x")]
    if byte_fallback:
        data["model"]["byte_fallback"] = True
    return Tokenizer.from_str(json.dumps(data))


def change(t, **members):
    data = json.loads(t.to_str())
    data["model"].update(members)
    return Tokenizer.from_str(json.dumps(data))


def tokenizers():
    ms, split = pre_tokenizers.Metaspace, pre_tokenizers.Split
    nmt = normalizers.Precompiled(charsmap(normalization_rule_name="nmt_nfkc"))
    t5 = normalizers.Sequence([nmt, normalizers.Strip(left=False, right=True), normalizers.Replace(Regex(" {2,}"), "▁")])
    llama = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    end = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 2)])
    byte = lambda **k: pre_tokenizers.ByteLevel(**{"add_prefix_space": False, **k})
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    cl100k = r"""(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"""
    yield "unigram as T5", unigram(normalizer=t5, pre_tokenizer=ms(), decoder=decoders.Metaspace(), post_processor=end)
    yield "unigram, NFKC, first", unigram(normalizer=normalizers.NFKC(), pre_tokenizer=ms(prepend_scheme="first"), decoder=decoders.Metaspace(prepend_scheme="first"))
    yield "unigram, bytes", unigram(byte_fallback=True, normalizer=normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), normalizers.Lowercase()]), pre_tokenizer=ms(), decoder=decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace()]))
    yield "unigram, xlnet", unigram(normalizer=normalizers.Sequence([normalizers.Replace("``", '"'), normalizers.Replace("''", '"'), normalizers.NFKD(), normalizers.StripAccents(), nmt, normalizers.Replace(Regex(" {2,}"), " ")]), pre_tokenizer=ms(), decoder=decoders.Metaspace())
    yield "unigram, never, whole", unigram(pre_tokenizer=ms(prepend_scheme="never", split=False), decoder=decoders.Metaspace(prepend_scheme="never"))
    yield "unigram, no decoder", unigram(normalizer=normalizers.NFC(), pre_tokenizer=pre_tokenizers.Whitespace())
    yield "bpe as KoGPT2", bpe(normalizer=normalizers.NFKC(), pre_tokenizer=ms(), decoder=decoders.Metaspace(), unk_token="<unk>", limit=60)
    yield "bpe, unknown fused", bpe(pre_tokenizer=ms(), decoder=decoders.Metaspace(), unk_token="<unk>", fuse_unk=True, limit=40)
    yield "bpe, unknown dropped", bpe(pre_tokenizer=ms(), decoder=decoders.Metaspace(), limit=40)
    yield "bpe as Llama", bpe(normalizer=normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]), decoder=llama, unk_token="<unk>", fuse_unk=True, byte_fallback=True, limit=60, size=400)
    yield "bpe as Llama, metaspace", bpe(pre_tokenizer=ms(prepend_scheme="first", split=False), decoder=llama, unk_token="<unk>", fuse_unk=True, byte_fallback=True, limit=60, size=400)
    yield "bpe, bytes without unknown fused", bpe(normalizer=normalizers.NFD(), pre_tokenizer=ms(), decoder=decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace(), decoders.Fuse()]), unk_token="<unk>", byte_fallback=True, limit=50)
    yield "bpe, dropout", change(bpe(pre_tokenizer=ms(), decoder=decoders.Metaspace(), unk_token="<unk>"), dropout=None)
    yield "bpe, ignore merges", change(bpe(pre_tokenizer=ms(), decoder=decoders.Metaspace(), unk_token="<unk>"), ignore_merges=True)
    yield "bpe, suffix", bpe(normalizer=normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()]), pre_tokenizer=pre_tokenizers.BertPreTokenizer(), decoder=decoders.BPEDecoder(), unk_token="<unk>", end_of_word_suffix="</w>", trainer={"end_of_word_suffix": "</w>"})
    yield "bpe, prefix", bpe(pre_tokenizer=pre_tokenizers.Whitespace(), decoder=decoders.Replace("##", ""), unk_token="<unk>", continuing_subword_prefix="##", trainer={"continuing_subword_prefix": "##"})
    yield "byte level, NFC", bpe(normalizer=normalizers.NFC(), pre_tokenizer=byte(), decoder=decoders.ByteLevel(), alphabet=letters)
    yield "byte level, no pattern", bpe(pre_tokenizer=byte(use_regex=False), decoder=decoders.ByteLevel(), alphabet=letters)
    yield "byte level, prefix space, no pattern", bpe(pre_tokenizer=byte(use_regex=False, add_prefix_space=True), decoder=decoders.ByteLevel(), alphabet=letters)
    yield "byte level, digits", bpe(pre_tokenizer=pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), byte()]), decoder=decoders.ByteLevel(), alphabet=letters)
    yield "byte level, cl100k", bpe(pre_tokenizer=pre_tokenizers.Sequence([split(Regex(cl100k), "isolated"), byte(use_regex=False)]), decoder=decoders.ByteLevel(), alphabet=letters)
    yield "byte level, split and prefix space", bpe(pre_tokenizer=pre_tokenizers.Sequence([split(Regex(r"\p{Han}|\n"), "merged_with_previous"), byte(use_regex=True, add_prefix_space=True)]), decoder=decoders.ByteLevel(), alphabet=letters)
    yield "byte level, few letters", bpe(pre_tokenizer=byte(), decoder=decoders.ByteLevel(), size=120)
    yield "byte level, metaspace decoder", bpe(pre_tokenizer=byte(), decoder=decoders.Sequence([decoders.ByteLevel(), decoders.Replace("he", "HE"), decoders.Strip("H", 1, 0)]), alphabet=letters)
    yield "byte level, NFKC, strip, lowercase", bpe(normalizer=normalizers.Sequence([normalizers.NFKC(), normalizers.Strip(), normalizers.Lowercase()]), pre_tokenizer=byte(), decoder=decoders.ByteLevel(), alphabet=letters)


def decode_at_random(size, decode, generator, runs=12):
    out = []
    for _ in range(runs):
        ids = [generator.randrange(size) for _ in range(generator.randrange(1, 9))]
        out.append({"ids": ids, "text": decode(ids)})
    return out


def main():
    generator = random.Random(5)
    out = []
    for name, t in tokenizers():
        file = json.loads(t.to_str())
        for token in ADDED:
            t.add_tokens([token])
        file = json.loads(t.to_str())
        if name == "bpe, dropout":
            file["model"]["dropout"] = 0.5
        cases = []
        for text in TEXTS:
            ids = t.encode(text, add_special_tokens=False).ids
            cases.append({"text": text, "ids": ids, "again": t.decode(ids, skip_special_tokens=True)})
        size = t.get_vocab_size()
        rand = decode_at_random(size, lambda ids: t.decode(ids, skip_special_tokens=True), generator)
        if file["model"].get("byte_fallback"):
            base = t.token_to_id("<0x00>")
            for text in ["é", "日本", "a"]:
                for cut in (0, 1):
                    ids = [base + b for b in text.encode()][: len(text.encode()) - cut]
                    ids = ids + [generator.randrange(3, size)]
                    rand.append({"ids": ids, "text": t.decode(ids, skip_special_tokens=True)})
        out.append({"name": name, "file": file, "cases": cases, "random": rand})
    write("tokenizers.json.gz", json.dumps(out, ensure_ascii=False, separators=(",", ":")))

    out = []
    for name, data in {
        "unigram as rinna's": spiece("unigram", normalization_rule_name="nmt_nfkc"),
        "unigram, bytes": spiece("unigram", byte_fallback=True, vocab_size=450, normalization_rule_name="nmt_nfkc_cf"),
        "unigram, user symbols": spiece("unigram", normalization_rule_name="identity", user_defined_symbols=["<sep>", "ab", "。"], control_symbols=["<ctl>"]),
        "unigram, white space kept": spiece("unigram", remove_extra_whitespaces=False, normalization_rule_name="identity"),
        "unigram, no prefix": spiece("unigram", normalization_rule_name="identity", add_dummy_prefix=False),
        "unigram, suffix": spiece("unigram", normalization_rule_name="identity", treat_whitespace_as_suffix=True),
        "bpe": spiece("bpe", normalization_rule_name="identity"),
        "bpe, bytes": spiece("bpe", byte_fallback=True, vocab_size=560, normalization_rule_name="identity", remove_extra_whitespaces=False, split_digits=True),
        "bpe, user symbols": spiece("bpe", normalization_rule_name="identity", user_defined_symbols=["<sep>", "ab"]),
    }.items():
        s = spm.SentencePieceProcessor(model_proto=data)
        cases = []
        for text in TEXTS:
            ids = s.encode(text)
            again = s.decode([i for i in ids if not s.is_unknown(i)])
            cases.append({"text": text, "ids": ids, "again": again})
        plain = [i for i in range(s.vocab_size()) if not s.is_unknown(i) and not s.is_control(i) and not s.is_byte(i)]
        rand = []
        for _ in range(12):
            ids = [generator.choice(plain) for _ in range(generator.randrange(1, 9))]
            rand.append({"ids": ids, "text": s.decode(ids)})
        out.append({"name": name, "model": base64.b64encode(data).decode(), "cases": cases, "random": rand})
    write("spiece.json.gz", json.dumps(out, ensure_ascii=False, separators=(",", ":")))

    steps()
    codepoints()


def steps():
    split = pre_tokenizers.Split
    out = []
    texts = TEXTS + ["a-b--c", "--a--", "12ab34", "x.y!? z", "foo_bar baz", "a\u00a0b", "½ ² ٣"]
    many = {
        "Whitespace": pre_tokenizers.Whitespace(), "WhitespaceSplit": pre_tokenizers.WhitespaceSplit(), "Bert": pre_tokenizers.BertPreTokenizer(),
        "Digits": pre_tokenizers.Digits(), "Digits, each": pre_tokenizers.Digits(individual_digits=True), "Delimiter": pre_tokenizers.CharDelimiterSplit("-"),
        "ByteLevel": pre_tokenizers.ByteLevel(add_prefix_space=True), "ByteLevel, no pattern": pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        "Metaspace": pre_tokenizers.Metaspace(), "Metaspace, never": pre_tokenizers.Metaspace(prepend_scheme="never"),
        "Metaspace, first": pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="first", split=False)]),
    }
    for b in ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]:
        many[f"Punctuation, {b}"] = pre_tokenizers.Punctuation(b)
        for invert in (False, True):
            many[f"Split -, {b}, {invert}"] = split("-", b, invert=invert)
            many[f"Split regex, {b}, {invert}"] = split(Regex(r"\s+|\d"), b, invert=invert)
            many[f"Split empty, {b}, {invert}"] = split(Regex(r"-*"), b, invert=invert)
    for i, r in enumerate([r"\w+|[^\w\s]+", r"[\p{L}\p{M}]+", r"(?i:'s|'t)|\p{N}{1,3}|[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", r"[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+", r"\bfoo|^a", r"[\s\d]"]):
        many[f"pattern {i}"] = split(Regex(r), "isolated")
    for name, p in many.items():
        t = Tokenizer(models.BPE())
        t.pre_tokenizer = p
        file = json.loads(t.to_str())["pre_tokenizer"]
        out.append({"name": name, "pre_tokenizer": file, "cases": [{"text": x, "words": [w for w, _ in p.pre_tokenize_str(x)]} for x in texts]})
    norms = {
        "NFC": normalizers.NFC(), "NFD": normalizers.NFD(), "NFKC": normalizers.NFKC(), "NFKD": normalizers.NFKD(), "Nmt": normalizers.Nmt(), "Lowercase": normalizers.Lowercase(),
        "StripAccents": normalizers.StripAccents(), "Strip": normalizers.Strip(), "Strip left": normalizers.Strip(right=False), "Prepend": normalizers.Prepend("▁"),
        "Replace": normalizers.Replace("a", "<>"), "Replace regex": normalizers.Replace(Regex(r"[a-c]+|\s"), "_"),
        "Precompiled": normalizers.Precompiled(charsmap(normalization_rule_name="nmt_nfkc_cf")),
    }
    for name, n in norms.items():
        t = Tokenizer(models.BPE())
        t.normalizer = n
        file = json.loads(t.to_str())["normalizer"]
        out.append({"name": name, "normalizer": file, "cases": [{"text": x, "normal": n.normalize_str(x)} for x in texts]})
    write("steps.json.gz", json.dumps(out, ensure_ascii=False, separators=(",", ":")))


def codepoints():
    """Of Unicode 3.2 alone: the tables of the library are of several later versions."""
    old = unicodedata.ucd_3_2_0
    out = {}
    for name, n in {"Nmt": normalizers.Nmt(), "Lowercase": normalizers.Lowercase(), "StripAccents": normalizers.StripAccents(), "NFKC": normalizers.NFKC(), "NFD": normalizers.NFD()}.items():
        changed = {}
        for c in range(0x110000):
            if 0xD800 <= c < 0xE000 or old.category(chr(c)) == "Cn":
                continue
            became = n.normalize_str(chr(c))
            if became != chr(c) and (name not in ("NFKC", "NFD") or c < 0x3400 or c >= 0xF900 and c < 0x10000):
                changed[c] = became
        out[name] = [[c, s] for c, s in changed.items()] if name in ("Lowercase", "NFKC", "NFD") else ranges(changed)
    write("codepoints.json.gz", json.dumps(out, separators=(",", ":")))


def ranges(changed):
    out = []
    for c, s in changed.items():
        if out and out[-1][1] == c - 1 and out[-1][2] == s:
            out[-1][1] = c
        else:
            out.append([c, c, s])
    return out


main()
