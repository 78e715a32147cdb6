"""/v1/embeddings, /v1/score and /v1/rerank of a pooling model. Without a model: vectors come from a checksum of the text, scores from the words that
two texts share."""
import array
import base64
import hashlib
import math
import re
import sys
import time
import uuid

from vllm.fake import words
from vllm.fake.engine import Sequence
from vllm.fake.errors import Fault, invalid, validation


def task(architecture):
    """The task of an architecture's pooler in vLLM; it decides which routes exist."""
    return "score" if "SequenceClassification" in architecture else "embed"


def _checked(app, tokens, purpose):
    if tokens > app.engine.max_length:
        raise invalid(f"This model's maximum context length is {app.engine.max_length} tokens. However, you requested {tokens} tokens in the input for {purpose}. "
                      "Please reduce the length of the input.", "input_tokens", tokens)
    return tokens


async def _run(app, counts):
    """Runs each input through the engine, which generates nothing."""
    if app.engine.queue_full():
        raise Fault("The server is overloaded: too many requests are in flight. Please try again later.", "ServiceUnavailableError", 503)
    for count in counts:
        sequence = Sequence(count, [])
        await app.engine.generate(sequence)
        app.engine.metrics.finished(sequence, "stop")


def _usage(tokens):
    return {"prompt_tokens": tokens, "total_tokens": tokens, "completion_tokens": 0, "prompt_tokens_details": None}


def _inputs(body):
    """Text and number of tokens of each input."""
    told = body.get("input")
    if not told and told != "":
        raise validation("missing", "input", "Field required", body)
    inputs = []
    for one in [told] if isinstance(told, str) or isinstance(told[0], int) else told:
        if isinstance(one, str):
            inputs.append((one, max(1, words.count(one))))
            continue
        if not one or max(one) >= words.VOCABULARY:
            raise Fault(f"Token id {max(one)} is out of vocabulary" if one else "The decoder prompt cannot be empty")
        inputs.append((words.text_of(one), len(one)))
    return inputs


def _vector(text, width):
    """The vector of a text: of length 1, and deterministic."""
    numbers, block = [], text.encode("utf-8", "surrogatepass")
    while len(numbers) < width:
        block = hashlib.sha256(block).digest()
        numbers += [byte - 127.5 for byte in block]
    numbers = numbers[:width]
    length = math.sqrt(sum(number * number for number in numbers))
    return [number / length for number in numbers]


def _base64(numbers):
    packed = array.array("f", numbers)
    if sys.byteorder == "big":
        packed.byteswap()
    return base64.b64encode(packed.tobytes()).decode()


async def embeddings(app, body, connection):
    model = app.check_model(body)
    inputs = _inputs(body)
    form = body.get("encoding_format", "float")
    if body.get("dimensions") is not None:
        raise Fault(f'Model "{model}" does not support matryoshka representation, changing output dimensions will lead to poor results.')
    counts = [_checked(app, count, "embedding generation") for _, count in inputs]
    await _run(app, counts)
    vectors = [_vector(text, app.width) for text, _ in inputs]
    app.json(connection, {"id": f"embd-{uuid.uuid4().hex}", "object": "list", "created": int(time.time()), "model": model, "data": [
        {"index": at, "object": "embedding", "embedding": _base64(vector) if form == "base64" else vector} for at, vector in enumerate(vectors)],
        "usage": _usage(sum(counts))})


def _alike(one, other):
    """Share of the words that two texts have in common."""
    first, second = (set(re.findall(r"\w+", text.lower())) for text in (one, other))
    return len(first & second) / len(first | second) if first | second else 1.0


def _texts(body, *names):
    """The texts of the first of these members that is in the body."""
    name = next((name for name in names if body.get(name) is not None), None)
    if name is None:
        raise validation("missing", names[0], "Field required", body)
    told = [body[name]] if isinstance(body[name], str) else body[name]
    if not told:
        raise Fault("At least one text element must be given")
    return told


async def score(app, body, connection):
    model = app.check_model(body)
    first, second = _texts(body, "queries", "data_1", "text_1"), _texts(body, "documents", "items", "data_2", "text_2")
    if len(first) > 1 and len(first) != len(second):
        raise Fault("Input lengths must be either 1:1, 1:N or N:N")
    first = first * len(second) if len(first) == 1 else first
    counts = [_checked(app, words.count(one) + words.count(other) + 1, "score") for one, other in zip(first, second)]
    await _run(app, counts)
    app.json(connection, {"id": f"score-{uuid.uuid4().hex}", "object": "list", "created": int(time.time()), "model": model, "data": [
        {"index": at, "object": "score", "score": _alike(*pair)} for at, pair in enumerate(zip(first, second))], "usage": _usage(sum(counts))})


async def rerank(app, body, connection):
    model = app.check_model(body)
    query, documents = body["query"], _texts(body, "documents")
    counts = [_checked(app, words.count(query) + words.count(text) + 1, "score") for text in documents]
    await _run(app, counts)
    ranked = sorted(({"index": at, "document": {"text": text, "multi_modal": None}, "relevance_score": _alike(query, text)} for at, text in enumerate(documents)),
                    key=lambda result: -result["relevance_score"])
    most = body.get("top_n") or len(ranked)
    tokens = sum(counts)
    app.json(connection, {"id": f"rerank-{uuid.uuid4().hex}", "model": model, "usage": {"prompt_tokens": tokens, "total_tokens": tokens}, "results": ranked[:most]})
