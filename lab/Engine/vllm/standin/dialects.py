"""/v1/responses (OpenAI's newer form) and /v1/messages (Anthropic's), both answered through the chat."""
import json
import time
import uuid

from vllm.standin import chat, words
from vllm.standin.errors import Fault, validation
from vllm.standin.generation import generate


def _event(connection, name, told):
    connection.piece(f"event: {name}\ndata: {json.dumps(told, ensure_ascii=False)}\n\n".encode())


async def responses(app, body, connection):
    model = app.check_model(body)
    asked = body.get("input")
    if asked is None:
        raise validation("missing", "input", "Field required", body)
    messages = [{"role": "user", "content": asked}] if isinstance(asked, str) else asked
    if body.get("instructions") and isinstance(messages, list):
        messages = [{"role": "system", "content": body["instructions"]}, *messages]
    inner = {name: body[name] for name in ("temperature", "top_p", "stream") if name in body}
    tokens, params, answers = await chat.choices(app, {**inner, "messages": messages, "max_tokens": body.get("max_output_tokens")})
    choice, name, item = answers[0], f"resp_{uuid.uuid4().hex}", f"msg_{uuid.uuid4().hex}"
    part = {"type": "output_text", "text": choice.text(), "annotations": [], "logprobs": None}
    message = {"id": item, "type": "message", "role": "assistant", "status": "completed", "content": [part]}
    used = len(choice.pieces())
    told = {"id": name, "object": "response", "created_at": int(time.time()), "model": model, "status": "completed", "output": [message], "error": None,
            "incomplete_details": {"reason": "max_output_tokens"} if choice.reason == "length" else None, "instructions": body.get("instructions"), "metadata": body.get("metadata"),
            "parallel_tool_calls": True, "temperature": body.get("temperature", 1.0), "tool_choice": "auto", "tools": [], "top_p": body.get("top_p", 1.0),
            "usage": {"input_tokens": tokens, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": used, "output_tokens_details": {"reasoning_tokens": len(choice.reasoning)},
                      "total_tokens": tokens + used}}
    if told["incomplete_details"]:
        told["status"] = "incomplete"
    if not params.stream:
        await generate(app.engine, tokens, answers, params)
        app.json(connection, told)
        return
    number = 0

    def send(kind, **more):
        nonlocal number
        _event(connection, kind, {"type": kind, "sequence_number": number, **more})
        number += 1

    def first():
        connection.start()
        begun = {**told, "status": "in_progress", "output": [], "usage": None}
        send("response.created", response=begun)
        send("response.in_progress", response=begun)
        send("response.output_item.added", output_index=0, item={**message, "status": "in_progress", "content": []})
        send("response.content_part.added", output_index=0, content_index=0, item_id=item, part={**part, "text": ""})

    def reader(_):
        return lambda piece, last: send("response.output_text.delta", output_index=0, content_index=0, item_id=item, delta=piece, logprobs=[])

    await generate(app.engine, tokens, answers, params, reader, connection.stalled, first)
    send("response.output_text.done", output_index=0, content_index=0, item_id=item, text=choice.text(), logprobs=[])
    send("response.content_part.done", output_index=0, content_index=0, item_id=item, part=part)
    send("response.output_item.done", output_index=0, item=message)
    send("response.completed", response=told)
    connection.end()


def _from_anthropic(body):
    messages = body.get("messages")
    if messages is None:
        raise validation("missing", "messages", "Field required", body)
    said = []
    if system := body.get("system"):
        said.append({"role": "system", "content": system})
    for message in messages if isinstance(messages, list) else []:
        content = message.get("content") if isinstance(message, dict) else None
        if isinstance(content, list):
            content = [_part(part) for part in content]
        said.append({"role": message.get("role") if isinstance(message, dict) else None, "content": content})
    return said


def _part(part):
    source = part.get("source") if isinstance(part, dict) else None
    if isinstance(source, dict):
        url = source.get("url") or f"data:{source.get('media_type')};base64,{source.get('data')}"
        return {"type": "image_url", "image_url": {"url": url}}
    if isinstance(part, dict) and part.get("type") == "tool_result":
        return {"type": "text", "text": json.dumps(part.get("content"))}
    return part


async def messages(app, body, connection):
    model = app.check_model(body)
    if body.get("max_tokens") is None:
        raise validation("missing", "max_tokens", "Field required", body)
    inner = {name: body[name] for name in ("temperature", "top_p", "top_k", "stream", "max_tokens") if name in body}
    tokens, params, answers = await chat.choices(app, {**inner, "stop": body.get("stop_sequences"), "messages": _from_anthropic(body)})
    choice, used = answers[0], len(answers[0].pieces())
    reason = "max_tokens" if choice.reason == "length" else "stop_sequence" if choice.met else "end_turn"
    told = {"id": f"chatcmpl-{uuid.uuid4().hex}", "type": "message", "role": "assistant", "model": model, "content": [{"type": "text", "text": choice.text()}],
            "stop_reason": reason, "stop_sequence": choice.met, "usage": {"input_tokens": tokens, "output_tokens": used}}
    if not params.stream:
        await generate(app.engine, tokens, answers, params)
        app.json(connection, told)
        return

    def first():
        connection.start()
        begun = {**told, "content": [], "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": tokens, "output_tokens": 0}}
        _event(connection, "message_start", {"type": "message_start", "message": begun})
        _event(connection, "content_block_start", {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})

    def reader(_):
        return lambda piece, last: _event(connection, "content_block_delta", {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}})

    await generate(app.engine, tokens, answers, params, reader, connection.stalled, first)
    _event(connection, "content_block_stop", {"type": "content_block_stop", "index": 0})
    _event(connection, "message_delta", {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": choice.met}, "usage": {"input_tokens": tokens, "output_tokens": used}})
    _event(connection, "message_stop", {"type": "message_stop"})
    connection.end()


async def count_tokens(app, body, connection):
    app.check_model(body)
    told = await chat.read(app, _from_anthropic(body))
    app.json(connection, {"input_tokens": told.tokens})


def not_stored(name):
    return Fault(f"Response with id '{name}' not found.", "invalid_request_error", 404, "response_id")


def tokenized(app, body, text):
    ids = [words.token_id(piece) for piece in words.pieces(text)]
    return {"count": len(ids), "max_model_len": app.engine.max_length, "tokens": ids, "token_strs": words.pieces(text) if body.get("return_token_strs") else None}
