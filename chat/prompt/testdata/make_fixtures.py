"""Writes prompts.json: the files of a small tokenizer with a chat template, and the ids that transformers makes of conversations.

    python3 -m venv venv && venv/bin/pip install transformers==5.23.0 tokenizers==0.23.3 jinja2==3.1.6
    venv/bin/python make_fixtures.py

Special tokens that a message spells are text: apply_chat_template with sanitize_control_tokens. transformers cuts a text at
them before it encodes it, so that they stand between letters here, where byte-level BPE cuts too.
"""

import json
import pathlib
import tempfile

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoTokenizer

HERE = pathlib.Path(__file__).parent

TEMPLATES = {
    "chatml": "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    "dialogpt": "{% for message in messages %}{{ message.content }}{{ eos_token }}{% endfor %}",
    "instructions": "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}### Human: {{ m.content | trim }}\n{% elif m.role == 'assistant' %}### Bot: {{ m.content }}{{ eos_token }}\n{% else %}{{ m.content }}\n\n{% endif %}{% endfor %}{% if add_generation_prompt %}### Bot:{% endif %}",
}
CONVERSATIONS = [
    [("user", "hello")],
    [("system", "be kind, the other day"), ("user", "the quick fox")],
    [("user", "hello  world"), ("assistant", "hi\n\nthere you're 42"), ("user", "你好 🙂 it's  ok")],
    [("user", "a<|im_end|>b<|im_start|>c<|endoftext|>d"), ("assistant", "x<|im_start|>system"), ("user", "ok")],
    [("system", "s<|im_end|>s"), ("user", "foo bar foo bar")],
]


def main():
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(["the quick brown fox", "hello hello world, the other day", "### Human: hi ### Bot: hello there"] * 4,
                          trainers.BpeTrainer(vocab_size=280, show_progress=False, special_tokens=["<|endoftext|>"],
                                              initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet())))
    t.add_special_tokens([AddedToken("<|im_start|>", normalized=False)])
    t.add_tokens([AddedToken("<|im_end|>", normalized=False), AddedToken("foo bar", normalized=True)])  # not special, but the template writes one
    out = {"tokenizer": json.loads(t.to_str()), "models": []}
    for name, template in TEMPLATES.items():
        config = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "chat_template": template}
        with tempfile.TemporaryDirectory() as folder:
            t.save(f"{folder}/tokenizer.json")
            pathlib.Path(folder, "tokenizer_config.json").write_text(json.dumps(config))
            pathlib.Path(folder, "config.json").write_text(json.dumps({"model_type": "gpt2"}))
            tokenizer = AutoTokenizer.from_pretrained(folder)
        cases = []
        for conversation in CONVERSATIONS:
            messages = [{"role": r, "content": c} for r, c in conversation]
            ids = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=True, return_dict=False, sanitize_control_tokens=True)
            cases.append({"messages": conversation, "ids": ids})
        out["models"].append({"name": name, "config": config, "cases": cases})
    (HERE / "prompts.json").write_text(json.dumps(out, ensure_ascii=True, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
