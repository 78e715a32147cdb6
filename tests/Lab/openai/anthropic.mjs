// anthropic.mjs URL MODEL: asks an endpoint as a user of Anthropic's library does, which sends the key as x-api-key; it comes in OPENAI_API_KEY. Prints
// what came, as JSON.
import Anthropic from "@anthropic-ai/sdk";

const [url, model] = process.argv.slice(2);
const baseURL = url.replace(/\/v1\/?$/, "");
const client = new Anthropic({ baseURL, apiKey: process.env.OPENAI_API_KEY, maxRetries: 0 });
const messages = [{ role: "user", content: "Name a colour." }];
const tools = [{ name: "weather", description: "Weather of a city", input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] } }];

async function refusal(call) {
  try {
    await call();
    return null;
  } catch (error) {
    return { name: error.constructor.name, status: error.status };
  }
}

const told = {};
const answer = await client.messages.create({ model, max_tokens: 32, system: "Be brief.", messages });
told.text = { text: answer.content[0].text, stop: answer.stop_reason, tokens: answer.usage.output_tokens };
told.count = (await client.messages.countTokens({ model, messages })).input_tokens;

const stream = client.messages.stream({ model, max_tokens: 32, system: "Be brief.", messages });
told.stream = { text: "" };
stream.on("text", (piece) => (told.stream.text += piece));
told.stream.stop = (await stream.finalMessage()).stop_reason;

const asked = [{ role: "user", content: "What is the weather in Toronto?" }];
const called = await client.messages.create({ model, max_tokens: 64, messages: asked, tools });
const use = called.content.find((block) => block.type === "tool_use");
const after = [...asked, { role: "assistant", content: called.content }, { role: "user", content: [{ type: "tool_result", tool_use_id: use.id, content: "sunny" }] }];
told.tool = { stop: called.stop_reason, name: use.name, city: typeof use.input.city, answer: (await client.messages.create({ model, max_tokens: 64, messages: after, tools })).stop_reason };

const stranger = new Anthropic({ baseURL, apiKey: "sk-nobody-has-this-key-0123456789", maxRetries: 0 });
told.errors = {
  key: await refusal(() => stranger.messages.create({ model, max_tokens: 8, messages })),
  model: await refusal(() => client.messages.create({ model: "claude-unknown", max_tokens: 8, messages })),
};
console.log(JSON.stringify(told));
