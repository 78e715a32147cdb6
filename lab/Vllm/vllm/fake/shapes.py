"""Types of a request's members, checked like pydantic: each check takes a value and its location, and returns the converted value and a list
of errors with pydantic's messages."""
import json
import math
import re

from vllm.fake.errors import violation

INT64 = (-2**63, 2**63 - 1)
_INTEGER = re.compile(r"\s*[+-]?\d+(_\d+)*(\.0*)?\s*", re.ASCII)
_LONGEST_INTEGER = 4300
_TRUE, _FALSE = ("1", "true", "t", "yes", "y", "on"), ("0", "false", "f", "no", "n", "off")


def _wrong(kind, path, message, value, **context):
    return value, [violation(kind, path, message, value, context or None)]


def anything(value, _):
    return value, []


def text(value, path):
    if not isinstance(value, str):
        return _wrong("string_type", path, "Input should be a valid string", value)
    try:
        value.encode()
    except UnicodeEncodeError:
        return _wrong("string_unicode", path, "Input should be a valid string, unable to parse raw data as a unicode string", ascii(value))
    return value, []


def words(least=0, most=None):
    """A string with length limits."""
    def check(value, path):
        value, wrong = text(value, path)
        if not wrong and len(value) < least:
            return _wrong("string_too_short", path, f"String should have at least {least} character{'s' * (least > 1)}", value, min_length=least)
        if not wrong and most is not None and len(value) > most:
            return _wrong("string_too_long", path, f"String should have at most {most} characters", value, max_length=most)
        return value, wrong

    return check


def truth(value, path):
    if isinstance(value, float) and value in (0, 1):
        return bool(value), []
    told = value.lower() if isinstance(value, str) else str(int(value)) if isinstance(value, int) and abs(value) <= 1 else None
    if told in _TRUE or told in _FALSE:
        return told in _TRUE, []
    if isinstance(value, (str, int)):
        return _wrong("bool_parsing", path, "Input should be a valid boolean, unable to interpret input", value)
    return _wrong("bool_type", path, "Input should be a valid boolean", value)


def number(value, path):
    if isinstance(value, str):
        try:
            return float(value), []
        except ValueError:
            return _wrong("float_parsing", path, "Input should be a valid number, unable to parse string as a number", value)
    if not isinstance(value, (int, float)):
        return _wrong("float_type", path, "Input should be a valid number", value)
    try:
        return (value if isinstance(value, float) else int(value) if abs(value) < 2**53 else float(value)), []
    except OverflowError:
        return _wrong("float_type", path, "Input should be a valid number", value)


def _integer(value, path):
    if isinstance(value, str):
        if len(value) > _LONGEST_INTEGER:
            return _wrong("int_parsing_size", path, "Unable to parse input string as an integer, exceeded maximum size", value)
        if not _INTEGER.fullmatch(value):
            return _wrong("int_parsing", path, "Input should be a valid integer, unable to parse string as an integer", value)
        return int(value.partition(".")[0]), []
    if isinstance(value, float):
        if not math.isfinite(value):
            return _wrong("finite_number", path, "Input should be a finite number", value)
        if not value.is_integer():
            return _wrong("int_from_float", path, "Input should be a valid integer, got a number with a fractional part", value)
    elif not isinstance(value, int):
        return _wrong("int_type", path, "Input should be a valid integer", value)
    return int(value), []


def whole(least=None, most=None):
    def check(value, path):
        told, wrong = _integer(value, path)
        if not wrong and least is not None and told < least:
            return _wrong("greater_than_equal", path, f"Input should be greater than or equal to {least}", value, ge=least)
        if not wrong and most is not None and told > most:
            return _wrong("less_than_equal", path, f"Input should be less than or equal to {most}", value, le=most)
        return told, wrong

    return check


def literal(*allowed):
    shown = [json.dumps(word).replace('"', "'") for word in allowed]
    expected = " or ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))

    def check(value, path):
        if isinstance(value, str) and value in allowed:
            return value, []
        return _wrong("literal_error", path, f"Input should be {expected}", value, expected=expected)

    return check


def many(of, most=None, least=0):
    """A list. most: a number, or a function that returns it."""
    def check(value, path):
        if not isinstance(value, list):
            return _wrong("list_type", path, "Input should be a valid list", value)
        limit = most() if callable(most) else most
        for word, kind, bad, bound in (("most", "too_long", limit is not None and len(value) > limit, limit), ("least", "too_short", len(value) < least, least)):
            if bad:
                return _wrong(kind, path, f"List should have at {word} {bound} item{'s' * (bound != 1)} after validation, not {len(value)}", value,
                              field_type="List", **{"max_length" if word == "most" else "min_length": bound}, actual_length=len(value))
        told, wrong = [], []
        for at, item in enumerate(value):
            item, more = of(item, f"{path}.{at}")
            told.append(item)
            wrong += more
        return told, wrong

    return check


def table(of=anything):
    """An object with arbitrary member names."""
    def check(value, path):
        if not isinstance(value, dict):
            return _wrong("dict_type", path, "Input should be a valid dictionary", value)
        told, wrong = {}, []
        for name, inner in value.items():
            told[name], more = of(inner, f"{path}.{name}")
            wrong += more + text(name, f"{path}.{ascii(name)}.[key]")[1]
        return told, wrong

    return check


def model(members, required=(), finish=None):
    """An object with known members; unknown ones pass. finish: a final check that returns an error or None."""
    def check(value, path=""):
        if not isinstance(value, dict):
            return _wrong("model_attributes_type", path, "Input should be a valid dictionary or object to extract fields from", value)
        told, wrong = dict(value), []
        for name, of in members.items():
            place = f"{path}.{name}" if path else name
            if name in value:
                told[name], more = of(value[name], place)
                wrong += more
            elif name in required:
                wrong.append(violation("missing", place, "Field required", value))
        if finish and not wrong and (words_of := finish(told)):
            wrong.append(violation("value_error", path, f"Value error, {words_of}", value))
        return told, wrong

    return check


def ruled(of, holds, told):
    """A value that a validator of vLLM checks after pydantic."""
    def check(value, path):
        value, wrong = of(value, path)
        return (value, wrong) if wrong or holds(value) else _wrong("value_error", path, f"Value error, {told}", value)

    return check


def optional(of):
    return lambda value, path: (value, []) if value is None else of(value, path)


def either(*branches):
    """The first branch that accepts the value; if none does, the errors of all. A branch is a check, or a name and a check."""
    def check(value, path=""):
        all_wrong = []
        for branch in branches:
            name, of = branch if isinstance(branch, tuple) else ("", branch)
            told, wrong = of(value, ".".join(filter(None, (path, name))))
            if not wrong:
                return told, []
            all_wrong += wrong
        return value, all_wrong

    return check
