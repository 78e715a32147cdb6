"""Tokenizer and answers of the fake engine. A token is four characters."""
import binascii
import json

import vllm

SIZE = 4
VOCABULARY = 131072
LOGPROB = -0.1
_FILLER = ("word", " and", " one", " more")
_LONGEST_ECHO = 1000
_known = {}


def pieces(text):
    return [text[at:at + SIZE] for at in range(0, len(text), SIZE)]


def count(text):
    return -(-len(text) // SIZE)


def token_id(piece):
    """The token id of a piece: deterministic, and stored for /detokenize."""
    number = binascii.crc32(piece.encode("utf-8", "surrogatepass")) % (VOCABULARY - 1000) + 1000
    if len(_known) < 1_000_000:
        _known[number] = piece
    return number


def likely(piece, most):
    """The most likely tokens at this position with their log probabilities: this one first, the others made up."""
    others = (f"{at:x}~" for at in range(most + 1))
    return [(piece, LOGPROB), *((other, LOGPROB - 3 - at) for at, other in enumerate(other for other in others if other != piece))][:most]


def text_of(ids):
    return "".join(_known.get(number, "\ufffd") for number in ids)


def answer(said, seen=""):
    if len(said) > _LONGEST_ECHO:
        said = said[:_LONGEST_ECHO] + "..."
    return f"This is a fake engine with the API of vLLM {vllm.__version__}, without a model. {seen}You said: {said}"


def tokenized(length, text, shown=False):
    """The response of /tokenize."""
    ids = [token_id(piece) for piece in pieces(text)]
    return {"count": len(ids), "max_model_len": length, "tokens": ids, "token_strs": pieces(text) if shown else None}


def stretched(parts, length):
    """parts, extended to length tokens with filler words, for requests with ignore_eos."""
    if len(parts) < length:
        parts = parts + [_FILLER[index % len(_FILLER)] for index in range(length - len(parts))]
    return parts[:length]


_encoded = {}


def encoded(piece):
    """The piece as JSON; cached, because benchmarks repeat the same pieces."""
    found = _encoded.get(piece)
    if found is None:
        if len(_encoded) > 50_000:
            _encoded.clear()
        found = _encoded[piece] = json.dumps(piece, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return found
