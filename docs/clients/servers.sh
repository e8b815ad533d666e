#!/usr/bin/env bash
# Asks servers that people have with inkling: llama-cpp-python's, llama.cpp's and transformers', on a model from "inkling convert".
# It needs Python 3.11 or later and a network for the packages in servers.txt, which go into a temporary folder or the one that
# SERVERS names, as python/. llama-cpp-python is compiled, which takes a while.
#   docs/clients/servers.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${SERVERS:-$(mktemp -d)}
mkdir -p "$folder"
cd "$here/../.."
go build -o "$folder/inkling" .
[ -d "$folder/python" ] || { python3 -m venv "$folder/python"; "$folder/python/bin/pip" install -q -r "$here/servers.txt"; }
cd "$folder"
python=$folder/python/bin/python
export INKLING_CONFIG=$folder/config.toml INKLING_DATA_DIR=$folder/data TERM=dumb

# The same numbers everywhere: float32, no sampling by default, and a chat format.
rm -rf model
./inkling convert starter starter.gguf --weights f32 --force
./inkling convert starter model --weights f32
printf '{"do_sample": true}' >model/generation_config.json
printf '{"tokenizer_class": "GPT2Tokenizer", "eos_token": "<|endoftext|>", "chat_template": "%s"}' \
	"{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\\n{% endfor %}assistant:" >model/tokenizer_config.json

: >config.toml
begin="Once upon a time"
local_text=$(./inkling generate --model starter.gguf --weights f32 --temperature 0 --max-tokens 16 "$begin" 2>/dev/null)

# try NAME KIND PORT MODEL COMMAND... starts a server and asks it.
try() {
	local name=$1 kind=$2 port=$3 model=$4
	shift 4
	"$@" >"$name.log" 2>&1 &
	local server=$!
	trap 'kill '$server' 2>/dev/null || true' EXIT
	until curl -sf "http://127.0.0.1:$port/v1/models" >"$name.models"; do
		kill -0 $server || { cat "$name.log"; exit 1; }
		sleep 0.2
	done
	printf '[remotes.%s]\nurl = "http://127.0.0.1:%s/v1"\nkind = "%s"\n' "$name" "$port" "$kind" >config.toml
	local to="$name:$model"

	text=$(./inkling generate --model "$to" --temperature 0 --max-tokens 16 "$begin" 2>notes)
	[ "$text" = "$local_text" ] || fail "$name: the likeliest text is another one there: $text, not $local_text"
	one=$(./inkling generate --model "$to" --seed 5 --max-tokens 30 "$begin" 2>>notes)
	again=$(./inkling generate --model "$to" --seed 5 --max-tokens 30 "$begin" 2>>notes)
	other=$(./inkling generate --model "$to" --seed 6 --max-tokens 30 "$begin" 2>>notes)
	[ -n "$one" ] && [ "$one" = "$again" ] && [ "$one" != "$other" ] || fail "$name: the seed does not say what comes: $one, $again, $other"
	[ "$(./inkling generate --model "$to" --num-sequences 3 --max-tokens 8 "$begin" 2>>notes | grep -c '^--- ')" = 2 ] || fail "$name: no three texts"
	./inkling -p --model "$to" --max-tokens 12 "Hello" >reply 2>>notes && grep -q . reply || fail "$name: no reply"
	if ./inkling -p --model "$name:none" --max-tokens 4 "Hello" >reply 2>refusal; then # some take any name
		grep -q . reply || fail "$name: nothing for another model"
	else
		grep -q "$name: .*; check" refusal || fail "$name: $(cat refusal)"
	fi
	kill $server
	wait $server 2>/dev/null || true
	if ./inkling -p --model "$to" "Hello" >/dev/null 2>refusal || ! grep -q "start the server" refusal; then
		fail "$name: a server that is gone: $(cat refusal)"
	fi
	echo "$name: fine"
}

fail() {
	echo "$1" >&2
	cat notes >&2
	exit 1
}

# Without the last two it gives up what it writes when another request comes.
try llamapython auto 18101 starter "$python" -m llama_cpp.server --model starter.gguf --model_alias starter --host 127.0.0.1 --port 18101 \
	--n_ctx 512 --interrupt_requests False
try llamaserver auto 18102 starter "$python" "$here/llama_server.py" starter.gguf 18102
try transformers auto 18103 "$folder/model" env HF_HUB_OFFLINE=1 "$python" -c \
	'import sys; from transformers.cli.transformers import main; sys.argv[0] = "transformers"; main()' serve "$folder/model" --host 127.0.0.1 --port 18103 --device cpu
