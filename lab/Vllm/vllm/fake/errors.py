"""Error responses in vLLM's format: {"error": {message, type, param, code}}."""
import json
from http import HTTPStatus

_MOST_REPORTED = 10
_LONGEST_INPUT = 200
_LONGEST = 1000


class Fault(Exception):
    """A response other than 200."""

    def __init__(self, message, kind="BadRequestError", status=400, param=None):
        super().__init__(message)
        self.message, self.kind, self.status, self.param = message, kind, status, param
        self.shape = None

    def body(self):
        told = self.shape or {"error": {"message": self.message, "type": self.kind, "param": self.param, "code": self.status}}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


class _Shown:
    """A Python object that appears in a message as its repr."""

    def __init__(self, message):
        self.message = message

    def __repr__(self):
        return f"VLLMValidationError({self.message!r})"


def _with_parameter(message, parameter, value=None):
    return message if parameter is None else f"{message} (parameter={parameter})" if value is None else f"{message} (parameter={parameter}, value={value})"


def invalid(message, parameter, value=None):
    """vLLM's VLLMValidationError: the message ends with the parameter."""
    return Fault(_with_parameter(message, parameter, value), param=parameter)


def _cut(text, most):
    return text if len(text) <= most else text[:most] + "...[truncated]"


def _short(value):
    if isinstance(value, str):
        return _cut(value, _LONGEST_INPUT)
    if isinstance(value, (list, dict)):
        return f"<{type(value).__name__} of {len(value)} items>"
    try:
        return _cut(str(value), _LONGEST_INPUT)
    except ValueError:
        return f"<{type(value).__name__}>"


def violation(kind, path, message, value, context=None):
    """One of pydantic's errors for a body."""
    told = {"type": kind, "loc": "body." + path if path else "body", "msg": message, "input": _short(value)}
    return {**told, "ctx": context} if context else told


def violations(found, param=None):
    """vLLM's message for FastAPI's errors of a body: at most ten, each of limited length."""
    label = "error" if len(found) == 1 else "errors"
    lines = [f"{len(found)} validation {label}:", *(f"  {_cut(str(one), _LONGEST)}" for one in found[:_MOST_REPORTED])]
    if len(found) > _MOST_REPORTED:
        lines.append(f"  ...and {len(found) - _MOST_REPORTED} more {label}")
    return Fault("\n".join(lines), HTTPStatus.BAD_REQUEST.phrase, param=param or _cut(found[0]["loc"], _LONGEST_INPUT))


def validation(kind, path, message, value, context=None):
    return violations([violation(kind, path, message, value, context)])


def relation(message, parameter, body, value=None):
    """An error in the relation between members, which vLLM checks before pydantic checks their types."""
    told = _with_parameter(message, parameter, value)
    return violations([violation("value_error", "", f"Value error, {told}", body, {"error": _Shown(message)})], parameter or "body")


def not_json(error):
    if isinstance(error, json.JSONDecodeError):
        return validation("json_invalid", str(error.pos), "JSON decode error", {}, {"error": error.msg})
    return Fault("There was an error parsing the body", HTTPStatus.BAD_REQUEST.phrase)


def wrong_media_type():
    return Fault("1 validation error:\n  Unsupported Media Type: Only 'application/json' is allowed", HTTPStatus.BAD_REQUEST.phrase)


def no_model(name):
    return Fault(f"The model `{name}` does not exist.", "NotFoundError", 404, "model")
