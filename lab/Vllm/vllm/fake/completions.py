"""/v1/completions."""
import json
import time
import uuid

from vllm.fake import structured, words
from vllm.fake.errors import Fault
from vllm.fake.generation import Choice, generate, usage
from vllm.fake.params import Params

_DEFAULT = 16


def _prompts(body):
    """Text and number of tokens of each prompt."""
    prompt = body.get("prompt")
    if not prompt:
        raise Fault("You must set `--enable-prompt-embeds` to input `prompt_embeds`")
    prompts = [prompt] if isinstance(prompt, str) or isinstance(prompt[0], int) else prompt
    if [] in prompts:
        raise Fault("The decoder prompt cannot be empty")
    return [(part, words.count(part)) if isinstance(part, str) else (words.text_of(_in_vocabulary(part)), len(part)) for part in prompts]


def _in_vocabulary(ids):
    for number in ids:
        if not 0 <= number < words.VOCABULARY:
            raise Fault(f"Token id {number} is out of vocabulary")
    return ids


def _logprobs(parts, most, at=0):
    """Always includes the generated token, even if it is not among the most likely ones."""
    offsets = []
    for part in parts:
        offsets.append(at)
        at += len(part)
    return {"text_offset": offsets, "token_logprobs": [words.LOGPROB] * len(parts), "tokens": parts, "top_logprobs": [dict(words.likely(part, max(1, most))) for part in parts]}


async def complete(app, body, connection):
    model = app.check_model(body)
    prompts = _prompts(body)
    if body.get("suffix"):
        raise Fault("suffix is not currently supported")
    answers, tokens, params = [], 0, None
    for text, count in prompts:
        tokens += count
        params = Params(app.args, body, max(1, count), app.engine.max_length, _DEFAULT)
        fixed = structured.text(body, text)
        parts, reason, met = params.cut(words.pieces(words.answer(text) if fixed is None else fixed), fixed is not None)
        said = words.pieces(text) if body.get("echo") else []
        answers += [Choice(len(answers) + index, [], said + parts, reason, met, echoed=len(said)) for index in range(params.n)]
    head = {"id": f"cmpl-{uuid.uuid4().hex[:32]}", "object": "text_completion", "created": int(time.time()), "model": model}
    if params.stream:
        await _stream(app, connection, head, tokens, params, answers)
        return
    await generate(app.engine, tokens, answers, params)
    app.json(connection, {**head, "choices": [
        {"index": choice.index, "text": choice.text(), "logprobs": None if params.shown is None else _logprobs(choice.parts, params.shown), "finish_reason": choice.reason, "stop_reason": choice.met,
         "token_ids": None, "prompt_logprobs": None, "prompt_token_ids": None} for choice in answers],
        "service_tier": None, "system_fingerprint": app.fingerprint, "usage": usage(tokens, answers, app.args), "kv_transfer_params": None})


async def _stream(app, connection, head, tokens, params, answers):
    start = json.dumps(head, ensure_ascii=False, separators=(",", ":"))[:-1].encode()

    def reader(choice):
        opening = b'data: %b,"choices":[{"index":%d,"text":' % (start, choice.index)
        plain = b',"logprobs":null,"finish_reason":null,"stop_reason":null,"token_ids":null}]}\n\n'
        ending = b',"logprobs":null,"finish_reason":%b,"stop_reason":%b,"token_ids":null}]}\n\n' % (json.dumps(choice.reason).encode(), json.dumps(choice.met).encode())
        piece_out, encoded, shown, at = connection.piece, words.encoded, params.shown, 0

        def on_piece(piece, last):
            nonlocal at
            end = ending if last else plain
            if shown is not None:
                end = end.replace(b"null", json.dumps(_logprobs([piece], shown, at), ensure_ascii=False).encode("utf-8", "backslashreplace"), 1)
                at += len(piece)
            piece_out(opening + encoded(piece) + end)

        return on_piece

    await generate(app.engine, tokens, answers, params, reader, connection, connection.start)
    if params.include_usage or app.args.enable_force_include_usage:
        connection.piece(b'data: %b,"choices":[],"usage":%b}\n\n' % (start, json.dumps(usage(tokens, answers, app.args)).encode()))
    connection.piece(b"data: [DONE]\n\n")
    connection.end()
