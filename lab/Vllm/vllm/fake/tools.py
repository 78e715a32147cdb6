"""Tools of a request: which one is called, and with which arguments."""
import hashlib
import json
import re

from vllm.fake import patterns, schemas
from vllm.fake.errors import Fault


def called(args, body, said):
    """The called function, or None. A user message that contains a function's name calls it."""
    functions, wish = [tool["function"] for tool in body.get("tools") or []], body.get("tool_choice") or "auto"
    if not functions or wish == "none":
        return None
    if wish == "auto":
        if not (args.enable_auto_tool_choice and args.tool_call_parser):
            raise Fault('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set')
        heard = set(re.findall(r"\w+", said.lower()))
        return next((function for function in functions if function["name"].lower() in heard), None)
    return functions[0] if wish == "required" else next(function for function in functions if function["name"] == wish["function"]["name"])


def call_id(args, body, name, said):
    """Nine letters and digits, the only format that mistral-common accepts; in a stream with a required call, vLLM's general format
    (vllm-project/vllm issue 47734, open on 2026-07-06)."""
    digits = hashlib.sha256(f"{name} {said}".encode()).hexdigest()
    general = args.tokenizer_mode != "mistral" or (body.get("tool_choice") == "required" and body.get("stream"))
    return f"chatcmpl-tool-{digits[:16]}" if general else digits[:9]


def arguments(function):
    try:
        return json.dumps(schemas.filled({"type": "object", **(function.get("parameters") or {})}))
    except patterns.Unfit as error:
        raise Fault(f"Grammar error: {error}") from None
