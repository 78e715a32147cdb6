"""/v1/messages and its count_tokens: Anthropic's API, converted to a chat request."""
import contextlib
import json
import uuid

from vllm.fake import chat, fields
from vllm.fake.errors import Fault
from vllm.fake.generation import generate

_BODY = "Bad Request"  # A body with invalid types is rejected before the route runs, in OpenAI's error format.


@contextlib.contextmanager
def in_anthropics_words():
    try:
        yield
    except Fault as fault:
        if fault.kind != _BODY:
            fault.shape = {"type": "error", "error": {"type": fault.kind, "message": fault.message}}
        raise


def _event(connection, name, told):
    connection.piece(f"event: {name}\ndata: {json.dumps({'type': name, **told}, ensure_ascii=False)}\n\n".encode("utf-8", "backslashreplace"))


def _said(body):
    """The messages as chat messages."""
    said = [{"role": "system", "content": body["system"]}] if body.get("system") else []
    for message in body["messages"]:
        role, content = message["role"], message["content"]
        if not isinstance(content, list):
            said.append({"role": role, "content": content})
            continue
        parts, calls = [], []
        for part in content:
            kind = part["type"]
            if kind == "tool_use":
                calls.append({"id": part.get("id"), "type": "function", "function": {"name": part.get("name"), "arguments": json.dumps(part.get("input"))}})
            elif kind == "tool_result":
                result = part.get("content")
                said.append({"role": "tool", "tool_call_id": part.get("tool_use_id"), "content": result if isinstance(result, str) or result is None else [_part(inner) for inner in result]})
            elif kind not in ("thinking", "redacted_thinking"):
                parts.append(_part(part))
        if parts or calls:
            said.append({"role": role, "content": parts or None, **({"tool_calls": calls} if calls else {})})
    return said


def _part(part):
    source = part.get("source")
    if isinstance(source, dict):
        return {"type": "image_url", "image_url": {"url": source.get("url") or f"data:{source.get('media_type')};base64,{source.get('data')}"}}
    return part


def _chat_tools(body):
    tools = [{"type": "function", "function": {"name": tool.get("name"), "description": tool.get("description"), "parameters": tool.get("input_schema")}}
             for tool in body.get("tools") or []]
    wish = body.get("tool_choice") or {}
    choice = {"any": "required", "tool": {"type": "function", "function": {"name": wish.get("name")}}, "none": "none"}.get(wish.get("type"), "auto")
    return {"tools": tools, "tool_choice": choice} if tools else {}


def _asked(body):
    """The converted chat request, checked as one; from here on, errors have Anthropic's format."""
    inner = {name: body[name] for name in ("temperature", "top_p", "top_k", "stream", "max_tokens", "chat_template_kwargs") if body.get(name) is not None}
    schema = ((body.get("output_config") or {}).get("format") or {}).get("schema")
    if schema is not None:
        inner["response_format"] = {"type": "json_schema", "json_schema": {"name": "output", "schema": schema}}
    try:
        return fields.CHAT.check({**inner, **_chat_tools(body), "stop": body.get("stop_sequences"), "messages": _said(body)})
    except Fault as fault:
        raise Fault(fault.message, "BadRequestError", fault.status, fault.param) from None


async def create(app, body, connection):
    model = app.check_model(body)
    tokens, params, answers = await chat.choices(app, _asked(body))
    choice, used = answers[0], len(answers[0].pieces())
    reason = "max_tokens" if choice.reason == "length" else "tool_use" if choice.function else "stop_sequence" if choice.met else "end_turn"
    if choice.function:
        block = {"type": "tool_use", "id": choice.call, "name": choice.function, "input": json.loads(choice.text()) if choice.reason != "length" else {}}
    else:
        block = {"type": "text", "text": choice.text()}
    told = {"id": f"chatcmpl-{uuid.uuid4().hex}", "type": "message", "role": "assistant", "model": model, "content": [block],
            "stop_reason": reason, "stop_sequence": choice.met, "usage": {"input_tokens": tokens, "output_tokens": used}}
    if params.stream:
        await _stream(app, connection, told, tokens, params, answers)
    else:
        await generate(app.engine, tokens, answers, params)
        app.json(connection, told)


async def _stream(app, connection, told, tokens, params, answers):
    block, called = told["content"][0], answers[0].function is not None

    def first():
        connection.start()
        _event(connection, "message_start", {"message": {**told, "content": [], "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": tokens, "output_tokens": 0}}})
        _event(connection, "content_block_start", {"index": 0, "content_block": {**block, **({"input": {}} if called else {"text": ""})}})

    def reader(choice):
        thought, at = len(choice.reasoning), 0

        def on_piece(piece, last):
            nonlocal at
            at += 1
            if at > thought:
                delta = {"type": "input_json_delta", "partial_json": piece} if called else {"type": "text_delta", "text": piece}
                _event(connection, "content_block_delta", {"index": 0, "delta": delta})

        return on_piece

    await generate(app.engine, tokens, answers, params, reader, connection, first)
    _event(connection, "content_block_stop", {"index": 0})
    _event(connection, "message_delta", {"delta": {"stop_reason": told["stop_reason"], "stop_sequence": told["stop_sequence"]}, "usage": told["usage"]})
    _event(connection, "message_stop", {})
    connection.end()


async def count_tokens(app, body, connection):
    app.check_model(body)
    told = await chat.read(app, _asked(body))
    app.json(connection, {"input_tokens": told.tokens})
