"""A stand-in for vLLM: its command line, its logs and its HTTP server, without a model. See README.md beside this package."""
from vllm._version import __version__

__all__ = ["__version__"]
