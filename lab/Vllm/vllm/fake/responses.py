"""/v1/responses, OpenAI's newer API, converted to a chat request. Nothing is stored: VLLM_ENABLE_RESPONSES_API_STORE is off by default, and vLLM then
silently treats "store": true as false."""
import json
import time
import uuid

from vllm.fake import chat, fields
from vllm.fake.errors import Fault
from vllm.fake.generation import generate, logprobs

_LOGPROBS = "message.output_text.logprobs"
# Members with the same meaning in a chat request.
_SAME = ("temperature", "top_p", "top_k", "stream", "stop", "seed", "repetition_penalty", "logit_bias", "ignore_eos", "structured_outputs", "mm_processor_kwargs", "priority")
_NO_BACKGROUND = ("This vLLM engine does not support `store=True` and therefore does not support the background mode. To enable these features, set the environment "
                  "variable `VLLM_ENABLE_RESPONSES_API_STORE=1` when launching the vLLM server.")


def not_stored(name):
    return Fault(f"Response with id '{name}' not found.", "invalid_request_error", 404, "response_id")


def _check(body):
    if body.get("background"):
        raise Fault(_NO_BACKGROUND, "invalid_request_error", 400, "background")
    if (before := body.get("previous_response_id")) is not None:
        if not before.startswith("resp_"):
            raise Fault(f"Invalid 'response_id': '{before}'. Expected an ID that begins with 'resp'.", "invalid_request_error", 400, "response_id")
        raise not_stored(before)


def _messages(body):
    asked, messages = body["input"], []
    for item in [{"role": "user", "content": asked}] if isinstance(asked, str) else asked:
        _add(messages, item)
    return [{"role": "system", "content": body["instructions"]}, *messages] if body.get("instructions") else messages


def _add(messages, item):
    kind = item.get("type")
    if kind == "function_call":
        call = {"id": item.get("call_id"), "type": "function", "function": {"name": item.get("name"), "arguments": item.get("arguments")}}
        if messages and isinstance(messages[-1].get("tool_calls"), list):
            messages[-1]["tool_calls"].append(call)
        else:
            messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
    elif kind == "function_call_output":
        messages.append({"role": "tool", "tool_call_id": item.get("call_id"), "content": item.get("output")})
    elif kind != "reasoning":
        # mistral-common does not know the role developer, and vLLM does not convert it.
        messages.append(item)


def _chat_tools(body):
    tools = [{"type": "function", "function": {name: tool[name] for name in ("name", "description", "parameters") if name in tool}}
             for tool in body.get("tools") or [] if tool["type"] == "function"]
    wish = body.get("tool_choice")
    if isinstance(wish, dict):
        wish = {"type": "function", "function": {"name": wish.get("name")}}
    return {"tools": tools, "tool_choice": wish or "auto"} if tools else {}


async def create(app, body, connection):
    model = app.check_model(body)
    _check(body)
    inner = {name: body[name] for name in _SAME if body.get(name) is not None}
    shape = (body.get("text") or {}).get("format") or {}
    if shape and body.get("structured_outputs"):
        raise Fault("Cannot specify both structured_outputs and text.format")
    if shape.get("type") == "json_schema":
        inner["response_format"] = {"type": "json_schema", "json_schema": {"name": shape["name"], "schema": shape["schema"]}}
    elif shape.get("type") == "json_object":
        inner["response_format"] = {"type": "json_object"}
    if _LOGPROBS in (body.get("include") or []):
        inner |= {"logprobs": True, "top_logprobs": body.get("top_logprobs") or 0}
    asked = fields.CHAT.check({**inner, **_chat_tools(body), "messages": _messages(body), "max_tokens": body.get("max_output_tokens")})
    tokens, params, answers = await chat.choices(app, asked)
    choice, used = answers[0], len(answers[0].pieces())
    part = {"type": "output_text", "text": choice.text(), "annotations": [], "logprobs": None if params.shown is None else logprobs(choice.parts, params.shown)}
    if choice.function:
        item = {"id": f"fc_{uuid.uuid4().hex}", "type": "function_call", "call_id": choice.call, "name": choice.function, "arguments": choice.text(), "status": "completed"}
    else:
        item = {"id": f"msg_{uuid.uuid4().hex}", "type": "message", "role": "assistant", "status": "completed", "content": [part]}
    cut = choice.reason == "length"
    told = {"id": f"resp_{uuid.uuid4().hex}", "object": "response", "created_at": int(time.time()), "model": model, "status": "incomplete" if cut else "completed",
            "output": [item], "error": None, "incomplete_details": {"reason": "max_output_tokens"} if cut else None, "instructions": body.get("instructions"),
            "metadata": body.get("metadata"), "parallel_tool_calls": True, "temperature": body.get("temperature", 1.0), "tool_choice": body.get("tool_choice", "auto"),
            "tools": body.get("tools") or [], "top_p": body.get("top_p", 1.0), "background": False, "max_output_tokens": params.longest, "previous_response_id": None,
            "usage": {"input_tokens": tokens, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": used,
                      "output_tokens_details": {"reasoning_tokens": len(choice.reasoning)}, "total_tokens": tokens + used}}
    if params.stream:
        await _stream(app, connection, told, item, part, tokens, params, answers)
    else:
        await generate(app.engine, tokens, answers, params)
        app.json(connection, told)


async def _stream(app, connection, told, item, part, tokens, params, answers):
    number, called = 0, item["type"] == "function_call"
    place = {"output_index": 0, "item_id": item["id"]}

    def send(kind, **more):
        nonlocal number
        connection.piece(f"event: {kind}\ndata: {json.dumps({'type': kind, 'sequence_number': number, **more}, ensure_ascii=False)}\n\n".encode("utf-8", "backslashreplace"))
        number += 1

    def first():
        connection.start()
        begun = {**told, "status": "in_progress", "output": [], "usage": None, "incomplete_details": None}
        send("response.created", response=begun)
        send("response.in_progress", response=begun)
        empty = {"arguments": ""} if called else {"content": []}
        send("response.output_item.added", output_index=0, item={**item, **empty, "status": "in_progress"})
        if not called:
            send("response.content_part.added", **place, content_index=0, part={**part, "text": ""})

    def reader(choice):
        thought, at = len(choice.reasoning), 0

        def on_piece(piece, last):
            nonlocal at
            at += 1
            if at <= thought:
                return
            if called:
                send("response.function_call_arguments.delta", **place, delta=piece)
            else:
                send("response.output_text.delta", **place, content_index=0, delta=piece, logprobs=[] if params.shown is None else logprobs([piece], params.shown))

        return on_piece

    await generate(app.engine, tokens, answers, params, reader, connection, first)
    if called:
        send("response.function_call_arguments.done", **place, name=item["name"], arguments=item["arguments"])
    else:
        send("response.output_text.done", **place, content_index=0, text=part["text"], logprobs=[])
        send("response.content_part.done", **place, content_index=0, part=part)
    send("response.output_item.done", output_index=0, item=item)
    send("response.completed", response=told)
    connection.end()
