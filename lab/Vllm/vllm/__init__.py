"""A fake of vLLM: its command line, logs and HTTP server, without a model. See README.md next to this package."""
from vllm._version import __version__

__all__ = ["__version__"]
