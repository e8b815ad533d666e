#!/usr/bin/env bash
# Asks an inkling server with the clients that people have. It needs Python 3, Node and a network for their packages, which go into
# a temporary folder or the one that CLIENTS names.
#   docs/clients/run.sh [model]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
clients=${CLIENTS:-$(mktemp -d)}
model=${1:-starter}
cd "$here/../.."
go build -o "$clients/inkling" .
[ -x "$clients/python/bin/llm" ] || { python3 -m venv "$clients/python"; "$clients/python/bin/pip" install -q -r "$here/requirements.txt"; }
cp "$here/package.json" "$here/openai_client.mjs" "$clients"
(cd "$clients" && [ -d node_modules/openai ] || npm install --silent --prefix "$clients")

"$clients/inkling" serve --model "$model" --port 0 2>"$clients/log" &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
until grep -q 'at http' "$clients/log"; do kill -0 $server || { cat "$clients/log"; exit 1; }; sleep 0.1; done
url=$(sed -n 's/.* at \(http[^;]*\);.*/\1/p' "$clients/log")

curl -sSf "${url%/v1}/health" | grep -q ok
curl -sSfN "$url/chat/completions" -H 'Content-Type: application/json' \
	-d '{"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 8, "stream": true}' | grep -q '^data: \[DONE\]'
echo "curl: fine"
"$clients/python/bin/python" "$here/openai_client.py" "$url"
node "$clients/openai_client.mjs" "$url"

export LLM_USER_PATH="$clients/llm"
mkdir -p "$LLM_USER_PATH"
id=$(curl -sSf "$url/models" | sed 's/.*"id":"\([^"]*\)".*/\1/')
cat >"$LLM_USER_PATH/extra-openai-models.yaml" <<YAML
- model_id: inkling
  model_name: $id
  api_base: "$url"
- model_id: inkling-text
  model_name: $id
  api_base: "$url"
  completion: true
YAML
"$clients/python/bin/llm" keys set openai --value none
"$clients/python/bin/llm" -m inkling -o max_tokens 12 -o seed 3 "Hello" | grep -q .
"$clients/python/bin/llm" -m inkling --no-stream -o max_tokens 12 -s "Be brief." "Hello" | grep -q .
"$clients/python/bin/llm" -m inkling-text -o max_tokens 12 "Once upon a time" | grep -q .
echo "llm: fine"

# inkling as its own remote: the same text from the same seed
config="$clients/config.toml"
printf '[remotes.own]\nurl = "%s"\n' "$url" >"$config"
here_text=$("$clients/inkling" generate --model "$model" --seed 5 --max-tokens 40 "Once upon a time" 2>/dev/null)
there_text=$(INKLING_CONFIG="$config" "$clients/inkling" generate --model "own:$id" --seed 5 --max-tokens 40 "Once upon a time" 2>/dev/null)
[ "$here_text" = "$there_text" ] || { echo "inkling: another text there: $there_text"; exit 1; }
echo "inkling: fine"
kill -TERM $server
wait $server
