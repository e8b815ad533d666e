// Speed of inkling beside that of llama.cpp, on the same weights with as many bits and threads. See compare.sh.
//
// Other programs must rest meanwhile: llama.cpp's threads wait for each other in loops, and lose more than inkling's when
// they do not get a processor each. The load average is printed with each round.
//
// Both run in processes of their own, in turn: for each round and each format first llama.cpp, then inkling. What is
// compared are the medians over all rounds, and the fastest runs, of two figures: computing a prompt of 512 tokens with the
// scores after the last, and writing 24 tokens greedily from the first position on, sampling included.
import {execFileSync} from "node:child_process";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import {fileURLToPath, pathToFileURL} from "node:url";

const prompt = 512;
const written = 24;
const token = (i) => (i * 7919 + 13) % 50257;

// llamacpp measures a GGUF file in this process, after one run that warms up, and prints tokens a second as JSON.
async function llamacpp(modules, file, threads) {
    const {getLlama} = await import(pathToFileURL(path.join(modules, "node-llama-cpp", "dist", "index.js")));
    const llama = await getLlama({gpu: false, build: "never", logLevel: "error"});
    const model = await llama.loadModel({modelPath: file});
    const context = await model.createContext({contextSize: 1024, batchSize: prompt, threads});
    const sequence = context.getSequence();
    const greedy = {temperature: 0};

    // The scores after the last token are asked for: without them the output head is not computed.
    const prefill = async () => {
        const ids = Array.from({length: prompt}, (_, i) => token(i));
        ids[prompt - 1] = [ids[prompt - 1], {generateNext: {token: true, options: greedy}}];
        await sequence.controlledEvaluate(ids);
        return prompt;
    };
    const decode = async () => {
        let n = 0;
        for await (const _ of sequence.evaluate([token(0)], {...greedy, yieldEogToken: true}))
            if (++n === written)
                return n;
        throw new Error(`llama.cpp wrote ${n} tokens, expected ${written}`);
    };
    const result = {};
    for (const [name, run] of Object.entries({prefill, decode})) {
        for (let i = 0; i < 2; i++) {
            await sequence.clearHistory();
            const start = performance.now();
            const n = await run();
            result[name] = n * 1e3 / (performance.now() - start);
        }
    }
    await context.dispose();
    await model.dispose();
    console.log(JSON.stringify(result));
}

// inkling measures one format of a model folder.
function inkling(program, folder, weights, threads) {
    const args = ["bench", "--json", "--repetitions", "1", "--model", folder, "--weights", weights, "--threads", String(threads)];
    const report = JSON.parse(execFileSync(program, args, {maxBuffer: 64 << 20}));
    const of = (test) => {
        const found = report.results.find((r) => r.test === test);
        if (found === undefined)
            throw new Error(`inkling has measured no "${test}"`);
        return found.median;
    };
    return {prefill: of(`prefill ${prompt}`), decode: of("generate")};
}

const median = (runs) => {
    const sorted = runs.toSorted((a, b) => a - b), half = sorted.length >> 1;
    return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};
const spread = (runs) => `${median(runs).toFixed(1)} (${Math.min(...runs).toFixed(1)}-${Math.max(...runs).toFixed(1)})`;
const load = () => os.loadavg().map((n) => n.toFixed(2)).join(" ");

function compare({modules, program, folder, threads, rounds, files}) {
    const titles = {prefill: `prefill ${prompt}`, decode: `decode ${written}`};
    const runs = Object.keys(files).map((weights) => ({weights, llamacpp: {prefill: [], decode: []}, inkling: {prefill: [], decode: []}}));
    console.log(`load average before: ${load()}`);
    for (let round = 1; round <= rounds; round++) {
        for (const of of runs) {
            const self = [fileURLToPath(import.meta.url), "--measure", modules, files[of.weights], String(threads)];
            const theirs = JSON.parse(execFileSync(process.execPath, self, {maxBuffer: 64 << 20}));
            const ours = inkling(program, folder, of.weights, threads);
            for (const test of Object.keys(titles)) {
                of.llamacpp[test].push(theirs[test]);
                of.inkling[test].push(ours[test]);
            }
            console.error(`round ${round} of ${rounds}, ${of.weights}: llama.cpp ${JSON.stringify(theirs)}, inkling ${JSON.stringify(ours)}, load average ${load()}`);
        }
    }
    console.log(`load average after: ${load()}\n`);
    console.log("| weights | threads | test | llama.cpp t/s median (min-max) | inkling t/s median (min-max) | inkling / llama.cpp, medians | fastest |");
    console.log("| --- | ---: | --- | ---: | ---: | ---: | ---: |");
    for (const of of runs)
        for (const [test, title] of Object.entries(titles)) {
            const [theirs, ours] = [of.llamacpp[test], of.inkling[test]];
            const fastest = Math.max(...ours) / Math.max(...theirs);
            console.log(`| ${of.weights} | ${threads} | ${title} | ${spread(theirs)} | ${spread(ours)} | ${(median(ours) / median(theirs)).toFixed(2)} | ${fastest.toFixed(2)} |`);
        }
}

const args = process.argv.slice(2);
if (args[0] === "--measure") {
    await llamacpp(args[1], args[2], Number(args[3]));
} else {
    const [modules, program, folder, threads, rounds, ...pairs] = args;
    const files = Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), path.resolve(pair.slice(pair.indexOf("=") + 1))]));
    compare({modules, program, folder, threads: Number(threads), rounds: Number(rounds), files});
}
