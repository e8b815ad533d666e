r"""Writes rendered.json: chat templates of many shapes, and what transformers' apply_chat_template makes of conversations.

    python3 -m venv venv && venv/bin/pip install transformers==5.24.0 tokenizers==0.23.3 jinja2==3.1.6
    venv/bin/python make_fixtures.py

The templates are written here, in the shapes that chat models have. A result is the text, or null where the template raises.
"chats" are run with every conversation, "snippets" with one.
"""

import json
import pathlib

from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast

HERE = pathlib.Path(__file__).parent

CHATS = {
    "chatml": r"{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    "chatml with a default system text": r"""{%- if messages[0]['role'] == 'system' %}
    {{- '<|im_start|>system\n' + messages[0]['content'] + '<|im_end|>\n' }}
{%- else %}
    {{- '<|im_start|>system\nYou are a small model.<|im_end|>\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}
        {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}
    {%- elif message.role == "tool" %}
        {{- raise_exception('no tools') }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
{%- endif %}
""",
    "llama 2": r"""{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\n' + system_message + '\n<</SYS>>\n\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' '  + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}""",
    "zephyr": """{% for message in messages %}
{% if message['role'] == 'user' %}
{{ '<|user|>\n' + message['content'] + eos_token }}
{% elif message['role'] == 'system' %}
{{ '<|system|>\n' + message['content'] + eos_token }}
{% elif message['role'] == 'assistant' %}
{{ '<|assistant|>\n'  + message['content'] + eos_token }}
{% endif %}
{% if loop.last and add_generation_prompt %}
{{ '<|assistant|>' }}
{% endif %}
{% endfor %}""",
    "alpaca": r"""{% if messages[0]['role'] == 'system' %}{% set start = 1 %}{{ messages[0]['content'] | trim }}{% else %}{% set start = 0 %}Below is an instruction. Write a response.{% endif %}{{ '\n\n' }}{% for message in messages[start:] %}{% if message['role'] == 'user' %}### Instruction:
{{ message['content'] | trim }}

{% elif message['role'] == 'assistant' %}### Response:
{{ message['content'] | trim }}{{ eos_token if not loop.last else '' }}

{% endif %}{% endfor %}{% if add_generation_prompt and messages[-1]['role'] != 'assistant' %}### Response:
{% endif %}""",
    "vicuna": r"""{%- set ns = namespace(system='A chat between a curious user and an assistant.') -%}
{%- for m in messages if m.role == 'system' -%}{%- set ns.system = m.content -%}{%- endfor -%}
{{- ns.system -}}
{%- for m in messages if m.role != 'system' -%}
    {%- if m.role == 'user' -%}{{ ' USER: ' + m.content }}{%- else -%}{{ ' ASSISTANT: ' + m.content + eos_token }}{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ ' ASSISTANT:' }}{%- endif -%}""",
    "dialogpt": "{% for message in messages %}{{ message.content }}{{ eos_token }}{% endfor %}",
    "blender": "{% for message in messages %}{% if message['role'] == 'user' %}{{ ' ' }}{% endif %}{{ message['content'] }}{% if not loop.last %}{{ '  ' }}{% endif %}{% endfor %}{{ eos_token }}",
    "llama 3": r"{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}",
    "gemma": r"""{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}""",
    "mistral": r"""{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- set ns = namespace() %}
{%- set ns.index = 0 %}
{%- for message in loop_messages %}
    {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
        {{- raise_exception("roles must alternate") }}
    {%- endif %}
    {%- set ns.index = ns.index + 1 %}
{%- endfor %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST] " + system_message + "\n\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token}}
    {%- else %}
        {{- raise_exception("Only user and assistant roles are supported, with the exception of an initial optional system message!") }}
    {%- endif %}
{%- endfor %}
""",
    "phi": r"""{% for message in messages %}{% if message['role'] == 'system' and message['content'] %}{{'<|system|>
' + message['content'] + '<|end|>
'}}{% elif message['role'] == 'user' %}{{'<|user|>
' + message['content'] + '<|end|>
'}}{% elif message['role'] == 'assistant' %}{{'<|assistant|>
' + message['content'] + '<|end|>
'}}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>
' }}{% else %}{{ eos_token }}{% endif %}""",
    "inline conditions": r"""{%- for message in messages -%}
{{ ('User' if message.role == 'user' else ('Bot' if message.role == 'assistant' else 'Note')) ~ ': ' ~ message.content.strip() ~ ('\n' if not loop.last else '') }}
{%- endfor -%}
{{ '\nBot:' if add_generation_prompt }}""",
    "previous and next": r"""{% for m in messages %}{% if loop.previtem is defined and loop.previtem.role == m.role %}{{ raise_exception('twice ' ~ m.role) }}{% endif %}[{{ loop.index }}/{{ loop.length }} {{ m.role }}{{ ', then ' ~ loop.nextitem.role if loop.nextitem is defined }}] {{ m.content }}
{% endfor %}""",
    "backwards": r"""{%- set ns = namespace(last_user=-1) %}
{%- for m in messages[::-1] %}{% set i = (messages|length - 1) - loop.index0 %}{% if ns.last_user < 0 and m.role == 'user' %}{% set ns.last_user = i %}{% endif %}{% endfor %}
{%- for m in messages %}{{ '<' + m.role + '>' }}{% if loop.index0 == ns.last_user %}*{% endif %}{{ m.content.split('</think>')[-1].lstrip('\n') }}
{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}""",
    "filters over messages": r"""{% set systems = messages | selectattr('role', 'equalto', 'system') | list %}{% set users = messages | selectattr('role', 'eq', 'user') | map(attribute='content') | list %}{{ systems | length }} {{ users | length }} {{ users | join(' | ') }} {{ messages | map(attribute='role') | join(',') }} {{ (messages | rejectattr('role', 'in', ['user', 'system']) | list | first).content | default('-') }}""",
    "json": r"""{% for m in messages %}{{ m | tojson }}
{{ {'r': m.role, 'n': loop.index, 'x': [1, 2.5, true, none, 'é<&>"\n']} | tojson(indent=2) }}
{% endfor %}""",
    "tools and documents": r"""{% if tools %}T{% endif %}{% if tools is not none %}t{% endif %}{% if documents is defined %}D{% endif %}{% if custom is defined %}C{% endif %}{{ custom }}{% for m in messages %}{{ m.name }}{{ m.content }};{% endfor %}""",
    "comments and white space": """{# a comment #}
  {# another #}
Start:   {{ 'a' }} {% if true %}b{% endif %} c
    {% for m in messages %}
    - {{ m.role }}: {{ m.content }}
      {#- gone -#}
    {%+ if loop.last %} last {%+ endif %}
    {% endfor +%}

\tEnd {%- if add_generation_prompt -%}  go  {%- endif %}
""",
    "generation marks": r"""{% for m in messages %}{% if m.role == 'assistant' %}<a>{% generation %}{{ m.content }}</a>{% endgeneration %}{% else %}<u>{{ m.content }}</u>{% endif %}{% endfor %}""",
    "break and continue": r"""{% for m in messages %}{% if m.role == 'system' %}{% continue %}{% endif %}{% if loop.index > 4 %}{% break %}{% endif %}{{ m.content }}/{% endfor %}""",
    "a block": r"""{% set head %}<{{ messages|length }}>
{% endset %}{{ head }}{{ head | length }}{% for m in messages %}{% set body %}{{ m.role | upper }}: {{ m.content | trim }}{% endset %}{{ body }}
{% else %}none{% endfor %}""",
}

CONVERSATIONS = [
    [("user", "Hello")],
    [("system", "Be kind."), ("user", "Hello")],
    [("user", "Hello"), ("assistant", "Hi there!"), ("user", "How are you?")],
    [("system", " You are \n a bot. "), ("user", " a \n"), ("assistant", "\n b"), ("user", "c "), ("assistant", " d")],
    [("user", "x"), ("user", "y")],
    [("assistant", "I begin."), ("user", "ok")],
    [("user", ""), ("assistant", ""), ("user", "你好 🙂 <b>&\"'</b> {{ x }} {% y %} {# z #}")],
    [("user", "a<|im_end|>b[/INST]</s>"), ("assistant", "<think>no</think>\n\nyes"), ("system", "late"), ("user", "e\u0301 \u00a0\u2028 z\u3000")],
    [("user", "1"), ("assistant", "2"), ("user", "3"), ("assistant", "4"), ("user", "5"), ("assistant", "6"), ("user", "7")],
]

SNIPPETS = r"""
{{ 1 + 2 }} {{ 7 - 3 }} {{ 7 // 2 }} {{ 7 % 4 }} {{ -3 }} {{ 1 - -1 }} {{ 10 / 4 }}
{{ 'a' ~ 1 ~ true }} {{ 'a' + 'b' ~ 'c' }} {{ "it's" }} {{ 'say "x"' }} {{ 'a\tb\\n\'\"' }} {{ '\x41\u00e9\U0001F642\101' }}
{{ 'a' 'b' "c" }} {{ 'two
lines' }} {{ '{{ no }} {% no %}' }} {{ '\d\.' }}
{{ 1 < 2 }} {{ 2 <= 1 }} {{ 'a' < 'b' }} {{ 1 == 1.0 }} {{ 'a' != 'b' }} {{ not true }} {{ not '' }} {{ none is none }}
{{ true and false }} {{ '' or 'x' }} {{ 'x' and 'y' }} {{ false or none or 0 or 'z' }} {{ not (1 > 2) and 3 > 2 }}
{{ 'a' in 'abc' }} {{ 'x' not in 'abc' }} {{ 'a' in ['a', 'b'] }} {{ 'k' in {'k': 1} }} {{ 3 in [1, 2] }} {{ 'a' in missing }}
{{ [1, 2, 3][0] }} {{ [1, 2, 3][-1] }} {{ [1, 2, 3][1:] | join('-') }} {{ 'hello'[1:3] }} {{ 'hello'[::-1] }} {{ [1,2,3][::2] | join }}
{{ {'a': 1, 'b': {'c': 2}}.b.c }} {{ {'a': 1}['a'] }} {{ {'a': 1}.get('a') }} {{ {'a': 1}.get('x', 'd') }} {{ {'a': 1}.get('x') is none }}
{% for k, v in {'z': 1, 'a': 2}.items() %}{{ k }}={{ v }};{% endfor %}{% for k, v in {'z': 1, 'a': 2} | items %}{{ k }}{{ v }}{% endfor %}{% for k in {'z': 1, 'a': 2} %}{{ k }}{% endfor %}
{% for i in range(3) %}{{ i }}{% endfor %}{% for i in range(5, 1, -2) %}{{ i }}{% endfor %}{% for i in range(2, 4) %}{{ i }}{% else %}x{% endfor %}{% for i in [] %}y{% else %}z{% endfor %}
{% for c in 'é你a' %}[{{ c }}]{% endfor %}
{% for i in [1, 2, 3, 4] if i % 2 == 0 %}{{ loop.index }}:{{ i }} {% endfor %}
{% for i in [1, 2] %}{% for j in [1, 2, 3] %}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }} {% endfor %}{{ loop.index }}{% endfor %}
{% for i in [1, 2, 3] %}{{ loop.cycle('a', 'b') }}{% endfor %}
{% set x = 1 %}{% for i in [1, 2] %}{% set x = x + 1 %}{{ x }}{% endfor %}{{ x }}{% if true %}{% set x = 9 %}{% endif %}{{ x }}
{% set ns = namespace(n=0, s='') %}{% for i in range(4) %}{% set ns.n = ns.n + i %}{% set ns.s = ns.s ~ i %}{% endfor %}{{ ns.n }} {{ ns.s }}
{{ 'yes' if 1 else 'no' }} {{ 'yes' if 0 else 'no' }} {{ 'yes' if 0 }}| {{ ('a' if 0 else 'b') ~ 'c' }} {{ 'a' if 0 else 'b' if 0 else 'c' }} {{ ['x' if true else 'y', 'z'] | join }}
{% set v = 'p' if false else 'q' %}{{ v }}{% if ('a' if true else '') %}t{% endif %}{% if 0 %}a{% elif (1 if true else 0) %}b{% else %}c{% endif %}
{{ missing }}|{{ missing | default('d') }}|{{ '' | default('e') }}|{{ '' | default('f', true) }}|{{ none | default('g') }}|{{ missing is defined }}|{{ missing is undefined }}|{{ missing | length }}
{{ '  x '.strip() }}|{{ 'xxaxx'.strip('x') }}|{{ ' x '.lstrip() }}|{{ ' x '.rstrip() }}|{{ '  x ' | trim }}|{{ '--x-' | trim('-') }}
{{ 'a,b,,c'.split(',') | join('|') }} {{ ' a  b '.split() | join('|') }} {{ 'a b c d'.split(' ', 1) | join('|') }} {{ 'a b c'.rsplit(' ', 1) | join('|') }} {{ 'a\nb\r\nc'.splitlines() | join('|') }} {{ ' a  b  c '.split(none, 1) | join('|') }}
{{ 'hello'.startswith('he') }} {{ 'hello'.endswith(('x', 'lo')) }} {{ 'hello'.upper() }} {{ 'HeLLo'.lower() }} {{ 'hELLO wORLD'.capitalize() }} {{ "hello world's end".title() }} {{ 'aXbX'.replace('X', '-') }} {{ 'aXbX'.replace('X', '-', 1) }} {{ 'hello'.find('l') }} {{ 'hello'.find('z') }} {{ 'banana'.count('an') }} {{ '-'.join(['a', 'b']) }} {{ '12'.isdigit() }} {{ 'prefix-x'.removeprefix('prefix-') }} {{ 'x.txt'.removesuffix('.txt') }}
{{ 'hello world' | title }} {{ 'HELLO' | lower }} {{ 'hello' | upper }} {{ 'hELLO' | capitalize }} {{ 'aXb' | replace('X', '-') }} {{ [1, 2, 3] | first }} {{ [1, 2, 3] | last }} {{ 'abc' | first }} {{ [3, 1] | length }} {{ 'é你' | length }} {{ {'a': 1} | length }}
{{ [1, 2, 3] | reverse | join }} {{ 'abc' | reverse }} {{ '42' | int + 1 }} {{ 'x' | int(7) }} {{ '3.7' | int }} {{ '2.5' | float }} {{ 5 | string + '!' }} {{ 'ab' | list | join('.') }}
{{ [{'n': 'a', 'v': 1}, {'n': 'b', 'v': 0}] | selectattr('v') | map(attribute='n') | join }} {{ [{'n': 'a', 'v': 1}, {'n': 'b'}] | map(attribute='v', default='?') | join }} {{ [1, 2, 3] | select('odd') | join }} {{ [1, 2, 3] | reject('odd') | join }} {{ ['a', 'B'] | map('upper') | join }} {{ [1, none, ''] | select | list | length }} {{ ['x ', ' y'] | map('trim') | join(',') }} {{ ['a-b', 'c-'] | map('replace', '-', '+') | join(',') }} {{ ['', 'x'] | map('default', 'd', true) | join }}
{{ 'a\nb\n\nc' | indent }}|{{ 'a\nb' | indent(2, true) }}|{{ 'a\n\nb' | indent(1, first=false, blank=true) }}
{{ 1 is number }} {{ 'a' is string }} {{ [] is sequence }} {{ {} is mapping }} {{ 2 is even }} {{ 3 is odd }} {{ 6 is divisibleby 3 }} {{ 6 is divisibleby(4) }} {{ 'a' is in 'abc' }} {{ true is boolean }} {{ false is false }} {{ 1 is not none }} {{ [] is iterable }} {{ 'a' is eq 'a' }} {{ 1.5 is float }} {{ 'a' is mapping }} {{ 2 is integer }}
{{ '<a href="x">' | e }} {{ '<b>' | safe }} {{ 'x' | escape }}
{{ "a" | tojson }} {{ [1, "é", {"k": null_value}] | length }} {{ {'b': 1, 'a': [true, none]} | tojson }} {{ 'é' | tojson(ensure_ascii=true) }} {{ [1, 2] | tojson(separators=(',', ':')) }} {{ {} | tojson(indent=4) }} {{ [[], [1]] | tojson(indent=1) }}
{{ dict(a=1).a }} {{ (1, 2) | join('-') }} {{ ([1] + [2, 3]) | join }} {{ (('a' ~ 'b')) }} {{ ((1 + 2)) - 3 }} {{ 'ab'.upper().lower() }} {{ ['a'][0].upper() }} {{ 'a b'.split()[1] }} {{ ' a '.strip() | upper }}
{{ messages[0]['role'] }} {{ messages[-1].content }} {{ messages[0].missing }}| {{ messages[99] }}| {{ messages[0:1] | length }} {{ messages[1:][0].role }} {{ messages[:-1] | length }} {{ messages[:99] | length }} {{ messages[-1:][0].role }} {{ messages[messages|length - 1].role }}
{{ bos_token }}{{ eos_token }}{{ unk_token }}|{{ pad_token }}
{% if messages[0].role == 'system' and messages | length > 1 and not messages[1].missing %}A{% endif %}{% if 'x' in messages[0].content or messages[0].content.startswith('B') %}B{% endif %}
{%- set a = 1 -%}   {{- a -}}   |{{ a }}   {%- if a %}   x   {%- endif -%}   y
{{ strftime_now('%Y') | length }}{{ strftime_now('%d %b %Y') | length }}
{{ 10 is lower }} {{ 'a1' is lower }} {{ '' is upper }} {{ missing is upper }} {{ true == 1 }} {{ true in [1, 'a'] }} {{ missing == none }} {{ none is sameas none }} {{ true is sameas 1 }} {{ 1.5 is odd }} {{ 2.0 is even }} {{ -3 is odd }} {{ missing is sequence }} {{ 'x' if {} else 'y' }}
{% for m in [1, 2] %}{{ m }}{% break %}{% else %}z{% endfor %} {% for m in [1, 2] %}{% continue %}{% else %}z{% endfor %} {% for m in [1, 2] %}{% if loop.last %}{% break %}{% endif %}{{ m }}{% else %}z{% endfor %}
{% for a, b in {'x': 1} %}{{ a }}{% endfor %}
{% for a, b in [1, 2] %}{{ a }}{% endfor %}
{% for a, b in {'xy': 1} %}{{ a }}-{{ b }}{% endfor %}
{% if 1 %}a{% else %}b{% else %}c{% endif %}
{% if 1 if 2 else 3 %}a{% endif %}
{{ {1: 'a', 'k': 'b'}[1] }} {{ {1: 'a'}.get(1) }} {{ 'xyz'[-1] }} {{ 'é你a'[::2] }} {{ [1, 2, 3][::-2] | join }}
{{ raise_exception('stop') }}
{{ missing.attribute }}
{{ none.strip() }}
{{ messages[0].content.nothing() }}
{{ 'a' | nofilter }}
{{ 1 is notest }}
{{ 1 // 0 }}
{{ 'a' ~ missing ~ 'b' }}
{{ true }} {{ false }} {{ True }} {{ none }}|{{ None }}| {{ 3.0 }} {{ 0.1 }} {{ 1000000 }}
{{ messages[0].content if messages[0].role == 'system' else raise_exception('no system text') }}
{{ messages | tojson | length }}
{% for m in messages %}{{ m['content'] | trim | length }} {% endfor %}
{% set t = messages[1]['content'] %}{% if '</think>' in t %}{{ t.split('</think>')[-1] }}{% else %}{{ t }}{% endif %}
{{ messages[0]["content"] | replace("kind", "nice") | upper }}
{{ ("x" if true else "y") | upper }} {{ "x" | upper if true else "y" }} {{ -1 if false else +1 }} {{ (-1) | string }}
{{ [1,2,3] | length - 1 }} {{ 'abc' | length > 2 }} {{ 'a' == 'a' | lower }} {{ not 'a' in 'b' }} {{ 'a' not in 'b' and true }}
{{ [1, 'a', none, true, "it's", 'b\n\\', 'é\u200b'] }} {{ {'k': [1.5, {}]} }} {{ {'k': 1}.items() | list }} {{ [missing] }} {{ ['"'] | string }}
{{ none[0] }}|{{ 5[0] }}|{{ 'abc'[-2] }} {{ 'é你a'[1] }} {{ 'é你a'[-1:] }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7.5 % 2 }} {{ true + 1 }} {{ 'ab' * 2 }} {{ (1 + 2) * 3 - 4 / 2 }}
{{ ('a' ~ 'b').upper() }} {{ (messages[0].content | trim).split(' ')[-1] }} {{ (messages | last).role }} {{ ('x' if true else 'y').upper() }}
{{ {'role': 'x', 'content': 'y'}['role'] }} {{ [{'a': [1, {'b': 2}]}][0].a[1].b }}
""".strip("\n").split("\n")

# A text over two lines is one snippet.
def snippets():
    out, open_ = [], ""
    for line in SNIPPETS:
        open_ = open_ + "\n" + line if open_ else line
        if "'two" in open_ and not open_.endswith("}}"):
            continue
        out.append(open_)
        open_ = ""
    return out


SNIPPET_CHAT = [("system", "Be kind."), ("user", "Hello <think>a</think>b"), ("assistant", " Hi ")]


def tokenizer():
    t = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel({"<unk>": 0, "<s>": 1, "</s>": 2}, unk_token="<unk>")))
    t.bos_token, t.eos_token, t.unk_token = "<s>", "</s>", "<unk>"
    return t


def main():
    t = tokenizer()

    def run(template, conversation, reply):
        messages = [{"role": role, "content": content} for role, content in conversation]
        try:
            return t.apply_chat_template(messages, chat_template=template, tokenize=False, add_generation_prompt=reply)
        except Exception:
            return None

    data = {
        "conversations": [[{"Role": r, "Content": c} for r, c in conversation] for conversation in CONVERSATIONS],
        "chats": [{"name": name, "template": template, "results": [[run(template, c, False), run(template, c, True)] for c in CONVERSATIONS]}
                  for name, template in CHATS.items()],
        "conversation": [{"Role": r, "Content": c} for r, c in SNIPPET_CHAT],
        "snippets": [{"template": s, "result": run(s, SNIPPET_CHAT, True)} for s in snippets()],
    }
    (HERE / "rendered.json").write_text(json.dumps(data, ensure_ascii=True, indent=1) + "\n")


if __name__ == "__main__":
    main()
