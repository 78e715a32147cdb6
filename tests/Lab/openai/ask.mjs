// ask.mjs URL MODEL: asks an endpoint as a user of OpenAI's library does; the key comes in OPENAI_API_KEY. Prints what came, as JSON.
import OpenAI from "openai";

const [baseURL, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, maxRetries: 0 });
const messages = [{ role: "user", content: "Name a colour." }];
const weather = {
  type: "function",
  function: {
    name: "weather",
    description: "Weather of a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

// The class, status and code of the error that a call must end with.
async function refusal(call) {
  try {
    await call();
    return null;
  } catch (error) {
    return { name: error.constructor.name, status: error.status, code: error.code, message: error.message };
  }
}

const told = {};
told.models = (await client.models.list()).data.map((entry) => entry.id);
const chat = await client.chat.completions.create({ model, messages, max_tokens: 32 });
told.chat = { content: chat.choices[0].message.content, finish: chat.choices[0].finish_reason, tokens: chat.usage.completion_tokens };
told.completion = (await client.completions.create({ model, prompt: "Once upon a time", max_tokens: 16 })).choices[0].text;

told.stream = { content: "", chunks: 0, usage: 0 };
const stream = await client.chat.completions.create({ model, messages, max_tokens: 32, stream: true, stream_options: { include_usage: true } });
for await (const chunk of stream) {
  told.stream.chunks += 1;
  told.stream.content += chunk.choices[0]?.delta?.content ?? "";
  told.stream.usage = chunk.usage?.completion_tokens ?? told.stream.usage;
}

const called = await client.chat.completions.create({ model, messages: [{ role: "user", content: "What is the weather in Toronto?" }], tools: [weather] });
const call = called.choices[0].message.tool_calls[0];
told.tool = { finish: called.choices[0].finish_reason, name: call.function.name, city: typeof JSON.parse(call.function.arguments).city };

const seen = await client.chat.completions.create({
  model,
  max_tokens: 64,
  messages: [
    {
      role: "user",
      content: [
        { type: "text", text: "What is in the picture?" },
        {
          type: "image_url",
          image_url: {
            url: "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=",
          },
        },
      ],
    },
  ],
});
told.picture = seen.choices[0].message.content;

const stranger = new OpenAI({ baseURL, apiKey: "sk-nobody-has-this-key-0123456789", maxRetries: 0 });
told.errors = {
  key: await refusal(() => stranger.models.list()),
  model: await refusal(() => client.chat.completions.create({ model: "gpt-unknown", messages })),
  route: await refusal(() => client.embeddings.create({ model, input: "text" })),
  length: await refusal(() => client.chat.completions.create({ model, messages: [{ role: "user", content: "word ".repeat(20000) }] })),
  parameter: await refusal(() => client.chat.completions.create({ model, messages, temperature: -5 })),
};
console.log(JSON.stringify(told));
