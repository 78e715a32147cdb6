"""The one table of what a request may contain: members with their types, ranges of sampling parameters, and relations between members.
In vLLM's order: first relations, on the raw body; then types; ranges when the request is read (params.py)."""
import math
import os
import re

from vllm.fake import words
from vllm.fake.errors import Fault, invalid, relation, violations
from vllm.fake.shapes import INT64, anything, either, literal, many, model, number, optional, ruled, table, text, truth, whole
from vllm.fake.shapes import words as sized


def environment(name, default):
    return int(os.environ.get(name) or default)


def _one_constraint(told):
    """The check of vLLM's StructuredOutputsParams."""
    given = [name for name in ("json", "regex", "choice", "grammar", "json_object", "structural_tag") if told.get(name) is not None]
    if len(given) == 1:
        return None
    return "You " + ("can only use one kind of structured outputs constraint but multiple are specified: " if given
                     else "must use one kind of structured outputs constraint but none are specified: ") + ascii({name: told.get(name) for name in given})


_WHOLE, _PLAIN, _NUMBER = optional(whole()), optional(text), optional(number)
_LONG = optional(whole(*INT64))
_IDS = optional(many(whole()))
_STOP = optional(either(text, many(text, lambda: environment("VLLM_MAX_STOP_STRINGS", 4))))
_OBJECT = optional(table())
_SCHEMA = model({"name": text, "description": _PLAIN, "schema": _OBJECT, "strict": optional(truth)}, ("name",))
_STRUCTURES = model({"type": literal("structural_tag"), "structures": many(model({"begin": text, "end": text, "schema": _OBJECT}, ("begin", "end"))),
                     "triggers": many(text)}, ("type", "structures", "triggers"))
_FORMAT = optional(either(("ResponseFormat", model({"type": literal("text", "json_object", "json_schema"), "json_schema": optional(_SCHEMA)}, ("type",))),
                          ("StructuralTagResponseFormat", model({"type": literal("structural_tag"), "format": anything}, ("type", "format"))),
                          ("LegacyStructuralTagResponseFormat", _STRUCTURES)))
_STRUCTURED = optional(model({"json": optional(either(text, table())), "regex": _PLAIN, "choice": optional(many(text)), "grammar": _PLAIN, "json_object": optional(truth),
                              "disable_any_whitespace": truth, "disable_additional_properties": truth, "whitespace_pattern": _PLAIN, "structural_tag": _PLAIN},
                             finish=_one_constraint))

_SAMPLING = {
    "model": _PLAIN, "frequency_penalty": _NUMBER, "logit_bias": optional(table(number)), "max_tokens": _WHOLE, "n": _WHOLE, "presence_penalty": _NUMBER,
    "seed": _LONG, "stop": _STOP, "stream": optional(truth),
    "stream_options": optional(model({"include_usage": optional(truth), "continuous_usage_stats": optional(truth)})), "temperature": _NUMBER, "top_p": _NUMBER,
    "user": _PLAIN, "use_beam_search": truth, "top_k": _WHOLE, "min_p": _NUMBER, "repetition_penalty": _NUMBER, "length_penalty": number, "stop_token_ids": _IDS,
    "include_stop_str_in_output": truth, "ignore_eos": truth, "min_tokens": whole(), "skip_special_tokens": truth, "spaces_between_special_tokens": truth,
    "truncate_prompt_tokens": optional(whole(-1, INT64[1])), "truncation_side": optional(literal("left", "right")), "prompt_logprobs": _WHOLE,
    "logprob_token_ids": optional(many(whole(), least=1)), "allowed_token_ids": _IDS, "bad_words": many(text), "add_special_tokens": truth, "response_format": _FORMAT,
    "structured_outputs": _STRUCTURED, "priority": whole(*INT64), "request_id": text, "session_id": _PLAIN, "return_tokens_as_token_ids": optional(truth),
    "return_token_ids": optional(truth), "cache_salt": optional(sized(1, 1024)), "kv_transfer_params": _OBJECT, "ec_transfer_params": _OBJECT,
    "vllm_xargs": optional(table(either(text, whole(), number, many(either(text, whole(), number))))), "thinking_token_budget": _WHOLE,
    "stream_interval": optional(whole(1)), "repetition_detection": optional(model({"max_pattern_size": whole(), "min_pattern_size": whole(), "min_count": whole()})),
}
_CALL = model({"id": text, "type": literal("function"), "function": model({"name": text, "arguments": text}, ("name", "arguments"))}, ("id", "function"))
_PART = either(text, model({"type": text, "text": optional(text)}))
MESSAGE = model({"role": text, "content": optional(either(text, many(_PART))), "name": _PLAIN, "tool_call_id": _PLAIN,
                 "tool_calls": optional(many(_CALL)), "reasoning": _PLAIN, "prefix": optional(truth)}, ("role",))
_TOOL = model({"type": literal("function"), "function": model({"name": text, "description": _PLAIN, "parameters": _OBJECT, "strict": optional(truth)}, ("name",))}, ("function",))
_TEMPLATE = {"add_generation_prompt": truth, "continue_final_message": truth, "chat_template": _PLAIN, "chat_template_kwargs": _OBJECT,
             "media_io_kwargs": optional(table(table())), "mm_processor_kwargs": _OBJECT, "tools": optional(many(_TOOL))}
_CHAT = {
    **_SAMPLING, **_TEMPLATE, "messages": many(MESSAGE), "logprobs": optional(truth), "top_logprobs": _WHOLE, "max_completion_tokens": _WHOLE,
    "tool_choice": optional(either(literal("none"), literal("auto"), literal("required"),
                                   ("ChatCompletionNamedToolChoiceParam", model({"type": literal("function"), "function": model({"name": text}, ("name",))}, ("function",))))),
    "reasoning_effort": optional(literal("none", "minimal", "low", "medium", "high", "xhigh", "max")), "include_reasoning": truth, "parallel_tool_calls": optional(truth),
    "echo": truth, "documents": optional(many(table(text))),
}
_PROMPT = optional(either(many(whole(0)), many(many(whole(0))), text, many(text)))
_BLOCK = model({"type": literal("text", "image", "tool_use", "tool_result", "tool_reference", "thinking", "redacted_thinking"), "text": _PLAIN, "source": _OBJECT, "id": _PLAIN,
                "tool_use_id": _PLAIN, "name": _PLAIN, "input": _OBJECT, "content": optional(either(text, many(table()))), "thinking": _PLAIN}, ("type",))
_ANTHROPIC = {
    "model": ruled(text, bool, "Model is required"), "messages": many(model({"role": literal("user", "assistant", "system"), "content": either(text, many(_BLOCK))}, ("role", "content"))),
    "system": optional(either(text, many(_BLOCK))),
    "tools": optional(many(model({"name": text, "description": _PLAIN, "input_schema": table(), "strict": optional(truth)}, ("name", "input_schema")))),
    "tool_choice": optional(model({"type": literal("auto", "any", "tool", "none"), "name": _PLAIN}, ("type",),
                                  lambda told: None if told["type"] != "tool" or told.get("name") else "tool_choice.name is required when type is 'tool'")),
}
_TEXTS = either(text, many(text))
_SCORED = {"model": _PLAIN, "truncate_prompt_tokens": optional(whole(-1)), "priority": whole(*INT64), "top_n": whole()}


def _check_choice(body, _):
    if body.get("tools") == []:
        raise relation("`tools` must not be an empty array. Either provide at least one tool or omit the field entirely.", "tools", body)
    wish, usage = body.get("tool_choice"), 'Correct usage: `{"type": "function", "function": {"name": "my_function"}}`'
    if wish is None or wish == "none":
        return
    if body.get("tools") is None:
        raise relation("When using `tool_choice`, `tools` must be set.", "tool_choice", body)
    if not isinstance(wish, dict):
        if wish not in ("auto", "required"):
            raise relation(f'Invalid value for `tool_choice`: {ascii(wish)}! Only named tools, "none", "auto" or "required" are supported.', "tool_choice", body)
        return
    function = wish.get("function")
    if not isinstance(function, dict):
        raise relation(f"Invalid value for `function`: `{ascii(function)}` in `tool_choice`! {usage}", "tool_choice.function", body)
    if "name" not in function:
        raise relation(f"Expected field `name` in `function` in `tool_choice`! {usage}", "tool_choice.function.name", body)
    if not isinstance(function["name"], str) or not function["name"]:
        raise relation(f"Invalid `name` in `function`: `{ascii(function['name'])}` in `tool_choice`! {usage}", "tool_choice.function.name", body)
    tools = [tool.get("function") for tool in body["tools"] if isinstance(tool, dict)] if isinstance(body["tools"], list) else []
    if function["name"] not in [tool.get("name") for tool in tools if isinstance(tool, dict)]:
        raise relation("The tool specified in `tool_choice` does not match any of the specified `tools`", "tool_choice", body)


def _check_structured(body, chat):
    told = body.get("structured_outputs")
    if not isinstance(told, dict):
        return
    count = sum(told.get(name) is not None for name in ("json", "regex", "choice"))
    if count > 1:
        raise relation("You can only use one kind of constraints for structured outputs ('json', 'regex' or 'choice').", None if chat else "structured_outputs", body)
    if chat and count and body.get("tool_choice", "none") not in ("none", "auto", "required"):
        raise relation("You can only either use constraints for structured outputs or tools, not both.", None, body)


def _check_logprobs(body, chat):
    name = "top_logprobs" if chat else "logprobs"
    if isinstance(wanted := body.get("logprob_token_ids"), list):
        if not wanted:
            raise relation("`logprob_token_ids` must not be an empty list.", "logprob_token_ids", body)
        if not body.get("logprobs") if chat else body.get("logprobs") is None:
            raise relation(f"when using `logprob_token_ids`, `logprobs` must be set{' to true' if chat else ''}.", "logprob_token_ids", body)
    for field in ("prompt_logprobs", name):
        value = body.get(field)
        if value is None:
            continue
        if not isinstance(value, (int, float)):
            raise relation(f"`{field}` must be an integer.", field, body, ascii(value))
        if field == "prompt_logprobs" and body.get("stream") and (value > 0 or value == -1):
            raise relation("`prompt_logprobs` are not available when `stream=True`.", field, body)
        if value < 0 and value != -1:
            raise relation(f"`{field}` must be a positive value or -1.", field, body, value)
    most = body.get("top_logprobs")
    if chat and most is not None and (most == -1 or most > 0) and not body.get("logprobs"):
        raise relation("when using `top_logprobs`, `logprobs` must be set to true.", "top_logprobs", body)


def _check_options(body, _):
    if body.get("stream_options") and not body.get("stream"):
        raise relation("Stream options can only be defined when `stream=True`.", "stream_options", body)


def _check_format(body, _):
    told = body.get("response_format")
    if isinstance(told, dict) and told.get("type") == "json_schema" and told.get("json_schema") is None:
        raise relation("When response_format type is 'json_schema', the 'json_schema' field must be provided.", "response_format", body)


def _check_salt(body, _):
    salt = body.get("cache_salt")
    if salt is not None and (not isinstance(salt, str) or not salt):
        raise relation("Parameter 'cache_salt' must be a non-empty string if provided.", "cache_salt", body)
    if salt is not None and (len(salt) > 128 or set("@/\\\0") & set(salt)):
        raise relation("Parameter 'cache_salt' must be at most 128 characters and must not contain '@', '/', '\\\\', or NUL.", "cache_salt", body)


def _check_both(body, _):
    if body.get("continue_final_message") and body.get("add_generation_prompt"):
        raise relation("Cannot set both `continue_final_message` and `add_generation_prompt` to True.", None, body)


def _check_prompts(body, _):
    prompts, most = body.get("prompt"), environment("VLLM_MAX_COMPLETION_PROMPTS", 1024)
    if isinstance(prompts, list) and not all(isinstance(part, int) for part in prompts) and len(prompts) > most:
        raise relation(f"prompt list length {len(prompts)} exceeds the maximum allowed count of {most}. To increase this limit, set the VLLM_MAX_COMPLETION_PROMPTS "
                       "environment variable.", "prompt", body)
    if prompts in (None, "", []) and body.get("prompt_embeds") in (None, []):
        raise relation("Either prompt or prompt_embeds must be provided and non-empty.", "prompt", body)


def _check_background(body, _):
    if body.get("background") and not body.get("store", True):
        raise relation("background can only be used when `store` is true", None, body)
    if body.get("prompt") is not None:
        raise relation("prompt template is not supported", "prompt", body)


class Request:
    """One kind of request. check returns the body for all later code, without meaningless members, or raises vLLM's error."""

    def __init__(self, members, required=(), relations=(), chat=False):
        self.relations, self.chat, self.known = relations, chat, () if callable(members) else members
        self.shape = members if callable(members) else model(members, required)

    def check(self, body):
        if isinstance(body, dict):
            for holds in self.relations:
                holds(body, self.chat)
        told, wrong = self.shape(body, "")
        if wrong:
            raise violations(wrong)
        return {name: told[name] for name in self.known if name in told} if self.known else told


_COMMON = (_check_structured, _check_logprobs, _check_options, _check_format, _check_salt)
CHAT = Request(_CHAT, ("messages",), (_check_both, _check_choice, *_COMMON), True)
BATCH = Request({**_CHAT, "messages": many(many(MESSAGE, least=1), least=1)}, ("messages",), _COMMON, True)
COMPLETION = Request({**_SAMPLING, "prompt": _PROMPT, "echo": optional(truth), "logprobs": _WHOLE, "suffix": _PLAIN, "n": whole()}, (), (_check_prompts, *_COMMON))
RESPONSES = Request({
    **{name: _SAMPLING[name] for name in ("model", "logit_bias", "temperature", "top_p", "top_k", "stream", "stop", "seed", "repetition_penalty", "ignore_eos", "user",
                                          "priority", "structured_outputs", "vllm_xargs", "request_id", "cache_salt")},
    "input": either(text, many(table())), "instructions": _PLAIN, "max_output_tokens": _WHOLE, "max_tool_calls": _WHOLE, "metadata": optional(table(text)),
    "include": optional(many(text)), "previous_response_id": _PLAIN, "background": optional(truth), "store": optional(truth), "top_logprobs": _WHOLE,
    "reasoning": optional(model({"effort": optional(literal("none", "minimal", "low", "medium", "high", "xhigh", "max"))})), "mm_processor_kwargs": _OBJECT,
    "parallel_tool_calls": optional(truth), "service_tier": literal("auto", "default", "flex", "scale", "priority"), "truncation": optional(literal("auto", "disabled")),
    "text": optional(model({"format": optional(either(model({"type": literal("text", "json_object")}, ("type",)),
                                                      model({"type": literal("json_schema"), "name": text, "schema": table()}, ("type", "name", "schema"))))})),
    "tools": many(model({"type": text}, ("type",))), "tool_choice": either(literal("none", "auto", "required"), model({"type": text}, ("type",))),
}, ("input",), (_check_background, _check_salt))
MESSAGES = Request({**_ANTHROPIC, "max_tokens": ruled(whole(), lambda most: most > 0, "max_tokens must be positive"), "metadata": _OBJECT, "stop_sequences": optional(many(text)), "stream": optional(truth), "temperature": _NUMBER, "top_k": _WHOLE,
                    "top_p": _NUMBER, "chat_template_kwargs": _OBJECT,
                    "output_config": optional(model({"effort": optional(literal("low", "medium", "high", "xhigh", "max")),
                                                     "format": optional(model({"type": literal("json_schema"), "schema": _OBJECT}))}))}, ("model", "messages", "max_tokens"))
COUNT = Request(_ANTHROPIC, ("model", "messages"))
TOKENIZE = Request(either(("TokenizeCompletionRequest", model({"model": _PLAIN, "prompt": text, "add_special_tokens": truth, "return_token_strs": optional(truth)}, ("prompt",))),
                          ("TokenizeChatRequest", model({**_TEMPLATE, "model": _PLAIN, "messages": many(MESSAGE), "return_token_strs": optional(truth)}, ("messages",)))), (), (_check_both,))
DETOKENIZE = Request({"model": _PLAIN, "tokens": many(whole(0, INT64[1]))}, ("tokens",))
TOKENS = Request({"model": _PLAIN, "token_ids": many(whole(0)), "sampling_params": _OBJECT, "stream": optional(truth)}, ("token_ids",))
EMBEDDING = Request({**_SCORED, "input": _PROMPT, "dimensions": _WHOLE, "encoding_format": literal("float", "base64", "bytes", "bytes_only")})
SCORE = Request({**_SCORED, **dict.fromkeys(("queries", "documents", "items", "data_1", "data_2", "text_1", "text_2"), optional(_TEXTS))})
RERANK = Request({**_SCORED, "query": text, "documents": _TEXTS}, ("query", "documents"))
ANY = Request(table())

# Ranges of SamplingParams: member, whether a value is valid, vLLM's message, whether the message ends with the parameter.
RANGES = (
    ("n", lambda v: v >= 1, "n must be at least 1, got {}.", False),
    ("presence_penalty", lambda v: -2 <= v <= 2, "presence_penalty must be in [-2, 2], got {}.", False),
    ("frequency_penalty", lambda v: -2 <= v <= 2, "frequency_penalty must be in [-2, 2], got {}.", False),
    ("repetition_penalty", math.isfinite, "repetition_penalty must be a finite number, got {}.", False),
    ("repetition_penalty", lambda v: v > 0, "repetition_penalty must be greater than zero, got {}.", False),
    ("temperature", math.isfinite, "temperature must be a finite number, got {}.", True),
    ("temperature", lambda v: v >= 0, "temperature must be non-negative, got {}.", True),
    ("temperature", lambda v: v <= 2, "temperature must be in [0, 2], got {}.", True),
    ("top_p", lambda v: 0 < v <= 1, "top_p must be in (0, 1], got {}.", True),
    ("top_k", lambda v: v >= -1, "top_k must be 0 (disable), or at least 1, got {}.", False),
    ("min_p", lambda v: 0 <= v <= 1, "min_p must be in [0, 1], got {}.", False),
    ("min_tokens", lambda v: v >= 0, "min_tokens must be greater than or equal to 0, got {}.", False),
    ("thinking_token_budget", lambda v: v >= -1, "`thinking_token_budget` must be a non-negative integer or -1 for unlimited.", True),
    ("stop", lambda v: v != "" if isinstance(v, str) else "" not in v, "stop cannot contain an empty string.", False),
    ("bad_words", lambda v: "" not in v, "bad_words cannot contain an empty string. Got bad_words={}", False),
)


def check_ranges(body, max_logprobs):
    """The checks of vLLM's SamplingParams, for a body with valid types."""
    for name, holds, told, named in RANGES:
        value = body.get(name)
        if value is not None and not holds(value):
            raise invalid(told.format(value), name, value) if named else Fault(told.format(value))
    most = environment("VLLM_MAX_N_SEQUENCES", 16384)
    if (body.get("n") or 1) > most:
        raise Fault(f"n must be at most {most}, got {body['n']}. To increase this limit, set the VLLM_MAX_N_SEQUENCES environment variable.")
    if body.get("temperature") == 0 and (body.get("n") or 1) > 1:
        raise Fault(f"n must be 1 when using greedy sampling, got {body['n']}.")
    sampled = body.get("top_logprobs" if isinstance(body.get("logprobs"), bool) else "logprobs")
    for kind, name, count in (("sample", "logprobs", sampled), ("prompt", "prompt_logprobs", body.get("prompt_logprobs"))):
        count = words.VOCABULARY if count == -1 else count or 0
        if count > (words.VOCABULARY if max_logprobs == -1 else max_logprobs):
            raise invalid(f"Requested {kind} logprobs of {count}, which is greater than max allowed: {max_logprobs}", name, count)
    _check_ids(body)
    bad, most = 2 * len(body.get("bad_words") or []), environment("VLLM_MAX_NUM_BAD_WORDS", 128)
    if bad > most:
        raise invalid(f"Too many bad words after tokenization: {most + 1}. The max number is {most}.", "bad_words", body["bad_words"])


def _check_ids(body):
    """Token ids are columns of a table: each must be in the vocabulary."""
    bias = body.get("logit_bias") or {}
    unknown = [token for token in bias if not re.fullmatch(r"\s*[+-]?\d+\s*", token)]
    if unknown:
        raise invalid(f"logit_bias contains key(s) that cannot be converted to integer token IDs: {ascii(unknown)}", "logit_bias", ascii(unknown))
    for name, ids in (("logit_bias", [int(token.strip()[:20]) for token in bias]), ("stop_token_ids", body.get("stop_token_ids")), ("logprob_token_ids", body.get("logprob_token_ids"))):
        wrong = [token for token in ids or [] if not 0 <= token < words.VOCABULARY]
        if wrong:
            raise invalid(f"token_id(s) {wrong} in {name} contain out-of-vocab token ids. Vocabulary size: {words.VOCABULARY}", name, wrong)
    allowed = body.get("allowed_token_ids")
    if allowed == []:
        raise invalid("allowed_token_ids is not None and empty!", "allowed_token_ids", allowed)
    if wrong := [token for token in allowed or [] if not 0 <= token < words.VOCABULARY]:
        raise invalid("allowed_token_ids contains out-of-vocab token id!", "allowed_token_ids", wrong)
