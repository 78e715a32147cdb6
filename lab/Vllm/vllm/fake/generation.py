"""Sends a known answer token by token."""
import asyncio

from vllm.fake import words

from vllm.fake.engine import Sequence
from vllm.fake.errors import Fault


class Choice:
    """One answer. reasoning and parts are token texts, of which the first `echoed` belong to the prompt; function and call are those of a tool call."""

    def __init__(self, index, reasoning, parts, reason, met=None, function=None, call=None, echoed=0):
        self.echoed = echoed
        self.index, self.reasoning, self.parts, self.reason, self.met, self.function, self.call = index, reasoning, parts, reason, met, function, call

    def pieces(self):
        return self.reasoning + self.parts or [""]

    def text(self):
        return "".join(self.parts)

    def tool_call(self):
        return {"id": self.call, "type": "function", "function": {"name": self.function, "arguments": self.text()}}


async def generate(engine, tokens, answers, params, reader=None, connection=None, first=None):
    """Returns when all answers are sent. For a stream, reader(choice) returns the callback for its tokens; first is called once the
    requests are accepted."""
    if engine.queue_full():
        raise Fault("The server is overloaded: too many requests are in flight. Please try again later.", "ServiceUnavailableError", 503)
    engine.metrics.asked(params.n, params.longest)
    sequences = [Sequence(tokens, choice.pieces(), reader and reader(choice), connection) for choice in answers]
    if first is not None:
        first()
    if len(sequences) == 1:
        await engine.generate(sequences[0])
    else:
        await asyncio.gather(*(engine.generate(sequence) for sequence in sequences))
    for sequence, choice in zip(sequences, answers):
        engine.metrics.finished(sequence, "length" if choice.reason == "length" else "stop")
    for sequence in sequences:
        await sequence.told()


def usage(tokens, answers, args):
    made = sum(len(choice.pieces()) - choice.echoed for choice in answers)
    return {"prompt_tokens": tokens, "total_tokens": tokens + made, "completion_tokens": made,
            "prompt_tokens_details": {"cached_tokens": 0} if args.enable_prompt_tokens_details else None}


def _logprob(token, logprob):
    return {"token": token, "logprob": logprob, "bytes": list(token.encode("utf-8", "surrogatepass"))}


def logprobs(parts, most):
    """Log probabilities of each token and of the most likely ones in its place: itself, and made-up others."""
    return [{**_logprob(part, words.LOGPROB), "top_logprobs": [_logprob(*one) for one in words.likely(part, most)]} for part in parts]
