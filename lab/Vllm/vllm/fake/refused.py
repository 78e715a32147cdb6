"""Errors with which vLLM refuses to start."""


class Refused(Exception):
    """kind: vLLM's Python exception type; str(): its message; in_engine: raised by the EngineCore process."""

    def __init__(self, kind, words, place="create_engine_config", in_engine=False):
        super().__init__(words)
        self.kind = kind
        self.place = place
        self.in_engine = in_engine


def invalid(config, words):
    """pydantic's message for a failed check in a configuration class."""
    return Refused("pydantic_core._pydantic_core.ValidationError",
                   f"1 validation error for {config}\n  Value error, {words} [type=value_error, input_value=ArgsKwargs((), {{...}}), input_type=ArgsKwargs]\n"
                   "    For further information visit https://errors.pydantic.dev/2.12/v/value_error")


def out_of_range(config, field, words, kind, value):
    return Refused("pydantic_core._pydantic_core.ValidationError",
                   f"1 validation error for {config}\n{field}\n  {words} [type={kind}, input_value={value}, input_type={type(value).__name__}]\n"
                   f"    For further information visit https://errors.pydantic.dev/2.12/v/{kind}")
