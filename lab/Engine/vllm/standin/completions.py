"""/v1/completions."""
import json
import time
import uuid

from vllm.standin import words
from vllm.standin.errors import Fault, validation
from vllm.standin.generation import Choice, generate, usage
from vllm.standin.params import Params

_DEFAULT = 16


def _prompts(body):
    """Each prompt as its text and its number of tokens."""
    prompt = body.get("prompt")
    if prompt is None or prompt == []:
        raise Fault("Either prompt or prompt_embeds must be provided and non-empty.")
    if isinstance(prompt, str):
        return [(prompt, words.count(prompt))]
    if isinstance(prompt, list):
        if all(isinstance(part, str) for part in prompt):
            return [(part, words.count(part)) for part in prompt]
        if all(isinstance(part, int) for part in prompt):
            return [(words.text_of(_in_vocabulary(prompt)), len(prompt))]
        if all(isinstance(part, list) and part and all(isinstance(number, int) for number in part) for part in prompt):
            return [(words.text_of(_in_vocabulary(part)), len(part)) for part in prompt]
    raise validation("string_type", "prompt", "Input should be a valid string", prompt)


def _in_vocabulary(ids):
    for number in ids:
        if not 0 <= number < words.VOCABULARY:
            raise Fault(f"Token id {number} is out of vocabulary")
    return ids


def _logprobs(parts):
    offsets, at = [], 0
    for part in parts:
        offsets.append(at)
        at += len(part)
    return {"text_offset": offsets, "token_logprobs": [-0.1] * len(parts), "tokens": parts, "top_logprobs": [{part: -0.1} for part in parts]}


async def complete(app, body, connection):
    model = app.check_model(body)
    prompts = _prompts(body)
    if body.get("suffix"):
        raise Fault("suffix is not currently supported")
    answers, tokens, params = [], 0, None
    for text, count in prompts:
        tokens += count
        params = Params(body, max(1, count), app.engine.max_length, _DEFAULT)
        parts, reason, met = params.cut(words.pieces(words.answer(text)))
        said = words.pieces(text) if body.get("echo") else []
        answers += [Choice(len(answers) + index, [], said + parts, reason, met, echoed=len(said)) for index in range(params.n)]
    head = {"id": f"cmpl-{uuid.uuid4().hex[:32]}", "object": "text_completion", "created": int(time.time()), "model": model}
    if params.stream:
        await _stream(app, body, connection, head, tokens, params, answers)
        return
    await generate(app.engine, tokens, answers, params)
    shown = body.get("logprobs") is not None
    app.json(connection, {**head, "choices": [
        {"index": choice.index, "text": choice.text(), "logprobs": _logprobs(choice.parts) if shown else None, "finish_reason": choice.reason, "stop_reason": choice.met,
         "token_ids": None, "prompt_logprobs": None, "prompt_token_ids": None} for choice in answers],
        "service_tier": None, "system_fingerprint": app.fingerprint, "usage": usage(tokens, answers, app.args), "kv_transfer_params": None})


async def _stream(app, body, connection, head, tokens, params, answers):
    start = json.dumps(head, ensure_ascii=False, separators=(",", ":"))[:-1].encode()

    def reader(choice):
        opening = b'data: %b,"choices":[{"index":%d,"text":' % (start, choice.index)
        plain = b',"logprobs":null,"finish_reason":null,"stop_reason":null,"token_ids":null}]}\n\n'
        ending = b',"logprobs":null,"finish_reason":%b,"stop_reason":%b,"token_ids":null}]}\n\n' % (json.dumps(choice.reason).encode(), json.dumps(choice.met).encode())
        piece_out, encoded = connection.piece, words.encoded

        def on_piece(piece, last):
            piece_out(opening + encoded(piece) + (ending if last else plain))

        return on_piece

    await generate(app.engine, tokens, answers, params, reader, connection.stalled, connection.start)
    if params.include_usage or app.args.enable_force_include_usage:
        connection.piece(b'data: %b,"choices":[],"usage":%b}\n\n' % (start, json.dumps(usage(tokens, answers, app.args)).encode()))
    connection.piece(b"data: [DONE]\n\n")
    connection.end()
