#!/bin/sh
# Compares the speed of inkling with that of llama.cpp, as the npm package node-llama-cpp has it prebuilt. Needs node 20.
#
#   compare.sh INKLING FOLDER FORMAT=FILE.gguf...
#
# FOLDER is a model folder, FORMAT one of q8, q4, f16 and f32, and FILE the same weights for llama.cpp with as many bits:
#
#   compare.sh ./inkling ~/models/gpt2 q8=gpt2-Q8_0.gguf q4=gpt2-Q4_0.gguf f16=gpt2-F16.gguf
#
# THREADS (2) and ROUNDS (5) are taken from the environment, and LLAMACPP is a folder in which node-llama-cpp is, or is to be
# installed: by default one in the folder for temporary files.
set -eu

if [ $# -lt 3 ]; then
	sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
	exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
scratch=${LLAMACPP:-${TMPDIR:-/tmp}/inkling-llamacpp}
if [ ! -d "$scratch/node_modules/node-llama-cpp" ]; then
	mkdir -p "$scratch"
	npm install --prefix "$scratch" --ignore-scripts node-llama-cpp@3.22.1 >&2
fi
program=$1 folder=$2
shift 2
exec node "$here/compare.mjs" "$scratch/node_modules" "$program" "$folder" "${THREADS:-2}" "${ROUNDS:-5}" "$@"
