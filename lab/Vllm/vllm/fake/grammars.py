"""The shortest text of a grammar, in EBNF (a rule is NAME ::= ...) or in Lark's form (NAME: ...); the start is the rule root or start."""
import re

from vllm.fake.patterns import LONGEST, Unfit, shortest

_TOKEN = re.compile(r"""\s*(?:(?P<text>"(?:[^"\\\n]|\\.)*"i?|'(?:[^'\\\n]|\\.)*'i?)|(?P<class>\[(?:[^\]\\\n]|\\.)+\])|(?P<regex>/(?![*/])(?:[^/\\\n]|\\.)+/[a-z]*)|(?P<name>[A-Za-z_][\w-]*)
                        |(?P<times>\{\d*,?\d*\}|~\s*\d+(?:\.\.\d+)?)|(?P<range>\.\.)|(?P<alias>->\s*\w+)|(?P<mark>[()|?*+]))""", re.X)
_RULE = re.compile(r"^[^\S\n]*[?!]?(?P<name>[A-Za-z_][\w-]*)(?:\.-?\d+)?\s*(?P<is>::=|:)", re.M)
_COMMON = {"INT": "0", "DIGIT": "0", "NUMBER": "0", "SIGNED_NUMBER": "0", "SIGNED_INT": "0", "FLOAT": "0.0", "WORD": "a", "CNAME": "a", "LETTER": "a", "WS": " ", "WS_INLINE": " ",
           "NEWLINE": "\n", "ESCAPED_STRING": '""'}
_MOST_PASSES = 40
_LONGEST_GRAMMAR = 20_000
# Comments, and texts that may contain what looks like one. An unclosed text reaches to the end of its line and is then rejected: the scan
# stays linear.
_COMMENT = re.compile(r"""("(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|\[(?:[^\]\\\n]|\\.)*\]?)|(?:#|//)[^\n]*""")
_LARK_COMMENT = re.compile(r"""("(?:[^"\\\n]|\\.)*"?|/(?!/)(?:[^/\\\n]|\\.)*/?)|//[^\n]*""")
_IMPORT = re.compile(r"%import\s+common\b")


def shortest_of(grammar):
    """The shortest text. Raises Unfit if the grammar is invalid, names a missing rule, or has no finite text."""
    if len(grammar) > _LONGEST_GRAMMAR:
        raise Unfit("the grammar is too long")
    lark = "::=" not in grammar
    rules, known = {}, {}
    text = (_LARK_COMMENT if lark else _COMMENT).sub(lambda match: match[1] or "", grammar)
    if lark:
        lines = [line.strip() for line in text.split("\n")]
        for line in lines:
            if head := _IMPORT.match(line):
                known.update({name: _COMMON[name] for name in re.findall(r"\w+", line[head.end():]) if name in _COMMON})
        text = "\n".join("" if line.startswith("%") else line for line in lines)
    heads = [match for match in _RULE.finditer(text) if (match["is"] == ":") == lark]
    if not heads or text[:heads[0].start()].strip():
        raise Unfit("no rule")
    for head, following in zip(heads, [*heads[1:], None]):
        rules[head["name"]] = _Reader(text[head.end():following.start() if following else len(text)]).whole()
    start = next((name for name in ("root", "start") if name in rules), None)
    if start is None:
        raise Unfit("no rule is named " + ("start" if lark else "root"))
    unknown = {name for rule in rules.values() for name in _names(rule)} - rules.keys() - known.keys()
    if unknown:
        raise Unfit(f"Undefined rules: {', '.join(sorted(unknown))}"[:300])
    return _settle(rules, known, start)


def _settle(rules, known, start):
    """The shortest text of each rule: repeats over all rules until none gets shorter."""
    order = list(rules)
    for _ in range(_MOST_PASSES):
        order.reverse()
        moved = False
        for name in order:
            text = _least(rules[name], known)
            if text is not None and (name not in known or len(text) < len(known[name])):
                known[name], moved = text, True
        if not moved:
            break
    if start not in known:
        raise Unfit("no text of bounded length fits")
    return known[start]


def _least(node, known):
    kind, value = node
    if kind == "text":
        return value
    if kind == "name":
        return known.get(value)
    if kind == "or":
        return min((text for text in (_least(one, known) for one in value) if text is not None), key=len, default=None)
    if kind == "times":
        least, inner = value
        if not least:
            return ""
        text = _least(inner, known)
        if text is not None and least * max(1, len(text)) > LONGEST:
            raise Unfit("the text would be too long")
        return text and text * least
    parts = [_least(one, known) for one in value]
    if None in parts:
        return None
    if sum(map(len, parts)) > LONGEST:
        raise Unfit("the text would be too long")
    return "".join(parts)


def _names(node):
    kind, value = node
    if kind == "name":
        yield value
    elif kind in ("or", "and"):
        for one in value:
            yield from _names(one)
    elif kind == "times":
        yield from _names(value[1])


class _Reader:
    """The right side of one rule, as a tree of texts, names, sequences, choices and repetitions."""

    def __init__(self, text):
        self.parts, at, text = [], 0, text.strip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if not match or match.end() == at:
                raise Unfit(f"cannot read {ascii(text[at:at + 40])}")
            self.parts.append((match.lastgroup, match[match.lastgroup]))
            at = match.end()
        self.at = 0

    def whole(self):
        tree = self._choice()
        if self.at < len(self.parts):
            raise Unfit(f"unexpected {ascii(self.parts[self.at][1])}")
        return tree

    def _peek(self):
        return self.parts[self.at] if self.at < len(self.parts) else (None, None)

    def _choice(self):
        several = [self._sequence()]
        while self._peek() == ("mark", "|"):
            self.at += 1
            several.append(self._sequence())
        return ("or", several) if len(several) > 1 else several[0]

    def _sequence(self):
        parts = []
        while True:
            kind, value = self._peek()
            if kind is None or (kind == "mark" and value in "|)"):
                return "and", parts
            self.at += 1
            if kind == "alias":
                continue
            if kind == "mark":
                if value == "(":
                    parts.append(self._choice())
                    if self._peek() != ("mark", ")"):
                        raise Unfit("a bracket is not closed")
                    self.at += 1
                    continue
                kind, value = "times", {"?": "0", "*": "0", "+": "1"}[value]
            if kind == "times":
                if not parts:
                    raise Unfit("nothing to repeat")
                parts[-1] = ("times", (int((re.findall(r"\d+", value) or ["0"])[0][:9]) if not value.startswith("{,") else 0, parts[-1]))
            elif kind == "range":
                # In 'a'..'z' all are equally short: takes the first.
                self.at += 1
            else:
                parts.append(self._leaf(kind, value))

    @staticmethod
    def _leaf(kind, value):
        if kind == "name":
            return kind, value
        if kind == "text":
            inner = value.removesuffix("i")[1:-1]
            return "text", re.sub(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", _unescaped, inner)
        return "text", shortest(value if kind == "class" else value[1:value.rindex("/")])


def _unescaped(match):
    told = match[1]
    return chr(int(told[1:], 16)) if len(told) > 1 else {"n": "\n", "t": "\t", "r": "\r"}.get(told, told)
