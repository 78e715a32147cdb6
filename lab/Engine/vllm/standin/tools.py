"""Tools of a request: which of them is called, and with what."""
import hashlib
import json
import re

from vllm.standin.errors import Fault, invalid, validation

_USAGE = 'Correct usage: `{"type": "function", "function": {"name": "my_function"}}`'


def filled(schema):
    """A value that fits a JSON schema, always the same."""
    if not isinstance(schema, dict):
        return None
    if schema.get("enum"):
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    for several in ("anyOf", "oneOf"):
        if schema.get(several):
            return filled(schema[several][0])
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object" or "properties" in schema:
        return {name: filled(inner) for name, inner in schema.get("properties", {}).items() if name in schema.get("required", schema.get("properties", {}))}
    return {"string": "stand-in", "integer": 1, "number": 1.0, "boolean": True, "array": [], "null": None}.get(kind, "stand-in")


def check(body):
    """The functions, each with a name, after the shape of what was sent."""
    tools, wish = body.get("tools"), body.get("tool_choice")
    if tools is not None and not isinstance(tools, list):
        raise validation("list_type", "tools", "Input should be a valid list", tools)
    if not tools:
        if wish not in (None, "none", "auto"):
            raise invalid("When using `tool_choice`, `tools` must be set.", "tool_choice")
        return []
    functions = []
    for at, tool in enumerate(tools):
        function = tool.get("function") if isinstance(tool, dict) else None
        if not isinstance(function, dict) or not isinstance(function.get("name"), str):
            raise validation("missing", f"tools.{at}.function", "Field required", tool)
        functions.append(function)
    _check_wish(wish)
    return functions


def _check_wish(wish):
    if wish in (None, "none", "auto", "required"):
        return
    if not isinstance(wish, dict):
        raise invalid(f'Invalid value for `tool_choice`: {wish}! Only named tools, "none", "auto" or "required" are supported.', "tool_choice")
    if "function" not in wish:
        raise invalid(f"Expected field `function` in `tool_choice`! {_USAGE}", "tool_choice")
    function = wish["function"]
    if not isinstance(function, dict):
        raise invalid(f"Invalid value for `function`: `{function}` in `tool_choice`! {_USAGE}", "tool_choice")
    if "name" not in function:
        raise invalid(f"Expected field `name` in `function` in `tool_choice`! {_USAGE}", "tool_choice")
    if not isinstance(function["name"], str) or not function["name"]:
        raise invalid(f"Invalid `name` in `function`: `{function['name']}` in `tool_choice`! {_USAGE}", "tool_choice")


def called(args, functions, wish, said):
    """The function that is called, or None. The word of its name in what the user said calls it."""
    if not functions or wish == "none":
        return None
    if wish in (None, "auto"):
        if not (args.enable_auto_tool_choice and args.tool_call_parser):
            raise Fault('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set')
        heard = set(re.findall(r"\w+", said.lower()))
        return next((function for function in functions if function["name"].lower() in heard), None)
    if wish == "required":
        return functions[0]
    found = next((function for function in functions if function["name"] == wish["function"]["name"]), None)
    if found is None:
        raise invalid("The tool specified in `tool_choice` does not match any of the specified `tools`.", "tool_choice")
    return found


def call_id(args, body, name, said):
    """Nine letters and digits, which is the only form that mistral-common takes, but not in a stream of a required call: there it is vLLM's
    general form (vllm-project/vllm issue 47734, open on 2026-07-06)."""
    digits = hashlib.sha256(f"{name} {said}".encode()).hexdigest()
    general = args.tokenizer_mode != "mistral" or (body.get("tool_choice") == "required" and body.get("stream") in (True, "true", 1))
    return f"chatcmpl-tool-{digits[:16]}" if general else digits[:9]


def arguments(function):
    return json.dumps(filled(function.get("parameters") or {"type": "object"}))
