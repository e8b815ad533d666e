"""A model answering chats as the program lets it: the prompt form, the drawing, the end of a reply."""
import json
import os

import torch

DEFAULTS = dict(temperature=0.8, top_k=40, top_p=0.95)
LIMIT, CONTEXT_PART = 200, 4  # tokens a reply at most; a quarter of the context, if that is less, is kept free for it
STOP = ("\nUser:", "\nAssistant:")


def settings(folder):
    """The program's defaults, and what the folder's generation_config.json says of them."""
    out = dict(DEFAULTS)
    path = os.path.join(folder, "generation_config.json")
    if os.path.exists(path):
        out.update({k: v for k, v in json.load(open(path)).items() if k in out and v is not None})
    return out


class Prompt:
    """A conversation in token ids. Turns are encoded apart, as the program does: label, text, line feed."""

    def __init__(self, encode, room):
        self.encode, self.room, self.turns = encode, room, []

    def user(self, text):
        self.turns.append(self.encode("User:") + self.encode(" " + text.strip()) + self.encode("\n"))

    def reply(self, ids):
        self.turns.append(self.encode("Assistant:") + ids + self.encode("\n"))

    def ids(self):
        """The oldest turns go where there is no room."""
        cue, turns = self.encode("Assistant:"), list(self.turns)
        while len(turns) > 1 and sum(map(len, turns)) + len(cue) > self.room:
            turns.pop(0)
        return [i for t in turns for i in t][-(self.room - len(cue)):] + cue


def narrow(logits, temperature, top_k, top_p):
    """Probabilities after temperature, top-k and top-p, in the program's order."""
    if temperature == 0:
        return torch.zeros_like(logits).scatter(1, logits.argmax(1, keepdim=True), 1.0)
    logits = logits.float() / temperature
    values, order = logits.sort(1, descending=True)
    if top_k:
        values[:, top_k:] = -torch.inf
    p = values.softmax(1)
    p[p.cumsum(1) - p >= top_p] = 0  # the one that crosses top_p stays
    return torch.zeros_like(p).scatter(1, order, p / p.sum(1, keepdim=True))


def finish(text):
    """The visible reply, and whether it has ended."""
    ends = [at for at in (text.find(s) for s in STOP) if at >= 0]
    return (text[:min(ends)] if ends else text), bool(ends)


@torch.no_grad()
def answers(forward, encode, decode, end, context, chats, seed, how, batch=512, device="cpu"):
    """For each chat (a list of user lines) the list of replies: (text, ended).

    forward(ids [b, t], cache or None, mask [b, past+t], positions [b, t]) returns (logits [b, vocab] of the last column, cache).
    Prompts are padded on the left; a row that has ended goes on unseen until all have.
    """
    prompts = [Prompt(encode, context - min(LIMIT, context // CONTEXT_PART)) for _ in chats]
    replies = [[] for _ in chats]
    draw = torch.Generator(device=device).manual_seed(seed)
    for turn in range(max(map(len, chats))):
        todo = [i for i, lines in enumerate(chats) if turn < len(lines)]
        for i in todo:
            prompts[i].user(chats[i][turn])
        todo.sort(key=lambda i: len(prompts[i].ids()))
        for at in range(0, len(todo), batch):
            rows = todo[at:at + batch]
            ids = [prompts[i].ids() for i in rows]
            out = generate(forward, ids, decode, end, min(LIMIT, context - max(map(len, ids))), draw, how, device)
            for i, (ids, text, ended) in zip(rows, out):
                replies[i].append((text.strip(), ended))
                prompts[i].reply(encode(" " + text.strip()))
    return replies


def generate(forward, prompts, decode, end, limit, draw, how, device):
    n, t = len(prompts), max(map(len, prompts))
    ids = torch.tensor([[end] * (t - len(p)) + p for p in prompts], device=device)
    mask = torch.tensor([[0] * (t - len(p)) + [1] * len(p) for p in prompts], device=device)
    places = (mask.cumsum(1) - 1).clamp(min=0)
    out, done, cache = [[] for _ in prompts], [False] * n, None
    for _ in range(limit):
        logits, cache = forward(ids, cache, mask, places)
        ids = torch.multinomial(narrow(logits, **how), 1, generator=draw)
        mask = torch.cat([mask, mask.new_ones(n, 1)], 1)
        places = places[:, -1:] + 1
        for i, token in enumerate(ids[:, 0].tolist()):
            if done[i]:
                continue
            if token == end:
                done[i] = True
                continue
            out[i].append(token)
            if finish(decode(out[i][-8:]))[1]:
                done[i] = True
        if all(done):
            break
    return [(o, finish(decode(o))[0], d) for o, d in zip(out, done)]


def open_folder(folder, device):
    """What transformers opens, as (forward, encode, decode, end, context)."""
    from transformers import AutoModelForCausalLM, AutoTokenizer
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).to(device).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)

    def forward(ids, cache, mask, places):
        out = model(input_ids=ids, past_key_values=cache, attention_mask=mask, position_ids=places, use_cache=True)
        return out.logits[:, -1], out.past_key_values

    return (forward, lambda text: tokenizer.encode(text, add_special_tokens=False), lambda ids: tokenizer.decode(ids, skip_special_tokens=True,
            clean_up_tokenization_spaces=False), model.config.eos_token_id, model.config.n_positions)
