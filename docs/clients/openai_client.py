"""Asks an inkling server with OpenAI's package for Python: python openai_client.py URL"""
import sys
from openai import BadRequestError, OpenAI

client = OpenAI(base_url=sys.argv[1], api_key="none", max_retries=0)
model = client.models.list().data[0].id
assert client.models.retrieve(model).id == model

ask = dict(model=model, messages=[{"role": "user", "content": "Hello"}], max_tokens=12, seed=7, temperature=0.7)
whole = client.chat.completions.create(**ask, logprobs=True, top_logprobs=3, n=2, extra_body={"top_k": 20, "min_p": 0.01})
assert len(whole.choices) == 2 and whole.choices[0].message.role == "assistant" and whole.usage.completion_tokens > 0
assert len(whole.choices[0].logprobs.content[0].top_logprobs) == 3

parts, usage = [], None
for chunk in client.chat.completions.create(**ask, stream=True, stream_options={"include_usage": True}, extra_body={"top_k": 20, "min_p": 0.01}):
    usage = chunk.usage or usage
    parts += [c.delta.content or "" for c in chunk.choices]
assert "".join(parts) == whole.choices[0].message.content and usage.completion_tokens > 0, (parts, whole)

text = client.completions.create(model=model, prompt="Once upon a time", max_tokens=8, echo=True, logprobs=2, seed=1).choices[0]
assert text.text.startswith("Once upon a time") and text.logprobs.token_logprobs[0] is None
assert "".join(text.logprobs.tokens).startswith("Once upon a time")

try:
    client.chat.completions.create(**ask, tools=[{"type": "function", "function": {"name": "f"}}])
    raise SystemExit("tools were taken")
except BadRequestError as error:
    assert error.param == "tools", error
print("openai (Python): fine")
