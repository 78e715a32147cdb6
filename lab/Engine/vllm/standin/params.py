"""The fields of a request that say how to answer: their types, their ranges, and how long the answer may be."""
import os

from vllm.standin import words
from vllm.standin.errors import Fault, invalid, validation

_NUMBERS = ("temperature", "top_p", "min_p", "presence_penalty", "frequency_penalty", "repetition_penalty", "length_penalty")
_WHOLE = ("n", "max_tokens", "max_completion_tokens", "min_tokens", "top_k", "seed", "top_logprobs", "truncate_prompt_tokens")
_MOST_LOGPROBS = 20  # --max-logprobs
_FLAGS = ("stream", "echo", "ignore_eos", "parallel_tool_calls", "add_generation_prompt", "continue_final_message")


def _check_types(body):
    for name in _NUMBERS:
        value = body.get(name)
        if isinstance(value, str):
            raise validation("float_parsing", name, "Input should be a valid number, unable to parse string as a number", value)
        if value is not None and not isinstance(value, (int, float)):
            raise validation("float_type", name, "Input should be a valid number", value)
    for name in _WHOLE:
        value = body.get(name)
        if isinstance(value, str):
            try:
                body[name] = int(value)
            except ValueError:
                raise validation("int_parsing", name, "Input should be a valid integer, unable to parse string as an integer", value) from None
        elif isinstance(value, float) and not value.is_integer():
            raise validation("int_from_float", name, "Input should be a valid integer, got a number with a fractional part", value)
        elif value is not None and not isinstance(value, (int, float)):
            raise validation("int_type", name, "Input should be a valid integer", value)
    for name in _FLAGS:
        value = body.get(name)
        if value is not None and value not in (True, False, "true", "false", 0, 1):
            raise validation("bool_parsing", name, "Input should be a valid boolean, unable to interpret input", value)
    stop = body.get("stop")
    if stop is not None and not isinstance(stop, str) and not (isinstance(stop, list) and all(isinstance(word, str) for word in stop)):
        raise validation("string_type", "stop", "Input should be a valid string", stop)
    if not isinstance(body.get("stream_options") or {}, dict):
        raise validation("model_attributes_type", "stream_options", "Input should be a valid dictionary or object to extract fields from", body["stream_options"])


class Params:
    """How one request wants to be answered. longest: tokens that the answer may have at most."""

    def __init__(self, body, prompt_tokens, max_length, default=None):
        _check_types(body)
        self.n = 1 if body.get("n") is None else int(body["n"])
        most = int(os.environ.get("VLLM_MAX_N_SEQUENCES", 16384))
        if self.n < 1:
            raise Fault(f"n must be at least 1, got {self.n}.")
        if self.n > most:
            raise Fault(f"n must be at most {most}, got {self.n}. To increase this limit, set the VLLM_MAX_N_SEQUENCES environment variable.")
        temperature = body.get("temperature")
        if temperature is not None and temperature < 0:
            raise invalid(f"temperature must be non-negative, got {temperature}.", "temperature", temperature)
        if temperature == 0 and self.n > 1:
            raise Fault(f"n must be 1 when using greedy sampling, got {self.n}.")
        top_p = body.get("top_p")
        if top_p is not None and not 0 < top_p <= 1:
            raise invalid(f"top_p must be in (0, 1], got {top_p}.", "top_p", top_p)
        for name in ("presence_penalty", "frequency_penalty"):
            value = body.get(name)
            if value is not None and not -2 <= value <= 2:
                raise Fault(f"{name} must be in [-2, 2], got {value}.")
        if default is None:
            self._check_logprobs(body)
        self.stream = body.get("stream") in (True, "true", 1)
        options = body.get("stream_options") or {}
        if options and not self.stream:
            raise invalid("Stream options can only be defined when `stream=True`.", "stream_options")
        self.include_usage = bool(options.get("include_usage"))
        self.usage_always = self.include_usage and bool(options.get("continuous_usage_stats"))
        stop = body.get("stop") or []
        self.stop = [stop] if isinstance(stop, str) else stop
        if "" in self.stop:
            raise Fault("stop cannot contain an empty string.")
        self.ignore_end = bool(body.get("ignore_eos"))
        self.shortest = int(body.get("min_tokens") or 0)
        self._settle_length(body, prompt_tokens, max_length, default)

    @staticmethod
    def _check_logprobs(body):
        most = body.get("top_logprobs")
        if most is None:
            return
        if most < 0 and most != -1:
            raise invalid("`top_logprobs` must be a positive value or -1.", "top_logprobs", most)
        if most != 0 and not body.get("logprobs"):
            raise invalid("when using `top_logprobs`, `logprobs` must be set to true.", "top_logprobs")
        if most > _MOST_LOGPROBS:
            raise invalid(f"Requested sample logprobs of {most}, which is greater than max allowed: {_MOST_LOGPROBS}", "logprobs", most)

    def _settle_length(self, body, prompt_tokens, max_length, default):
        asked = body.get("max_completion_tokens")
        if asked is None:
            asked = body.get("max_tokens", default)
        if asked is None and default is not None:
            asked = default
        if asked is not None:
            asked = int(asked)
            if asked < 1:
                raise invalid(f"max_tokens must be at least 1, got {asked}.", "max_tokens", asked)
            if asked > max_length:
                raise invalid(f"max_tokens={asked} cannot be greater than max_model_len=max_total_tokens={max_length}. Please request fewer output tokens.", "max_tokens", asked)
        wanted = asked or 0
        if prompt_tokens + wanted > max_length or prompt_tokens >= max_length:
            raise invalid(f"This model's maximum context length is {max_length} tokens. However, you requested {wanted} output tokens and your prompt contains at least "
                          f"{prompt_tokens} input tokens, for a total of at least {prompt_tokens + wanted} tokens. Please reduce the length of the input prompt or the number of "
                          "requested output tokens.", "input_tokens", prompt_tokens)
        self.longest = asked if asked is not None else max_length - prompt_tokens
        self.bounded = asked is not None
        if self.shortest > self.longest:
            raise invalid(f"min_tokens must be less than or equal to max_tokens={self.longest}, got {self.shortest}.", "min_tokens", self.shortest)

    def cut(self, parts):
        """The tokens to give, why they end, and the stop word that ended them."""
        if self.ignore_end or self.shortest > len(parts):
            parts = words.stretched(parts, self.longest if self.ignore_end else self.shortest)
        reason, met = "stop", None
        if self.stop:
            text = "".join(parts)
            places = [(text.find(word), word) for word in self.stop if word in text]
            if places:
                at, met = min(places)
                parts = words.pieces(text[:at]) or [""]
        if len(parts) > self.longest:
            parts, reason, met = parts[:self.longest], "length", None
        elif self.ignore_end and met is None and len(parts) == self.longest:
            reason = "length"
        return parts, reason, met
