"""Compare the speed of inkling with that of other engines, each in its best configuration for this processor.

    python3 compare.py INKLING FOLDER [--threads 2] [--rounds 7] [--only PEER,...] [--scratch DIR] [--json FILE]

INKLING is the program, FOLDER a GPT-2 as transformers has it (config.json, model.safetensors, vocab.json, merges.txt). The peers
are those of requirements.txt, and ik_llama.cpp where IK_LLAMA_BENCH names its llama-bench, built with GGML_NATIVE; a peer that is not
there is left out and named. Their forms of the model are made once, in the scratch folder.

Every engine runs in a process of its own, in turn, round by round, so that a slow minute hits all of them. It has the same
weights, as many threads, and the same three tests, after a run of each that does not count:

    prefill   the scores after the last of 512 tokens
    decode    24 tokens, greedily, after a prompt of one
    eight     24 tokens for each of 8 texts in one batch, all tokens of all texts together

Tokens a second; medians of the rounds with the slowest and the fastest. Nothing else may run meanwhile: threads of several
engines wait in loops.
"""
import argparse
import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

PROMPT, WRITTEN, TEXTS = 512, 24, 8


def token(i):
    return (i * 7919 + 13) % 50257


def timed(prefill, decode):
    """prefill() computes the prompt; decode(n) writes WRITTEN tokens for each of n texts. The second run of each counts."""
    result = {}
    for name, tokens, run in (("prefill", PROMPT, prefill), ("decode", WRITTEN, lambda: decode(1)),
                              ("eight", WRITTEN * TEXTS, lambda: decode(TEXTS))):
        for _ in range(2):
            start = time.perf_counter()
            run()
            result[name] = tokens / (time.perf_counter() - start)
    return result


# llama.cpp, through its C interface: a batch of tokens, scores for the last of each text alone.

def llamacpp(path, threads):
    import ctypes
    import llama_cpp as l
    import numpy as np

    quiet = l.llama_log_callback(lambda level, text, data: None)
    l.llama_log_set(quiet, ctypes.c_void_p(0))
    l.llama_backend_init()
    model = l.llama_model_load_from_file(path.encode(), l.llama_model_default_params())
    params = l.llama_context_default_params()
    params.n_ctx, params.n_batch, params.n_ubatch, params.n_seq_max = 1024, PROMPT, PROMPT, TEXTS
    params.kv_unified = True
    params.n_threads = params.n_threads_batch = threads
    context = l.llama_init_from_model(model, params)
    vocabulary = l.llama_vocab_n_tokens(l.llama_model_get_vocab(model))
    batch = l.llama_batch_init(PROMPT, 0, TEXTS)

    def run(tokens):  # tokens: (id, position, text, whether scores are wanted)
        batch.n_tokens = len(tokens)
        for i, (id, position, text, wanted) in enumerate(tokens):
            batch.token[i], batch.pos[i], batch.n_seq_id[i], batch.seq_id[i][0], batch.logits[i] = id, position, 1, text, wanted
        if l.llama_decode(context, batch) != 0:
            raise RuntimeError("llama_decode failed")

    def best(i):
        return int(np.ctypeslib.as_array(l.llama_get_logits_ith(context, i), (vocabulary,)).argmax())

    def clear():
        l.llama_memory_clear(l.llama_get_memory(context), True)

    def prefill():
        clear()
        run([(token(i), i, 0, i == PROMPT - 1) for i in range(PROMPT)])
        best(PROMPT - 1)

    def decode(texts):
        clear()
        last = [token(t) for t in range(texts)]
        for position in range(WRITTEN):
            run([(id, position, text, True) for text, id in enumerate(last)])
            last = [best(i) for i in range(texts)]

    return timed(prefill, decode)


# Forks of llama.cpp that have no package, through their llama-bench. It measures no batch of texts.

def llama_bench(program, path, threads, *options):
    result = {}
    for name, test in (("prefill", ["-p", str(PROMPT), "-n", "0"]), ("decode", ["-p", "0", "-n", str(WRITTEN)])):
        run = subprocess.run([program, "-m", path, "-t", str(threads), "-r", "1", "-o", "json", *test, *options], check=True,
                             capture_output=True, text=True)
        result[name] = json.loads(run.stdout)[0]["avg_ts"]
    return result


# PyTorch, with transformers' GPT-2 and its key/value cache.

def torch_(folder, kind, threads):
    import torch
    from transformers import GPT2LMHeadModel

    torch.set_num_threads(threads)
    model = GPT2LMHeadModel.from_pretrained(folder, dtype=getattr(torch, kind), attn_implementation="sdpa").eval()
    return with_transformers(model, torch)


def with_transformers(model, torch, **more):
    """Times a model with the interface of transformers, step by step."""
    def step(ids, cache):
        past = cache.get_seq_length() if hasattr(cache, "get_seq_length") else cache[0][0].shape[2] if cache else 0
        out = model(input_ids=ids, past_key_values=cache, use_cache=True,
                    attention_mask=torch.ones(ids.shape[0], past + ids.shape[1], dtype=torch.long), **more)
        return out.logits[:, -1].argmax(-1, keepdim=True), out.past_key_values

    def prefill():
        with torch.inference_mode():
            step(torch.tensor([[token(i) for i in range(PROMPT)]]), None)

    def decode(texts):
        with torch.inference_mode():
            last, cache = torch.tensor([[token(t)] for t in range(texts)]), None
            for _ in range(WRITTEN):
                last, cache = step(last, cache)

    return timed(prefill, decode)


# OpenVINO GenAI: its pipeline, told to ignore the end of a text.

def openvino_export(folder, to, bits):
    from optimum.intel import OVModelForCausalLM, OVWeightQuantizationConfig
    from openvino_tokenizers import convert_tokenizer
    import openvino
    from transformers import GPT2TokenizerFast

    quantization = OVWeightQuantizationConfig(bits=bits, sym=True, **({"group_size": 32, "ratio": 1.0} if bits == 4 else {}))
    OVModelForCausalLM.from_pretrained(folder, export=True, quantization_config=quantization, compile=False).save_pretrained(to)
    tokenizer, detokenizer = convert_tokenizer(GPT2TokenizerFast.from_pretrained(folder), with_detokenizer=True)
    openvino.save_model(tokenizer, os.path.join(to, "openvino_tokenizer.xml"))
    openvino.save_model(detokenizer, os.path.join(to, "openvino_detokenizer.xml"))


def openvino(folder, threads):
    import numpy as np
    import openvino
    import openvino_genai as genai

    options = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY"}
    # One text is fastest with the stateful model, several with the scheduler's paged attention.
    one = genai.LLMPipeline(folder, "CPU", ATTENTION_BACKEND="SDPA", **options)
    scheduler = genai.SchedulerConfig()
    scheduler.cache_size, scheduler.max_num_batched_tokens, scheduler.max_num_seqs = 1, PROMPT, TEXTS
    many = genai.LLMPipeline(folder, "CPU", scheduler_config=scheduler, **options)

    def inputs(rows):
        ids = np.array(rows, dtype=np.int64)
        return genai.TokenizedInputs(openvino.Tensor(ids), openvino.Tensor(np.ones_like(ids)))

    def config(n):
        c = genai.GenerationConfig()
        c.max_new_tokens, c.ignore_eos, c.do_sample, c.apply_chat_template = n, True, False, False
        return c

    def decode(texts):
        (one if texts == 1 else many).generate(inputs([[token(t)] for t in range(texts)]), config(WRITTEN))

    return timed(lambda: one.generate(inputs([[token(i) for i in range(PROMPT)]]), config(1)), decode)


# CTranslate2.

def ctranslate2_export(folder, to, quantization):
    from ctranslate2.converters import TransformersConverter
    TransformersConverter(folder).convert(to, quantization=quantization)


def ctranslate2(folder, threads):
    import ctranslate2 as c
    with open(os.path.join(folder, "vocabulary.json"), encoding="utf-8") as f:
        words = json.load(f)
    generator = c.Generator(folder, device="cpu", compute_type="default", inter_threads=1, intra_threads=threads)

    def write(rows, n):
        generator.generate_batch([[words[id] for id in row] for row in rows], max_length=n, min_length=n, sampling_topk=1,
                                 include_prompt_in_result=False, end_token=[], max_batch_size=0)

    return timed(lambda: write([[token(i) for i in range(PROMPT)]], 1),
                 lambda texts: write([[token(t)] for t in range(texts)], WRITTEN))


# ONNX Runtime.

def onnxruntime_export(folder, to, bits):
    from optimum.onnxruntime import ORTModelForCausalLM
    ORTModelForCausalLM.from_pretrained(folder, export=True).save_pretrained(to)
    if bits == 8:
        from onnxruntime.quantization import QuantType, quantize_dynamic
        path = os.path.join(to, "model.onnx")
        quantize_dynamic(path, path + ".q8", weight_type=QuantType.QInt8, per_channel=True)
        os.replace(path + ".q8", path)


def onnxruntime(folder, threads):
    import onnxruntime as ort
    import torch
    from optimum.onnxruntime import ORTModelForCausalLM

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    return with_transformers(ORTModelForCausalLM.from_pretrained(folder, session_options=options), torch)


# What is compared: the weights in memory, the peer's form of the model, how it is made, how it is measured.

def gguf(weights):
    def make(program, folder, to):
        subprocess.run([program, "convert", folder, to, "--weights", weights, "--force"], check=True, stdout=subprocess.DEVNULL)
    return make


def exported(export, *args):
    return lambda program, folder, to: export(folder, to, *args)


IK = "IK_LLAMA_BENCH"


def ik(path, threads):
    return llama_bench(os.environ[IK], path, threads, "-rtr", "1")  # weights repacked for this processor


PEERS = [
    # name, needs (a package, or a variable of the environment), weights, form, make, measure
    ("PyTorch float32", "torch", "f32", None, None, lambda path, n: torch_(path, "float32", n)),
    ("ONNX Runtime float32", "onnxruntime", "f32", "onnx-f32", exported(onnxruntime_export, 32), onnxruntime),
    ("PyTorch bfloat16", "torch", "f16", None, None, lambda path, n: torch_(path, "bfloat16", n)),
    ("llama.cpp F16", "llama_cpp", "f16", "f16.gguf", gguf("f16"), llamacpp),
    ("ik_llama.cpp F16", IK, "f16", "f16.gguf", gguf("f16"), ik),
    ("llama.cpp Q8_0", "llama_cpp", "q8", "q8.gguf", gguf("q8"), llamacpp),
    ("ik_llama.cpp Q8_0", IK, "q8", "q8.gguf", gguf("q8"), ik),
    ("OpenVINO GenAI int8", "openvino_genai", "q8", "openvino-8", exported(openvino_export, 8), openvino),
    ("CTranslate2 int8", "ctranslate2", "q8", "ctranslate2-8", exported(ctranslate2_export, "int8"), ctranslate2),
    ("ONNX Runtime int8", "onnxruntime", "q8", "onnx-8", exported(onnxruntime_export, 8), onnxruntime),
    ("llama.cpp Q4_0", "llama_cpp", "q4", "q4.gguf", gguf("q4"), llamacpp),
    ("ik_llama.cpp Q4_0", IK, "q4", "q4.gguf", gguf("q4"), ik),
    ("OpenVINO GenAI int4", "openvino_genai", "q4", "openvino-4", exported(openvino_export, 4), openvino),
]


def inkling(program, folder, weights, threads):
    report = json.loads(subprocess.run(
        [program, "bench", "--json", "--repetitions", "1", "--sequences", str(TEXTS), "--model", folder, "--weights", weights,
         "--threads", str(threads)], check=True, capture_output=True, text=True).stdout)
    found = {r["test"]: r["median"] for r in report["results"]}
    return {"prefill": found[f"prefill {PROMPT}"], "decode": found["generate"], "eight": found[f"{TEXTS} sequences"]}


def measure(name, path, threads):
    """Runs one peer in a process of its own."""
    env = dict(os.environ, OMP_NUM_THREADS=str(threads), TOKENIZERS_PARALLELISM="false", HF_HUB_OFFLINE="1")
    run = subprocess.run([sys.executable, os.path.abspath(__file__), "--measure", name, path, str(threads)], env=env,
                         capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(f"{name}: {run.stderr.strip().splitlines()[-1]}")
    return json.loads(run.stdout.strip().splitlines()[-1])


def spread(runs):
    def short(v):
        return f"{v:.0f}" if v >= 100 else f"{v:.1f}"
    return f"{short(statistics.median(runs))} ({short(min(runs))}-{short(max(runs))})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="", help="names of peers, or their beginnings, with commas between")
    parser.add_argument("--scratch", default=os.path.join(tempfile.gettempdir(), "inkling-peers"))
    parser.add_argument("--json", help="a file for all runs")
    args = parser.parse_args()
    program, folder = os.path.abspath(args.program), os.path.abspath(args.folder)
    only = [n for n in args.only.split(",") if n]

    chosen = []
    os.makedirs(args.scratch, exist_ok=True)
    for name, needs, weights, form, make, _ in PEERS:
        if only and not any(name.startswith(o) for o in only):
            continue
        if needs not in os.environ and importlib.util.find_spec(needs) is None:
            print(f"{name} is left out: there is no {needs}", file=sys.stderr)
            continue
        path = folder
        if form:
            path = os.path.join(args.scratch, form)
            if not os.path.exists(path):
                print(f"making {path}", file=sys.stderr)
                beside = os.path.join(args.scratch, "new-" + form)  # a half-made form is not taken for a whole one
                shutil.rmtree(beside, ignore_errors=True)
                make(program, folder, beside)
                os.rename(beside, path)
        chosen.append((name, weights, path))

    runs = {}
    print(f"load average before: {os.getloadavg()}", file=sys.stderr)
    for round in range(1, args.rounds + 1):
        for weights in dict.fromkeys(w for _, w, _ in chosen):
            engines = [(f"inkling {weights}", lambda: inkling(program, folder, weights, args.threads))]
            engines += [(n, lambda n=n, p=p: measure(n, p, args.threads)) for n, w, p in chosen if w == weights]
            for name, run in engines:
                result = run()
                runs.setdefault(name, []).append(result)
                print(f"round {round}, {name}: {result}", file=sys.stderr)
    print(f"load average after: {os.getloadavg()}", file=sys.stderr)
    if args.json:
        with open(args.json, "w", encoding="utf-8") as f:
            json.dump(runs, f)

    tests = ("prefill", "decode", "eight")
    print(f"| tokens a second | prompt of {PROMPT} | ratio | writing | ratio | {TEXTS} texts at once | ratio |")
    print("|---|" + "---:|" * 6)
    for weights in dict.fromkeys(w for _, w, _ in chosen):
        ours = runs[f"inkling {weights}"]
        for name in [f"inkling {weights}"] + [n for n, w, _ in chosen if w == weights]:
            cells = []
            for test in tests:
                theirs = [r[test] for r in runs[name] if test in r]
                if not theirs:
                    cells += ["", ""]
                    continue
                ratio = statistics.median(r[test] for r in ours) / statistics.median(theirs)
                cells += [spread(theirs), "" if runs[name] is ours else f"{ratio:.2f}"]
            print(f"| {name} | " + " | ".join(cells) + " |")
    print("\nratio: inkling's median, with weights of as many bits, by the peer's")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        name, path, threads = sys.argv[2:]
        print(json.dumps(next(p[-1] for p in PEERS if p[0] == name)(path, int(threads))))
    else:
        main()
