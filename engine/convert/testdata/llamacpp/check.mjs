// Checks that llama.cpp computes from our GGUF files what our engine computes from them. It is not part of the tests: it
// needs Node and the prebuilt llama.cpp that the package node-llama-cpp ships.
//
//     npm install node-llama-cpp@3.22.1 --ignore-scripts
//     node check.mjs INKLING MODEL [PRECISION=OTHER.gguf...]
//
// in a scratch folder that has this file, where INKLING is the program and MODEL is what it converts: a model folder or a
// GGUF file. For each precision (f32, f16, q8, q4) it converts the model into a temporary folder, lets our engine continue
// a prompt greedily, and prints how far llama.cpp's log-probabilities of the same tokens are from ours, and how many tokens
// it would have chosen itself (it may choose ids that no token has, which our engine never does). OTHER.gguf is a file of the same model from another converter: the logits of both are
// compared in llama.cpp, token by token of the vocabulary.
import {execFileSync} from "node:child_process";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {getLlama} from "node-llama-cpp";

const [inkling, source, ...pairs] = process.argv.slice(2);
const others = Object.fromEntries(pairs.map((pair) => pair.split("=")));
const prompt = 'Once, in 1823:\n\n "Naïve café!"'; // short, for models with a small context
const count = 24;
const llama = await getLlama({gpu: false, build: "never", logLevel: "error"});

// logits returns the logits after each token, from the one at index first on.
async function logits(modelPath, tokens, first) {
    const model = await llama.loadModel({modelPath});
    const context = await model.createContext({contextSize: 64, batchSize: 64, threads: 2});
    const options = {generateNext: {logits: true, options: {temperature: 0}}};
    const items = tokens.map((token, i) => i < first ? token : [token, options]);
    const results = await context.getSequence().controlledEvaluate(items);
    const text = model.tokenize(prompt);
    await context.dispose();
    await model.dispose();
    return {text, after: results.slice(first).map((result) => {
        const values = [];
        for (const [token, logit] of result.next.logits)
            values[token] = logit;
        return values;
    })};
}

function largest(values) {
    let best = 0;
    for (let i = 1; i < values.length; i++)
        if (values[i] > values[best])
            best = i;
    return best;
}

function logprob(values, token) {
    const top = values[largest(values)];
    return values[token] - top - Math.log(values.reduce((sum, x) => sum + Math.exp(x - top), 0));
}

const folder = mkdtempSync(join(tmpdir(), "llamacpp-"));
try {
    for (const precision of ["f32", "f16", "q8", "q4"]) {
        const file = join(folder, `${precision}.gguf`);
        execFileSync(inkling, ["convert", source, file, "--weights", precision]);
        const ours = JSON.parse(execFileSync(inkling, ["generate", "--model", file, "--weights", "f32", "--json", "--logprobs", "1",
            "--temperature", "0", "--max-tokens", String(count), prompt], {stdio: ["ignore", "pipe", "ignore"]}));
        const ids = ours.tokens.map((token) => token.id);
        const tokens = [...ours.prompt_tokens, ...ids.slice(0, -1)];
        const theirs = await logits(file, tokens, ours.prompt_tokens.length - 1);
        let apart = 0, chosen = 0;
        theirs.after.forEach((values, i) => {
            apart = Math.max(apart, Math.abs(logprob(values, ids[i]) - ours.tokens[i].logprob));
            chosen += largest(values) === ids[i] ? 1 : 0;
        });
        const same = JSON.stringify(theirs.text) === JSON.stringify(ours.prompt_tokens);
        console.log(`${precision}: ${same ? "same" : "OTHER"} tokens of the prompt; log-probabilities at most ${apart.toExponential(2)} apart; ` +
            `${chosen} of ${ids.length} tokens are llama.cpp's choice too`);
        if (others[precision]) {
            const other = await logits(others[precision], tokens, ours.prompt_tokens.length - 1);
            let difference = 0, agree = 0, spread = 0;
            other.after.forEach((values, i) => {
                const mine = theirs.after[i];
                values.forEach((x, id) => { difference = Math.max(difference, Math.abs(x - mine[id])); });
                agree += largest(values) === largest(mine) ? 1 : 0;
                spread = Math.max(spread, values[largest(values)] - Math.min(...values));
            });
            console.log(`    against ${others[precision]}: logits at most ${difference.toExponential(2)} apart (they span ${spread.toFixed(1)}); ` +
                `${agree} of ${ids.length} choices agree`);
        }
        rmSync(file);
    }
} finally {
    rmSync(folder, {recursive: true, force: true});
}
await llama.dispose();
