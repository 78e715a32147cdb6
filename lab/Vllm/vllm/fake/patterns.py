"""The shortest text that matches a regular expression, for the syntax that the structured output backends support."""
import re
import warnings
from re import _constants as op
from re import _parser

LONGEST = 20_000
_CLASSES = {op.CATEGORY_DIGIT: "0", op.CATEGORY_SPACE: " ", op.CATEGORY_WORD: "a", op.CATEGORY_NOT_DIGIT: "a", op.CATEGORY_NOT_SPACE: "a", op.CATEGORY_NOT_WORD: "-"}
# Candidates for a negated class.
_ALPHABET = "a0 -A_.,;:!?/()[]{}<>@#$%^&*+=~|\\\"'`\n\tbcdefghijklmnopqrstuvwxyz"


class Unfit(Exception):
    """Nothing fits, or the backends do not support it: the request is rejected with this message."""


def shortest(pattern):
    if "\0" in pattern:
        raise Unfit("a NUL byte")
    if len(pattern) > LONGEST:
        raise Unfit("the expression is too long")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Classes by Unicode property, which Python's re does not support: a character with the property, and one without.
            tree = _parser.parse(re.sub(r"\\(p|P)\{\^?(\w)\w*\}", lambda match: "-" if match[1] == "P" else {"N": "0", "Z": " ", "P": "!"}.get(match[2], "a"), pattern))
    except (re.error, OverflowError, ValueError) as error:
        raise Unfit(str(error)) from None
    return _text(tree)


def _text(tree):
    made, length = [], 0
    for kind, value in tree:
        part = _part(kind, value)
        made.append(part)
        length += len(part)
        if length > LONGEST:
            raise Unfit("the text would be too long")
    return "".join(made)


def _part(kind, value):
    if kind is op.LITERAL:
        return chr(value)
    if kind is op.NOT_LITERAL:
        return next(letter for letter in _ALPHABET if ord(letter) != value)
    if kind is op.ANY:
        return "a"
    if kind is op.IN:
        return _member(value)
    if kind is op.BRANCH:
        return min((_text(branch) for branch in value[1]), key=len)
    if kind is op.SUBPATTERN:
        return _text(value[3])
    if kind is op.ATOMIC_GROUP:
        return _text(value)
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        least, _, inner = value
        part = _text(inner)
        if least * max(1, len(part)) > LONGEST:
            raise Unfit("the text would be too long")
        return part * least
    if kind is op.AT:
        return ""
    raise Unfit(f"{str(kind).lower()} is not supported")


def _member(parts):
    """A character of a class, also of a negated one."""
    if parts and parts[0][0] is op.NEGATE:
        wrong = re.compile("[" + "".join(_as_class(part) for part in parts[1:]) + "]")
        letter = next((letter for letter in _ALPHABET if not wrong.match(letter)), None)
        if letter is None:
            raise Unfit("an empty character class")
        return letter
    kind, value = parts[0]
    return chr(value if kind is op.LITERAL else value[0]) if kind in (op.LITERAL, op.RANGE) else _CLASSES[value]


def _as_class(part):
    kind, value = part
    if kind is op.CATEGORY:
        name = str(value).removeprefix("CATEGORY_")
        letter = name.removeprefix("NOT_")[0].lower()
        return "\\" + (letter.upper() if name.startswith("NOT_") else letter)
    first, last = (value, value) if kind is op.LITERAL else value
    return f"\\U{first:08x}-\\U{last:08x}"
