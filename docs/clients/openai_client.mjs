// Asks an inkling server with OpenAI's package for JavaScript: node openai_client.mjs URL
import assert from "node:assert/strict";
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.argv[2], apiKey: "none", maxRetries: 0 });
const model = (await client.models.list()).data[0].id;
const ask = { model, messages: [{ role: "user", content: "Hello" }], max_tokens: 12, seed: 7 };
const whole = await client.chat.completions.create(ask);
let text = "";
for await (const chunk of await client.chat.completions.create({ ...ask, stream: true })) text += chunk.choices[0]?.delta?.content ?? "";
assert.equal(text, whole.choices[0].message.content);
const completion = await client.completions.create({ model, prompt: "Once upon a time", max_tokens: 8, logprobs: 2 });
assert.equal(completion.choices[0].logprobs.tokens.length, 8);
await assert.rejects(client.chat.completions.create({ ...ask, response_format: { type: "json_object" } }), (e) => e.status === 400 && e.param === "response_format");
console.log("openai (JavaScript): fine");
