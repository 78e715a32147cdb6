"""What the server answers when a request cannot be served, in vLLM's shape: {"error": {message, type, param, code}}."""
import json
from http import HTTPStatus


class Fault(Exception):
    """An answer other than 200."""

    def __init__(self, message, kind="BadRequestError", status=400, param=None):
        super().__init__(message)
        self.message, self.kind, self.status, self.param = message, kind, status, param
        self.shape = None

    def body(self):
        return json.dumps(self.shape or {"error": {"message": self.message, "type": self.kind, "param": self.param, "code": self.status}}, ensure_ascii=False, separators=(",", ":")).encode()


def invalid(message, parameter, value=None):
    """vLLM's VLLMValidationError: the words end with the parameter."""
    shown = f"parameter={parameter}" if value is None else f"parameter={parameter}, value={value}"
    return Fault(f"{message} ({shown})", param=parameter)


def _short(value):
    if isinstance(value, str):
        return value if len(value) <= 200 else value[:200] + "...[truncated]"
    if isinstance(value, (list, dict)):
        return f"<{type(value).__name__} of {len(value)} items>"
    return str(value)


def validation(kind, path, message, value, context=None):
    """FastAPI's refusal of a body, as vLLM words it."""
    told = {"type": kind, "loc": "body." + path if path else "body", "msg": message, "input": _short(value)}
    if context:
        told["ctx"] = context
    return Fault(f"1 validation error:\n  {told}", HTTPStatus.BAD_REQUEST.phrase, param=told["loc"])


def not_json(text):
    try:
        json.loads(text)
    except UnicodeDecodeError:
        return Fault("There was an error parsing the body", HTTPStatus.BAD_REQUEST.phrase)
    except ValueError as error:
        return validation("json_invalid", str(getattr(error, "pos", 0)), "JSON decode error", {}, {"error": getattr(error, "msg", str(error))})
    return validation("model_attributes_type", "", "Input should be a valid dictionary or object to extract fields from", text[:200].decode("utf-8", "replace"))


def wrong_media_type():
    return Fault("1 validation error:\n  Unsupported Media Type: Only 'application/json' is allowed", HTTPStatus.BAD_REQUEST.phrase)


def no_model(name):
    return Fault(f"The model `{name}` does not exist.", "NotFoundError", 404, "model")
