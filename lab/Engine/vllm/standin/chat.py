"""/v1/chat/completions."""
import json
import time
import uuid

from vllm.standin import images, roles, tools, words
from vllm.standin.errors import Fault, validation
from vllm.standin.generation import Choice, generate, logprobs, usage
from vllm.standin.params import Params

_PER_MESSAGE = 3


class Conversation:
    """What the messages hold: the last user's words, images as they were seen, and the tokens of it all."""

    def __init__(self):
        self.said, self.seen, self.tokens = "", [], 1


async def read(app, body):
    messages = body.get("messages")
    if messages is None:
        raise validation("missing", "messages", "Field required", {})
    if not isinstance(messages, list):
        raise validation("list_type", "messages", "Input should be a valid list", messages)
    if not messages:
        raise Fault("Conversation must have at least one message")
    told, urls = Conversation(), []
    for at, message in enumerate(messages):
        if not isinstance(message, dict):
            raise validation("dict_type", f"messages.{at}", "Input should be a valid dictionary", message)
        if not isinstance(message.get("role"), str):
            raise validation("missing", f"messages.{at}.role", "Field required", message)
        content = message.get("content")
        text = _text(content, at, urls)
        told.tokens += _PER_MESSAGE + words.count(text)
        calls = message.get("tool_calls")
        if calls is not None and not (isinstance(calls, list) and all(isinstance(call, dict) for call in calls)):
            raise validation("list_type", f"messages.{at}.tool_calls", "Input should be a valid list", calls)
        if calls:
            told.tokens += words.count(json.dumps(message["tool_calls"]))
        if message["role"] in ("user", "tool"):
            told.said = text
    images.check_count(app.args, len(urls), app.vision)
    for url in urls:
        kind, width, height = images.look(await images.read(app.args, url))
        told.seen.append(f"{kind} {width}x{height}")
        told.tokens += images.tokens(width, height)
    if app.args.tokenizer_mode == "mistral":
        roles.check(messages, body)
    return told


def _text(content, at, urls):
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list):
        raise validation("string_type", f"messages.{at}.content", "Input should be a valid string", content)
    texts = []
    for part in content:
        kind = part.get("type") if isinstance(part, dict) else None
        if isinstance(part, str):
            texts.append(part)
        elif kind in ("text", "input_text", "output_text"):
            texts.append(str(part.get("text", "")))
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


def _answer(app, body, told):
    shape = body.get("response_format") or {}
    if isinstance(shape, dict) and shape.get("type") == "json_object":
        return json.dumps({"stand_in": words.answer(told.said)}, ensure_ascii=False)
    if isinstance(shape, dict) and shape.get("type") == "json_schema":
        return json.dumps(tools.filled((shape.get("json_schema") or {}).get("schema")), ensure_ascii=False)
    seen = f"I was given {len(told.seen)} image(s): {', '.join(told.seen)}. " if told.seen else ""
    return words.answer(told.said, seen)


async def choices(app, body, default=None):
    """The tokens of the question, how to answer it, and the answers, all the same."""
    functions = tools.check(body)
    told = await read(app, body)
    function = tools.called(app.args, functions, body.get("tool_choice"), told.said)
    if body.get("tools"):
        told.tokens += words.count(json.dumps(body["tools"]))
    if app.args.tokenizer_mode == "mistral" and body.get("chat_template_kwargs"):
        raise Fault("chat_template is not supported for Mistral tokenizers.")
    params = Params(body, told.tokens, app.engine.max_length, default)
    reasoning = words.pieces("I do not reason; this stands where the reasoning would be.") if app.args.reasoning_parser else []
    if function is not None:
        call = tools.call_id(app.args, body, function["name"], told.said)
        parts = words.pieces(tools.arguments(function))
        return told.tokens, params, [Choice(index, reasoning, parts[:params.longest], "tool_calls", None, function["name"], call) for index in range(params.n)]
    parts, reason, met = params.cut(reasoning + words.pieces(_answer(app, body, told)))
    at = min(len(reasoning), len(parts))
    return told.tokens, params, [Choice(index, parts[:at], parts[at:], reason, met) for index in range(params.n)]


async def complete(app, body, connection):
    model = app.check_model(body)
    tokens, params, answers = await choices(app, body)
    name, created = f"chatcmpl-{uuid.uuid4().hex[:32]}", int(time.time())
    head = {"id": name, "object": "chat.completion", "created": created, "model": model}
    if params.stream:
        await _stream(app, body, connection, head, tokens, params, answers)
        return
    await generate(app.engine, tokens, answers, params)
    made = []
    for choice in answers:
        message = {"role": "assistant", "content": None if choice.function else choice.text(), "refusal": None, "annotations": None, "audio": None, "function_call": None,
                   "tool_calls": [choice.tool_call()] if choice.function else [], "reasoning": "".join(choice.reasoning) or None}
        shown = {"content": logprobs(choice.parts)} if body.get("logprobs") else None
        made.append({"index": choice.index, "message": message, "logprobs": shown, "finish_reason": choice.reason, "stop_reason": choice.met, "token_ids": None})
    app.json(connection, {**head, "choices": made, "service_tier": None, "system_fingerprint": app.fingerprint, "usage": usage(tokens, answers, app.args),
                          "prompt_logprobs": None, "prompt_token_ids": None, "kv_transfer_params": None})


async def _stream(app, body, connection, head, tokens, params, answers):
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
        show = bool(body.get("logprobs"))

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
            if show:
                line = line.replace(b'"logprobs":null', b'"logprobs":' + json.dumps({"content": logprobs([piece])}, ensure_ascii=False).encode(), 1)
            piece_out(line)

        return on_piece

    await generate(app.engine, tokens, answers, params, reader, connection.stalled, first)
    if params.include_usage or app.args.enable_force_include_usage:
        told = json.dumps(usage(tokens, answers, app.args)).encode()
        connection.piece(b'data: %b,"choices":[],"usage":%b}\n\n' % (start, told))
    connection.piece(b"data: [DONE]\n\n")
    connection.end()
