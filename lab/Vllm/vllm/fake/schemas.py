"""A deterministic value that fits a JSON schema, and the validation of schemas: draft 2020-12, as far as the structured output backends support it."""
import json
import math

from vllm.fake.patterns import LONGEST, Unfit, shortest

_TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")
_FORMATS = {"email": "stand@in.example", "date": "2026-01-01", "time": "00:00:00Z", "date-time": "2026-01-01T00:00:00Z", "duration": "P1D", "ipv4": "192.0.2.1",
            "ipv6": "2001:db8::1", "hostname": "in.example", "uuid": "00000000-0000-4000-8000-000000000000", "uri": "https://in.example/", "uri-reference": "/in",
            "uri-template": "/in", "json-pointer": "/in", "relative-json-pointer": "0"}
_COUNTS = ("minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties")
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_SEVERAL = ("anyOf", "oneOf", "allOf", "prefixItems")
_NAMED = ("properties", "$defs", "definitions", "patternProperties")
# Types of the supported keywords.
_KEYWORDS = (*((name, int, "a non-negative integer") for name in _COUNTS), *((name, (int, float), "a number") for name in _BOUNDS),
             *((name, list, "an array") for name in ("required", "enum", *_SEVERAL)), *((name, str, "a string") for name in ("pattern", "format", "$ref")),
             *((name, dict, "an object") for name in _NAMED))
_DEEPEST = 64
# Depth to which optional members are included.
_SHOWN = 6


def check(schema):
    """Raises Unfit for an invalid schema. Also checks all targets of references, which may be outside of the known keywords."""
    names, seen = [], set()
    _check(schema, 0, names, seen)
    for name in names:
        place = _found(schema, name)
        if place is not None:
            _check(place, 0, names, seen)


def _check(schema, depth, names, seen):
    """names: targets of references, each once. seen: checked schemas, by id."""
    if isinstance(schema, bool) or id(schema) in seen:
        return
    seen.add(id(schema))
    if not isinstance(schema, dict):
        raise Unfit(f"Schema should be an object or bool, but {ascii(schema)[:200]} is not")
    if depth > _DEEPEST:
        raise Unfit("the schema is nested too deeply")
    kinds = schema.get("type", [])
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if kind not in _TYPES:
            raise Unfit(f"Unsupported type {ascii(kind)[:200]}")
    if isinstance(kinds, list) and len(kinds) > len(set(kinds)):
        raise Unfit("type must not name one twice")
    for name, kind, told in _KEYWORDS:
        value = schema.get(name)
        if name in schema and (not isinstance(value, kind) or isinstance(value, bool) or (kind is int and value < 0) or (name == "multipleOf" and not value > 0)):
            raise Unfit(f"{name} must be {told}")
    if schema.get("enum", [0]) == [] or not all(isinstance(name, str) for name in schema.get("required") or []):
        raise Unfit("enum must not be empty, and required must be an array of strings")
    if schema.get("format") is not None and schema["format"] not in _FORMATS:
        raise Unfit(f"Unknown format: {ascii(schema['format'])[:200]}")
    if schema.get("pattern") is not None:
        shortest(schema["pattern"])
    inner = [one for name in _SEVERAL for one in schema.get(name) or []] + [one for name in _NAMED for one in (schema.get(name) or {}).values()]
    for one in inner + [schema[name] for name in ("items", "additionalProperties") if name in schema]:
        _check(one, depth + 1, names, seen)
    name = schema.get("$ref")
    if name is not None and ("$ref", name) not in seen:
        seen.add(("$ref", name))
        names.append(name)


def _found(root, name):
    """The target of a reference, or None."""
    if not name.startswith("#"):
        return None
    place = root
    for step in name[1:].strip("/").split("/") if len(name) > 1 else []:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(place, dict):
            place = place.get(step)
        else:
            known = isinstance(place, list) and step.isdecimal() and len(step) < 10 and int(step) < len(place)
            place = place[int(step)] if known else None
        if place is None:
            return None
    return place


def filled(schema):
    check(schema)
    try:
        return _Filler(schema).value(schema, 0)
    except OverflowError:
        raise Unfit("no number fits") from None


def _looks(schema):
    """Cost of reading a schema, in addition to its value."""
    return (len(schema) + len(schema.get("properties") or ()) + len(schema.get("required") or ())) // 16


class _Filler:
    def __init__(self, root):
        self.root, self.left = root, LONGEST
        self.targets, self.texts = {}, {}

    def _spend(self, count):
        """Counts every value, character and read of a schema, so that a small schema cannot cause a large answer or take long."""
        self.left -= count
        if self.left < 0:
            raise Unfit("no value of bounded size fits")

    def _said(self, value):
        self._spend(len(value) if isinstance(value, str) else len(json.dumps(value)))
        return value

    def value(self, schema, depth):
        self._spend(1)
        if depth > _DEEPEST:
            raise Unfit("no value of bounded size fits")
        if schema is False:
            raise Unfit("nothing fits the schema false")
        schema = {} if schema is True else self._merged(schema, depth)
        self._spend(_looks(schema))
        if "const" in schema:
            return self._said(schema["const"])
        if schema.get("enum"):
            return self._said(schema["enum"][0])
        for several in ("anyOf", "oneOf"):
            if schema.get(several):
                rest = {name: told for name, told in schema.items() if name != several}
                return self._first(({**rest, **(one if isinstance(one, dict) else {})} for one in schema[several]), depth)
        return self._first(({**schema, "type": kind} for kind in self._kinds(schema)), depth, self._of)

    def _first(self, schemas, depth, make=None):
        """The first alternative with a finite value."""
        refused = Unfit("nothing fits")
        for schema in schemas:
            try:
                return (make or self.value)(schema, depth + 1)
            except Unfit as error:
                refused = error
                if self.left < 0:
                    break
        raise refused

    def _merged(self, schema, depth):
        """The schema with its references resolved and its allOf merged."""
        for _ in range(_DEEPEST if depth <= _DEEPEST else 0):
            self._spend(_looks(schema))
            if "$ref" in schema:
                rest = {name: told for name, told in schema.items() if name != "$ref"}
                target = self._target(schema["$ref"])
                schema = {**target, **rest} if isinstance(target, dict) else {"enum": []} if target is False else rest
            elif schema.get("allOf"):
                rest = {name: told for name, told in schema.items() if name != "allOf"}
                for one in schema["allOf"]:
                    one = self._merged(one, depth + 1) if isinstance(one, dict) else {}
                    self._spend(1 + _looks(rest) + _looks(one))
                    rest = {**rest, **one, "properties": {**rest.get("properties", {}), **one.get("properties", {})}, "required": [*rest.get("required", []), *one.get("required", [])]}
                schema = {name: told for name, told in rest.items() if told or name not in ("properties", "required")}
            else:
                return schema
        raise Unfit("a reference that never ends")

    def _target(self, name):
        self._spend(1)
        if name not in self.targets:
            self.targets[name] = _found(self.root, name)
        place = self.targets[name]
        if not isinstance(place, (dict, bool)):
            raise Unfit(f"Cannot resolve {ascii(name)[:200]}")
        return place

    def _kinds(self, schema):
        kind = schema.get("type")
        if isinstance(kind, list):
            return kind
        if kind is not None:
            return [kind]
        for names, told in ((("properties", "required", "additionalProperties", "minProperties", "patternProperties"), "object"), (("items", "prefixItems", "minItems"), "array"),
                            (_BOUNDS, "number")):
            if any(name in schema for name in names):
                return [told]
        return ["string"]

    def _of(self, schema, depth):
        return getattr(self, "_" + schema["type"])(schema, depth)

    def _object(self, schema, depth):
        inner, wanted = schema.get("properties") or {}, schema.get("required")
        rest = schema.get("additionalProperties", True)
        told = {}
        needed = set(wanted or [])
        for name in dict.fromkeys([*inner, *(wanted or [])]):
            if wanted is None and (depth > _SHOWN or self.left < 0):
                break
            if wanted is None:
                # All members are optional: includes those that have a value.
                try:
                    told[self._said(name)] = self.value(inner[name], depth + 1)
                except Unfit:
                    continue
            elif name in needed:
                told[self._said(name)] = self.value(inner.get(name, rest), depth + 1)
        for at in range(schema.get("minProperties") or 0):
            if len(told) >= schema["minProperties"]:
                break
            told[f"more{at}"] = self.value(rest, depth + 1)
        return told

    def _array(self, schema, depth):
        first, rest = schema.get("prefixItems") or [], schema.get("items", True)
        return [self.value(first[at] if at < len(first) else rest, depth + 1) for at in range(self._size(schema.get("minItems")))]

    def _size(self, wanted):
        if (wanted or 0) > self.left:
            raise Unfit("no value of bounded size fits")
        return wanted or 0

    def _string(self, schema, _):
        pattern = schema.get("pattern")
        if pattern is not None:
            if pattern not in self.texts:
                self.texts[pattern] = shortest(pattern)
            return self._said(self.texts[pattern])
        if schema.get("format") is not None:
            return _FORMATS[schema["format"]]
        least, most = self._size(schema.get("minLength")), schema.get("maxLength")
        if most is not None and most < least:
            raise Unfit("minLength is over maxLength")
        return self._said(("fake" + "-" * max(0, least - 4))[:most])

    def _number(self, schema, _):
        return self._between(schema, float)

    def _integer(self, schema, _):
        return self._between(schema, int)

    @staticmethod
    def _between(schema, kind):
        step = schema.get("multipleOf") or 1
        least = max(schema.get("minimum", -math.inf), schema.get("exclusiveMinimum", -math.inf))
        most = min(schema.get("maximum", math.inf), schema.get("exclusiveMaximum", math.inf))

        def fits(value):
            return least <= value <= most and value != schema.get("exclusiveMinimum") and value != schema.get("exclusiveMaximum")

        near = [end for end in (least, most) if math.isfinite(end) and math.isfinite(end / step)]
        tried = [step, 0, -step, *(math.ceil(end / step) * step + more for end in near for more in (0, step, -step)), *(least / 2 + most / 2 for _ in near[1:])]
        value = next((value for value in tried if math.isfinite(value) and fits(value) and (kind is float or value == int(value))), None)
        if value is None:
            raise Unfit("no number fits")
        return kind(value)

    @staticmethod
    def _boolean(*_):
        return True

    @staticmethod
    def _null(*_):
        return None
