"""The parameters of a request, from a body that fields.py has checked."""
from vllm.fake import fields, words
from vllm.fake.errors import Fault, invalid


def check_trust(args, body):
    """Rejects members that are only allowed if the server trusts its clients."""
    if not args.trust_request_mm_kwargs:
        for name, told in (("mm_processor_kwargs", "multimodal preprocessing"), ("media_io_kwargs", "multimodal media loading")):
            if body.get(name):
                raise invalid(f"Per-request {name} are disabled by default because they can change {told} resource usage. Start the server with "
                              "--trust-request-mm-kwargs only when clients are trusted.", name)
    if not args.trust_request_chat_template and (body.get("chat_template") is not None or (body.get("chat_template_kwargs") or {}).get("chat_template") is not None):
        raise Fault("Chat template is passed with request, but --trust-request-chat-template is not set. Refused request with untrusted chat template.")


class Params:
    """longest: most tokens of the answer. shown: number of alternatives reported for each token; None: no probabilities."""

    def __init__(self, args, body, prompt_tokens, max_length, default=None):
        fields.check_ranges(body, args.max_logprobs)
        if body.get("priority") and args.scheduling_policy != "priority":
            raise Fault(f"Got priority {body['priority']} but Priority scheduling is not enabled.")
        self.n = body.get("n") or 1
        self.stream = bool(body.get("stream"))
        options = body.get("stream_options") or {}
        self.include_usage = bool(options.get("include_usage"))
        self.usage_always = self.include_usage and bool(options.get("continuous_usage_stats"))
        stop = body.get("stop") or []
        self.stop = [stop] if isinstance(stop, str) else stop
        self.ignore_end = bool(body.get("ignore_eos"))
        self.shortest = body.get("min_tokens") or 0
        asked = body.get("logprobs")
        shown = body.get("top_logprobs") or 0 if asked is True else asked
        self.shown = None if shown is None or shown is False else min(shown if shown >= 0 else words.VOCABULARY, args.max_logprobs % words.VOCABULARY)
        self._settle_length(body, prompt_tokens, max_length, default)

    def _settle_length(self, body, prompt_tokens, max_length, default):
        asked = body.get("max_completion_tokens")
        if asked is None:
            asked = body.get("max_tokens")
        if asked is None and default is not None:
            asked = default
        if asked is not None:
            if asked == 0 and default is not None and body.get("echo"):
                asked = 1
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
        if self.shortest > self.longest:
            raise Fault(f"min_tokens must be less than or equal to max_tokens={self.longest}, got {self.shortest}.")

    def cut(self, parts, whole=False):
        """The tokens of the answer, its finish reason, and the stop word that ended it. whole: the text is complete and must not be extended."""
        stretch = not whole and (self.ignore_end or self.shortest > len(parts))
        if stretch:
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
        elif stretch and self.ignore_end and met is None and len(parts) == self.longest:
            reason = "length"
        return parts, reason, met
