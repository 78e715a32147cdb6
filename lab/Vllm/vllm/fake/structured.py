"""Constrained answers: turns response_format and structured_outputs of a request into a text that fits. Rejects what the structured output
backends reject, with vLLM's messages where they are vLLM's own."""
import json

from vllm.fake import grammars, patterns, schemas, words
from vllm.fake.errors import Fault, invalid

_LONGEST = 10 * patterns.LONGEST
_NO_TAG = "Invalid {} structural_tag specification."


def _refused(error):
    return Fault(f"Grammar error: {error}")


def _asked(body):
    """StructuredOutputsParams of a request: response_format overrides it."""
    told, shape = {name: value for name, value in (body.get("structured_outputs") or {}).items() if value is not None}, body.get("response_format") or {}
    kind = shape.get("type", "text")
    if kind == "json_object":
        told["json_object"] = True
    elif kind == "json_schema":
        schema = shape["json_schema"].get("schema")
        if schema is None and not told:
            raise Fault("You must use one kind of structured outputs constraint but none are specified: {'json': None}")
        told["json"] = schema
    elif kind == "structural_tag":
        told["structural_tag"] = json.dumps(shape)
    kinds = [name for name in ("json", "regex", "choice", "grammar", "json_object", "structural_tag") if told.get(name) is not None]
    if len(kinds) > 1:
        raise Fault(f"You can only use one kind of structured outputs constraint but multiple are specified: {kinds}")
    return (kinds[0], told[kinds[0]]) if kinds else (None, None)


def text(body, said):
    """A text that fits; None if any text does."""
    kind, value = _asked(body)
    if kind is None:
        return None
    try:
        return _MADE[kind](value, said)
    except patterns.Unfit as error:
        raise _refused(error) from None
    except RecursionError:
        raise _refused("nested too deeply") from None


def _json(value, _):
    if isinstance(value, str):
        if not value.strip():
            raise Fault("structured_outputs.json cannot be an empty string")
        try:
            value = json.loads(value)
        except ValueError:
            raise Fault("Invalid JSON grammar specification.") from None
    return json.dumps(schemas.filled(value), ensure_ascii=False)


def _object(value, said):
    if value is False:
        raise Fault("structured_outputs.json_object must be True if set; omit structured_outputs to disable structured outputs")
    return json.dumps({"stand_in": words.answer(said)}, ensure_ascii=False)


def _choice(value, _):
    if not value:
        raise Fault("Choice '[]' cannot be an empty list")
    return value[0]


def _regex(value, _):
    if "\0" in value:
        raise Fault("structured_outputs.regex must not contain a NUL character ('\\x00')")
    return patterns.shortest(value)


def _grammar(value, _):
    if not value.strip():
        raise Fault("structured_outputs.grammar cannot be an empty string")
    return grammars.shortest_of(value)


def _tag(value, said):
    try:
        told = json.loads(value)
        return words.answer(said) if "structures" in told and _triggered(told) else _tagged(told["format"], said)
    except (ValueError, LookupError, TypeError, AttributeError, patterns.Unfit):
        raise invalid(_NO_TAG.format("response_format"), "response_format") from None


def _triggered(told):
    """The older format: free text until one of the triggers. Each structure must begin with a trigger."""
    for one in told["structures"]:
        schemas.check(one.get("schema") or {})
        if not any(one["begin"].startswith(trigger) for trigger in told["triggers"]):
            raise patterns.Unfit("a structure without a trigger")
    return True


def _tagged(told, said):
    kind = told["type"]
    if kind == "const_string":
        return told["value"] + ""
    if kind in ("any_text", "triggered_tags"):
        return words.answer(said)
    if kind == "json_schema":
        return _json(told["json_schema"], said)
    if kind in ("regex", "grammar"):
        return {"regex": lambda: patterns.shortest(told["pattern"]), "grammar": lambda: grammars.shortest_of(told["grammar"])}[kind]()
    if kind == "sequence":
        made, length = [], 0
        for one in told["elements"]:
            made.append(_tagged(one, said))
            length += len(made[-1])
            if length > _LONGEST:
                raise patterns.Unfit("the text would be too long")
        return "".join(made)
    if kind in ("or", "tags_with_separator"):
        first = told["elements" if kind == "or" else "tags"][0]
        return _tagged(first, said)
    if kind == "tag":
        end = told["end"]
        return told["begin"] + _tagged(told["content"], said) + (end if isinstance(end, str) else end[0])
    raise KeyError(kind)


_MADE = {"json": _json, "json_object": _object, "choice": _choice, "regex": _regex, "grammar": _grammar, "structural_tag": _tag}
