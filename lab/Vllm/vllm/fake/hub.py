"""A model named by its repository, downloaded like vLLM's Hugging Face client: configuration files first, weights when they are loaded."""
import asyncio
import concurrent.futures
import fnmatch
import json
import os
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from vllm.fake import log
from vllm.fake.refused import Refused

# Concurrent downloads, as in huggingface_hub.
_WORKERS = 8
_BLOCK = 1 << 20
_SMALL = ("*.json", "*.jinja", "*.txt", "*.model", "*.model.v*")
_WEIGHTS = {"mistral": ("consolidated*.safetensors",), "auto": ("*.safetensors",)}
_TRUE = ("1", "ON", "YES", "TRUE")


def is_repository(model):
    return not os.path.isdir(model) and re.fullmatch(r"[\w.-]+(/[\w.-]+)?", model) is not None and not model.startswith(".")


def _unreachable(why):
    return Refused("OSError", f"We couldn't connect to '{_endpoint()}' to load the files, and couldn't find them in the cached files.\n{why}", "get_config")


def _endpoint():
    return os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")


def _offline():
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in _TRUE or os.environ.get("TRANSFORMERS_OFFLINE", "").upper() in _TRUE


def _cache():
    home = os.environ.get("HF_HOME") or os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache"), "huggingface")
    return os.environ.get("HF_HUB_CACHE") or os.path.join(home, "hub")


def _get(url):
    request = urllib.request.Request(url, headers={"User-Agent": "vllm-fake"})
    if token := os.environ.get("HF_TOKEN"):
        # Only to the hub, not to the storage host that it redirects to.
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    return urllib.request.urlopen(request, timeout=60)


class Repository:
    """A repository at one commit. Its files are downloaded once, to snapshots/COMMIT of the cache."""

    def __init__(self, name, revision):
        self.name = name
        self.place = os.path.join(_cache(), "models--" + name.replace("/", "--"))
        self.revision = revision or "main"
        self.ended = threading.Event()
        self.commit, self.files = self._resolve()
        self.folder = os.path.join(self.place, "snapshots", self.commit)

    def _resolve(self):
        reference = os.path.join(self.place, "refs", self.revision)
        if _offline():
            try:
                with open(reference, encoding="utf-8") as file:
                    return file.read().strip(), []
            except OSError:
                raise _unreachable(f"Outgoing traffic is off (HF_HUB_OFFLINE), and '{self.name}' is neither a folder nor in {_cache()}.") from None
        try:
            with _get(f"{_endpoint()}/api/models/{urllib.parse.quote(self.name)}/revision/{urllib.parse.quote(self.revision)}") as answer:
                told = json.load(answer)
        except urllib.error.HTTPError as error:
            error.close()
            kind = {401: "GatedRepoError", 403: "GatedRepoError", 404: "RepositoryNotFoundError"}.get(error.code, "HfHubHTTPError")
            raise Refused(f"huggingface_hub.errors.{kind}", f"{error.code} Client Error. Cannot access '{self.name}' at '{self.revision}' on {_endpoint()}.", "get_config") from None
        except (OSError, ValueError) as error:
            raise _unreachable(f"{error}") from None
        os.makedirs(os.path.dirname(reference), exist_ok=True)
        with open(reference, "w", encoding="utf-8") as file:
            file.write(told["sha"])
        return told["sha"], [sibling["rfilename"] for sibling in told["siblings"]]

    def fetch(self, patterns):
        """Downloads the files of the top folder that match a pattern, concurrently."""
        wanted = [name for name in self.files if "/" not in name and any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)]
        os.makedirs(self.folder, exist_ok=True)
        with concurrent.futures.ThreadPoolExecutor(_WORKERS) as pool:
            for done in [pool.submit(self._file, name) for name in wanted]:
                done.result()

    def _file(self, name):
        path = os.path.join(self.folder, name)
        if os.path.exists(path):
            return
        try:
            with _get(f"{_endpoint()}/{urllib.parse.quote(self.name)}/resolve/{self.commit}/{urllib.parse.quote(name)}") as answer, open(path + ".incomplete", "wb") as part:
                while (block := answer.read(_BLOCK)) and not self.ended.is_set():
                    part.write(block)
                size, expected = part.tell(), int(answer.headers.get("Content-Length") or -1)
        except (OSError, ValueError) as error:
            raise _unreachable(f"{name}: {error}") from None
        if self.ended.is_set():
            return
        if expected not in (-1, size):
            raise _unreachable(f"{name}: {size} bytes of {expected} came")
        os.replace(path + ".incomplete", path)


async def _in_thread(repository, patterns):
    try:
        await asyncio.to_thread(repository.fetch, patterns)
    finally:
        # A thread cannot be cancelled: an ending process does not wait for the rest of a file.
        repository.ended.set()
    repository.ended.clear()


async def describe(name, revision):
    """The repository, with its configuration files downloaded."""
    repository = await asyncio.to_thread(Repository, name, revision)
    await _in_thread(repository, _SMALL)
    return repository


async def weights(repository, load_format):
    """The copy of the weights that vLLM would load."""
    started = time.monotonic()
    await _in_thread(repository, _WEIGHTS.get(load_format, ("*.safetensors",)))
    log.engine("weight_utils.py:572", f"Time spent downloading weights for {repository.name}: {time.monotonic() - started:.6f} seconds")
