// ai-sdk.mjs URL MODEL: asks an endpoint as a user of the AI SDK does, whose OpenAI provider speaks /v1/responses unless told otherwise; the key comes
// in OPENAI_API_KEY. Prints what came, as JSON.
import { createOpenAI } from "@ai-sdk/openai";
import { generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";

const [baseURL, name] = process.argv.slice(2);
const model = createOpenAI({ baseURL })(name);
const weather = tool({
  description: "Weather of a city",
  inputSchema: jsonSchema({ type: "object", properties: { city: { type: "string" } }, required: ["city"] }),
  execute: async ({ city }) => `${city}: sunny`,
});

const told = {};
const answer = await generateText({ model, maxRetries: 0, system: "Be brief.", prompt: "Name a colour." });
told.text = { text: answer.text, finish: answer.finishReason, tokens: answer.usage.outputTokens };

const stream = streamText({ model, maxRetries: 0, prompt: "Name a colour." });
told.stream = { text: "", pieces: 0 };
for await (const piece of stream.textStream) {
  told.stream.pieces += 1;
  told.stream.text += piece;
}
told.stream.finish = await stream.finishReason;

// The tool is called, its result goes back in a second request, and the answer follows.
const called = await generateText({ model, maxRetries: 0, tools: { weather }, stopWhen: stepCountIs(2), prompt: "What is the weather in Toronto?" });
told.tool = { steps: called.steps.length, name: called.steps[0].toolCalls[0]?.toolName, result: called.steps[0].toolResults[0]?.output };

try {
  await generateText({ model: createOpenAI({ baseURL, apiKey: "sk-nobody-has-this-key-0123456789" })(name), maxRetries: 0, prompt: "Hello" });
} catch (error) {
  told.error = { status: error.statusCode, message: error.message };
}
console.log(JSON.stringify(told));
