"""The command line of `vllm serve`, built from flags.json and parsed like vLLM's FlexibleArgumentParser."""
import argparse
import json
import os
import re

from vllm.fake import log

_DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "flags.json")
_DECIMAL = {"k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_BINARY = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


def data():
    with open(_DATA, encoding="utf-8") as file:
        return json.load(file)


def human_readable_int(value):
    """1k is 1000, 1K is 1024, 25.6k is 25600."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([kKmMgGtT])", value.strip())
    if not match:
        return int(value)
    number, suffix = match.groups()
    if suffix in _DECIMAL:
        return int(float(number) * _DECIMAL[suffix])
    if "." in number:
        raise argparse.ArgumentTypeError(f"Decimals are not allowed with binary suffixes like {suffix}. Did you mean to use {number}{suffix.lower()} instead?")
    return int(number) * _BINARY[suffix]


def human_readable_int_or_auto(value):
    return -1 if value.strip().lower() in ("auto", "-1") else human_readable_int(value)


def _wrapped(kind):
    def parse(value):
        try:
            return kind(value)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"Value {value} cannot be converted to {kind}.") from error

    return parse


def _optional(kind):
    return lambda value: None if value in ("", "None") else _wrapped(kind)(value)


_TYPES = {"int": int, "float": float, "str": str, "choice": str, "list": str, "append": str, "size": human_readable_int, "length": human_readable_int_or_auto}


def _add(group, flag):
    names = [flag["name"], *flag.get("aliases", [])]
    kind, default = flag["kind"], flag["default"]
    if kind == "bool":
        group.add_argument(*names, action=argparse.BooleanOptionalAction, default=default)
        return
    if kind == "switch":
        group.add_argument(*names, action="store_true", default=default)
        return
    words = {"default": default}
    if kind == "json":
        words["type"] = _wrapped(json.loads)
    else:
        words["type"] = _optional(_TYPES[kind]) if flag.get("optional") else _TYPES[kind]
    if kind == "list":
        words["nargs"] = "+"
    if kind == "append":
        words["action"] = "append"
    if "choices" in flag:
        words["choices"] = flag["choices"]
    group.add_argument(*names, **words)


class FlexibleArgumentParser(argparse.ArgumentParser):
    """In a flag's name, dashes and underscores are equal; JSON options may be set key by key."""

    def parse_known_args(self, args=None, namespace=None):
        if args is not None and self.prog == "vllm":
            args = _keys_joined([_dashed(word) for word in args])
        return super().parse_known_args(args, namespace)


def _dashed(word):
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        # Only the flag's own name: the keys after a dot belong to the JSON value.
        name, dot, keys = name.partition(".")
        return name.replace("_", "-") + dot + keys + equals + value
    if re.match(r"-O\.?.", word):
        return "--optimization-level=" + word[2:].lstrip(".")
    return word


def _keys_joined(words):
    """--flag.key value and --flag.key+ value become one --flag JSON after all other arguments, as in vLLM."""
    kept, joined, index = [], {}, 0
    while index < len(words):
        word = words[index]
        index += 1
        match = re.fullmatch(r"(--?[a-z][a-z0-9-]*)\.([^=]+)(?:=(.*))?", word, re.DOTALL)
        if not match:
            kept.append(word)
            continue
        flag, path, value = match.groups()
        if value is None:
            if index < len(words) and not words[index].startswith("--"):
                value = words[index]
                index += 1
            else:
                value = "true"
        try:
            value = json.loads(value)
        except ValueError:
            pass
        place = joined.setdefault(flag, {})
        *parents, last = path.split(".")
        for parent in parents:
            place = place.setdefault(parent, {})
        if last.endswith("+"):
            place.setdefault(last[:-1], []).extend(value if isinstance(value, list) else str(value).split(","))
        else:
            place[last] = value
    for flag, value in joined.items():
        kept += [flag, json.dumps(value)]
    return kept


def parser():
    """Parses the command line. parsed.subparser is the sub-command, parsed.groups has the flags of serve."""
    facts = data()
    top = FlexibleArgumentParser(prog="vllm", description="vLLM CLI (fake engine)")
    top.add_argument("-v", "--version", action="store_true")
    commands = top.add_subparsers(dest="subparser", required=False, metavar="{" + ",".join(facts["commands"]) + "}")
    for name, words in facts["commands"].items():
        if name != "serve":
            commands.add_parser(name, help=words, add_help=False).add_argument("rest", nargs=argparse.REMAINDER)
            continue
        serve = commands.add_parser(name, help=words, description=words, usage="vllm serve [model_tag] [options]")
        serve.add_argument("model_tag", nargs="?")
        groups = {}
        for flag in facts["flags"]:
            title = flag["group"]
            group = groups.setdefault(title, serve if title == "options" else serve.add_argument_group(title))
            _add(group, flag)
    return top


def settle_model(parsed, arguments):
    if any(word == "--model" or word.startswith("--model=") for word in arguments):
        log.warning("argparse_utils.py:257", "With `vllm serve`, you should provide the model as a positional argument or in a config file instead of via the `--model` option. "
                    "The `--model` option will be removed in a future version.")
    if parsed.model_tag is not None:
        parsed.model = parsed.model_tag


def non_default(parsed):
    """The 'non-default args' of the log, without keys."""
    shown = {}
    if parsed.model_tag is not None:
        shown["model_tag"] = parsed.model_tag
    for flag in data()["flags"]:
        name = flag["name"].lstrip("-").replace("-", "_")
        value = getattr(parsed, name)
        if value != flag["default"]:
            shown[name] = ["***"] if name == "api_key" else value
    return shown
