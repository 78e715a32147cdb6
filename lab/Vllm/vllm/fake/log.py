"""Log lines in vLLM's format: (APIServer pid=1) INFO 11-27 12:00:00 [file.py:12] text. All go to standard output, flushed."""
import os
import sys
import time

_prefix = ""


def set_process(name, pid):
    global _prefix
    _prefix = f"({name} pid={pid}) "


def write(line, prefix=None):
    # A single write, so that lines of two processes do not mix.
    sys.stdout.write(f"{_prefix if prefix is None else prefix}{line}\n")
    sys.stdout.flush()


def _line(level, place, words, prefix=None):
    stamp = time.strftime("%m-%d %H:%M:%S")
    for part in words.split("\n"):
        write(f"{level} {stamp} [{place}] {part}", prefix)


def info(place, words):
    _line("INFO", place, words)


def warning(place, words):
    _line("WARNING", place, words)


def error(place, words):
    _line("ERROR", place, words)


def engine(place, words, level="INFO"):
    """A line of vLLM's EngineCore process, which is this process here."""
    _line(level, place, words, engine_prefix())


def uvicorn(words):
    write("INFO:     " + words)


def engine_prefix():
    return f"(EngineCore pid={os.getpid()}) "


def traceback(refused):
    """The end of a traceback in Python's format: the type of the error, then its message."""
    prefix = engine_prefix() if refused.in_engine else _prefix
    lines = ["Traceback (most recent call last):", f'  File "<fake>", in {refused.place}', *f"{refused.kind}: {refused}".split("\n")]
    if refused.in_engine:
        for line in lines:
            _line("ERROR", "core.py:1210", line, prefix)
    for line in lines:
        sys.stderr.write(f"{prefix}{line}\n")
    if refused.in_engine:
        sys.stderr.write(f"{_prefix}RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {{}}\n")
    sys.stderr.flush()
