"""Writes tokenizers.json: tokenizer files of many shapes, and what tokenizers and transformers make of texts with them.

    python3 -m venv venv && venv/bin/pip install transformers==5.23.0 tokenizers==0.23.3
    venv/bin/python make_fixtures.py

The vocabularies are trained here on a few lines, or are that of the starter model, whose pieces and merges are left out
("starter": true). Each case has the ids with special tokens recognised ("ids") and with special tokens taken for text
("plain").
"""

import json
import pathlib
import tempfile

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer

HERE = pathlib.Path(__file__).parent
STARTER = HERE.parent / "starter" / "model"
PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
SHORT = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"

TRAINING = ["the quick brown fox jumps over the lazy dog", "hello hello world, the other day", "User: hi\nAssistant: hello there"] * 4

TEXTS = [
    "", " ", "hello", " hello", "  hello", "hello world", "Hello, the other fox!", "don't you'll we've I'M", "a\n\nb\n", "\n", "\t\tx",
    "tab\there", "123 4567 3.14", "naïve café 你好 🙂 🏳️‍🌈", "\u00a0x\u3000y", "a  b   c    ", "<|endoftext|>", "a<|endoftext|>b",
    "a <|endoftext|> b", "<|endoftext|><|endoftext|>", "<|im_start|>user\nhi<|im_end|>\n", "<|im_start|> <|im_end|>  x", "x <mask> y", "x<mask>y",
    "x  <mask>  <mask>  y", "<end>  x", "x <end>\n\ny <end>", "covid Covid covids acovid covid19 (covid) covid", "covid\u0301 écovid covid_",
    "foo bar", "foo  bar", "foobar", "<|endof", "<|endoftext", "the<|im_end|>re", "\x00\x7f\x85", "[BOS] text",
]

ADDED = [
    AddedToken("<|im_start|>", special=True, normalized=False),
    AddedToken("<|im_end|>", special=True, normalized=False),
    AddedToken("<mask>", special=True, normalized=False, lstrip=True),
    AddedToken("<end>", special=True, normalized=True, rstrip=True),
    AddedToken("covid", special=False, normalized=True, single_word=True),
    AddedToken("foo bar", special=False, normalized=False),
    AddedToken("  ", special=False, normalized=True),
]


def trained(size=270, pre=None):
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre or pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(TRAINING, trainers.BpeTrainer(vocab_size=size, show_progress=False,
                          initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), special_tokens=["<|endoftext|>"]))
    return t


def add(t, tokens):
    for token in tokens:
        t.add_special_tokens([token]) if token.special else t.add_tokens([token])
    return t


def with_(t, **parts):
    for name, value in parts.items():
        setattr(t, name, value)
    return t


def cases(backend, texts=TEXTS):
    out = []
    for text in texts:
        backend.encode_special_tokens = False
        ids = backend.encode(text, add_special_tokens=False).ids
        backend.encode_special_tokens = True
        out.append({"text": text, "ids": ids, "plain": backend.encode(text, add_special_tokens=False).ids})
    backend.encode_special_tokens = False
    return out


def entry(name, t, texts=TEXTS, change=None, **more):
    data = json.loads(t.to_str())
    if change:
        change(data)
    return {"name": name, "files": {"tokenizer.json": data}, "cases": cases(t, texts), **more}


def loaded(name, t, config, cls="GPT2Tokenizer", **more):
    """The files of t with a tokenizer_config.json, as transformers opens them."""
    with tempfile.TemporaryDirectory() as folder:
        t.save(f"{folder}/tokenizer.json")
        pathlib.Path(folder, "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": cls, **config}))
        pathlib.Path(folder, "config.json").write_text(json.dumps({"model_type": "gpt2"}))
        tokenizer = AutoTokenizer.from_pretrained(folder)
    files = {"tokenizer.json": json.loads(t.to_str()), "tokenizer_config.json": config}
    names = {k: str(v) for k, v in tokenizer.special_tokens_map.items() if isinstance(v, str)}
    return {"name": name, "files": files, "cases": cases(tokenizer.backend_tokenizer), "names": names, **more}


def strings(data):
    data["model"]["merges"] = [" ".join(m) for m in data["model"]["merges"]]


def starter_only(data):
    del data["model"]["vocab"], data["model"]["merges"]


def starter():
    t = Tokenizer(models.BPE.from_file(str(STARTER / "vocab.json"), str(STARTER / "merges.txt")))
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    t.add_special_tokens(["<|endoftext|>"])
    return t


def whole_words():
    """Pieces that no merge leads to, which ignore_merges finds."""
    t = trained()
    data = json.loads(t.to_str())
    vocab = data["model"]["vocab"]
    for piece in ["world", "Ġworld", "Ġother", "!!", "ĊĊ", "'ll", "café"]:
        vocab.setdefault(piece, len(vocab))
    data["model"]["ignore_merges"] = True
    return Tokenizer.from_str(json.dumps(data))


def wordpiece(**options):
    vocab = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz", *["##" + c for c in "abcdefghijklmnopqrstuvwxyz"],
             *"你好世界ABé.,!'<>|_", "hello", "##llo", "the", "fox"]
    t = Tokenizer(models.WordPiece({v: i for i, v in enumerate(vocab)}, unk_token="[UNK]", **options))
    t.normalizer = normalizers.BertNormalizer(lowercase=True)
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.decoder = decoders.WordPiece()
    t.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
                                                     special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    t.add_special_tokens(vocab[:5])
    return t


def main():
    byte_level = pre_tokenizers.ByteLevel
    sequence = lambda pattern, behavior="isolated", invert=False: pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(pattern), behavior, invert=invert), byte_level(add_prefix_space=False, use_regex=False)])
    bos = lambda t: processors.TemplateProcessing(single="<|endoftext|> $A", pair="$A $B", special_tokens=[("<|endoftext|>", 0)])
    out = [
        entry("trained", trained()),
        entry("merges as strings", trained(), change=strings),
        entry("prefix space", with_(trained(), pre_tokenizer=byte_level(add_prefix_space=True))),
        entry("prefix space and added tokens", add(with_(trained(), pre_tokenizer=byte_level(add_prefix_space=True)), ADDED)),
        entry("split", with_(trained(), pre_tokenizer=sequence(PATTERN))),
        entry("split in short", with_(trained(), pre_tokenizer=sequence(SHORT))),
        entry("split, inverted", with_(trained(), pre_tokenizer=sequence(PATTERN, "removed", True))),
        entry("nested sequences", with_(trained(), pre_tokenizer=pre_tokenizers.Sequence([pre_tokenizers.Sequence([byte_level(add_prefix_space=False)])]),
                                        normalizer=normalizers.Sequence([]), decoder=decoders.Sequence([decoders.ByteLevel(), decoders.Fuse()]))),
        entry("added tokens", add(trained(), ADDED)),
        entry("whole words", whole_words()),
        entry("begin", with_(trained(), post_processor=bos(0)), begin="<|endoftext|>"),
        entry("begin, in a sequence", with_(trained(), post_processor=processors.Sequence([processors.ByteLevel(), bos(0)])), begin="<|endoftext|>"),
        entry("begin as RoBERTa", with_(trained(), post_processor=processors.RobertaProcessing(("<|endoftext|>", 0), ("<|endoftext|>", 0))), begin="<|endoftext|>"),
        entry("starter", starter(), change=starter_only, starter=True),
        entry("starter with added tokens", add(starter(), ADDED), change=starter_only, starter=True),
        loaded("settings: prefix space", trained(), {"add_prefix_space": True}),
        loaded("settings: no prefix space", with_(trained(), pre_tokenizer=byte_level(add_prefix_space=True)), {"add_prefix_space": False}),
        loaded("settings: added tokens", trained(), {"added_tokens_decoder": {
            "270": {"content": "<|im_start|>", "special": True, "normalized": False, "lstrip": False, "rstrip": False, "single_word": False},
            "271": {"content": "<|im_end|>", "special": True, "normalized": False, "lstrip": False, "rstrip": True, "single_word": False},
            "272": {"content": "foo bar", "special": False, "normalized": True, "lstrip": False, "rstrip": False, "single_word": True}},
            "bos_token": "<|im_start|>", "eos_token": {"content": "<|im_end|>", "__type": "AddedToken", "rstrip": True}, "pad_token": None}),
        loaded("settings: names", trained(), {"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>", "pad_token": "<|endoftext|>"}),
        entry("wordpiece", wordpiece(), begin="[CLS]"),
        entry("wordpiece, added tokens", add(wordpiece(), ADDED), begin="[CLS]"),
        entry("wordpiece, short words", wordpiece(max_input_chars_per_word=4, continuing_subword_prefix="##"), begin="[CLS]"),
    ]
    (HERE / "tokenizers.json").write_text(json.dumps(out, ensure_ascii=True, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
