"""/v1/chat/completions."""
import json
import time
import uuid

from vllm.fake import images, params, roles, structured, tools, words
from vllm.fake.errors import Fault, validation
from vllm.fake.generation import Choice, generate, logprobs, usage
from vllm.fake.params import Params

_PER_MESSAGE = 3


class Conversation:
    """Content of the messages: the last text of the user, the images, and the number of tokens."""

    def __init__(self):
        self.said, self.seen, self.tokens = "", [], 1


async def read(app, body):
    """Reads a body whose types fields.CHAT or TOKENIZE has checked."""
    messages = body["messages"]
    if not messages:
        raise Fault("Conversation must have at least one message")
    told, urls = Conversation(), []
    for at, message in enumerate(messages):
        text = _text(message.get("content"), at, urls)
        told.tokens += _PER_MESSAGE + words.count(text)
        if message.get("tool_calls"):
            told.tokens += words.count(json.dumps(message["tool_calls"]))
        if message["role"] in ("user", "tool"):
            told.said = text
    images.check_count(app.args, len(urls), app.vision)
    for url in urls:
        kind, width, height = images.look(await images.read(app.args, url))
        told.seen.append(f"{kind} {width}x{height}")
        told.tokens += images.tokens(width, height)
    roles.check(messages, body, app.args.tokenizer_mode == "mistral")
    return told


def _text(content, at, urls):
    if content is None or isinstance(content, str):
        return content or ""
    texts = []
    for part in content:
        kind = "text" if isinstance(part, str) else part.get("type", "image_url" if "image_url" in part else "text")
        if isinstance(part, str):
            texts.append(part)
        elif kind in ("text", "input_text", "output_text", "refusal"):
            texts.append(part.get("text") or "")
        elif kind in ("image_url", "input_image"):
            url = part.get("image_url")
            url = url.get("url") if isinstance(url, dict) else url
            if not isinstance(url, str):
                raise validation("missing", f"messages.{at}.content.image_url.url", "Field required", part)
            urls.append(url)
        elif kind in ("input_audio", "audio_url", "video_url"):
            raise Fault(f"At most 0 {'video' if kind == 'video_url' else 'audio'}(s) may be provided in one prompt.")
        elif kind == "thinking":
            texts.append(json.dumps(part.get("thinking", "")))
        else:
            raise Fault(f"Unknown part type: {kind}")
    return "\n".join(texts)


def _answer(told):
    seen = f"I was given {len(told.seen)} image(s): {', '.join(told.seen)}. " if told.seen else ""
    return words.answer(told.said, seen)


async def choices(app, body, default=None):
    """Returns the tokens of the prompt, the parameters, and the answers, which are all equal."""
    params.check_trust(app.args, body)
    told = await read(app, body)
    function = tools.called(app.args, body, told.said)
    if body.get("tools"):
        told.tokens += words.count(json.dumps(body["tools"]))
    if app.args.tokenizer_mode == "mistral" and body.get("chat_template_kwargs"):
        raise Fault("chat_template is not supported for Mistral tokenizers.")
    wishes = Params(app.args, body, told.tokens, app.engine.max_length, default)
    fixed = structured.text(body, told.said)
    reasoning = words.pieces("I do not reason; this stands where the reasoning would be.") if app.args.reasoning_parser else []
    if function is not None:
        call = tools.call_id(app.args, body, function["name"], told.said)
        parts = words.pieces(tools.arguments(function))
        reason = "length" if len(parts) > wishes.longest else "tool_calls"
        return told.tokens, wishes, [Choice(index, reasoning, parts[:wishes.longest], reason, None, function["name"], call) for index in range(wishes.n)]
    parts, reason, met = wishes.cut(reasoning + words.pieces(_answer(told) if fixed is None else fixed), fixed is not None)
    at = min(len(reasoning), len(parts))
    return told.tokens, wishes, [Choice(index, parts[:at], parts[at:], reason, met) for index in range(wishes.n)]


async def complete(app, body, connection):
    model = app.check_model(body)
    tokens, params, answers = await choices(app, body)
    name, created = f"chatcmpl-{uuid.uuid4().hex[:32]}", int(time.time())
    head = {"id": name, "object": "chat.completion", "created": created, "model": model}
    if params.stream:
        await _stream(app, connection, head, tokens, params, answers)
        return
    await generate(app.engine, tokens, answers, params)
    made = _made(answers, params)
    app.json(connection, {**head, "choices": made, "service_tier": None, "system_fingerprint": app.fingerprint, "usage": usage(tokens, answers, app.args),
                          "prompt_logprobs": None, "prompt_token_ids": None, "kv_transfer_params": None})


def _made(answers, params):
    made = []
    for choice in answers:
        message = {"role": "assistant", "content": None if choice.function else choice.text(), "refusal": None, "annotations": None, "audio": None, "function_call": None,
                   "tool_calls": [choice.tool_call()] if choice.function else [], "reasoning": "".join(choice.reasoning) or None}
        shown = {"content": logprobs(choice.parts, params.shown)} if params.shown is not None else None
        made.append({"index": choice.index, "message": message, "logprobs": shown, "finish_reason": choice.reason, "stop_reason": choice.met, "token_ids": None})
    return made


async def batch(app, body, connection):
    """Several conversations in one request: one choice for each."""
    model = app.check_model(body)
    if body.get("stream") or body.get("tools") or body.get("use_beam_search") or body.get("n") not in (None, 1):
        raise Fault("Batch chat completions do not support streaming, tools, beam search or n > 1.")
    tokens, made, params = 0, [], None
    for messages in body["messages"]:
        count, params, (answer,) = await choices(app, {**body, "messages": messages})
        tokens += count
        answer.index = len(made)
        made.append(answer)
    await generate(app.engine, tokens, made, params)
    app.json(connection, {"id": f"chatcmpl-{uuid.uuid4().hex[:32]}", "object": "chat.completion", "created": int(time.time()), "model": model, "choices": _made(made, params),
                          "service_tier": None, "system_fingerprint": app.fingerprint, "usage": usage(tokens, made, app.args)})


async def _stream(app, connection, head, tokens, params, answers):
    head = {**head, "object": "chat.completion.chunk"}
    start = json.dumps(head, ensure_ascii=False, separators=(",", ":"))[:-1].encode()
    counted = {"prompt_tokens": tokens, "total_tokens": tokens, "completion_tokens": 0}
    more = b',"usage":' + json.dumps(counted).encode() if params.usage_always else b""

    def first():
        connection.start()
        for choice in answers:
            connection.piece(b'data: %b,"choices":[{"index":%d,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"prompt_token_ids":null%b}\n\n'
                             % (start, choice.index, more))

    def reader(choice):
        opening = b'data: %b,"choices":[{"index":%d,"delta":{' % (start, choice.index)
        plain = b'},"logprobs":null,"finish_reason":null,"token_ids":null}]' + more + b"}\n\n"
        ending = b'},"logprobs":null,"finish_reason":%b,"stop_reason":%b,"token_ids":null}]%b}\n\n' % (
            json.dumps(choice.reason).encode(), json.dumps(choice.met).encode(), more)
        thought, at, piece_out, encoded = len(choice.reasoning), 0, connection.piece, words.encoded
        show = params.shown

        def on_piece(piece, last):
            nonlocal at
            if at < thought:
                delta = b'"reasoning":' + encoded(piece)
            elif choice.function is None:
                delta = b'"content":' + encoded(piece)
            elif at == thought:
                call = {"id": choice.call, "type": "function", "index": 0, "function": {"name": choice.function, "arguments": piece}}
                delta = b'"tool_calls":' + json.dumps([call], ensure_ascii=False).encode()
            else:
                delta = b'"tool_calls":[{"index":0,"function":{"arguments":' + encoded(piece) + b"}}]"
            at += 1
            line = opening + delta + (ending if last else plain)
            if show is not None:
                told = json.dumps({"content": logprobs([piece], show)}, ensure_ascii=False).encode("utf-8", "backslashreplace")
                line = opening + delta + (ending if last else plain).replace(b'"logprobs":null', b'"logprobs":' + told, 1)
            piece_out(line)

        return on_piece

    await generate(app.engine, tokens, answers, params, reader, connection, first)
    if params.include_usage or app.args.enable_force_include_usage:
        told = json.dumps(usage(tokens, answers, app.args)).encode()
        connection.piece(b'data: %b,"choices":[],"usage":%b}\n\n' % (start, told))
    connection.piece(b"data: [DONE]\n\n")
    connection.end()
