#!/usr/bin/python3
# Validation of the hub's listing for fetch-weights: size limits, format, and the checksums that the catalog pins, which override the hub's.
#
# The listing is untrusted. Anything over a limit or of another format is an error, which is retried for UNEXPLAINED seconds.
import hashlib, json, os, re, signal, urllib.parse

from weights_hub import HUB, MODEL, RETRY_S, PROGRESS, REVISION, UNEXPLAINED, Failure, Refused, get, origin

BYTES = int(os.environ.get("MODEL_BYTES") or 0)
# The catalog's checksums: the SHA-256 over the output of sha256sum for all files; then for each file the first digits of the SHA-256 of its name and of
# its content, to identify a file that differs. node.env has no room for the full list.
PINNED, *marks = (os.environ.get("MODEL_CHECKSUMS") or "-").split()
MARKS = {mark[:8]: mark[8:] for mark in marks}
PAGE_SECONDS, PAGE_BYTES, PAGES, ROWS, FILES = min(4 * RETRY_S, 120), 8 << 20, 50, 50000, 2000
NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}"  # top folder only, safe characters
OWN = ("complete.json", "progress.json")  # our own files in the folder
SMALL = 64 << 20


def form(problem):
    return Refused(
        f"the listing of {MODEL} {problem}",
        "the hub's listing differs from huggingface.co's: wait and run pulumi up again, or check weightsUrl in the catalog's row",
        limit=min(RETRY_S, UNEXPLAINED),
    )


def late(*_):
    raise TimeoutError(f"no complete listing within {PAGE_SECONDS:.0f} s")


def once_each(pairs):
    if len(members := dict(pairs)) != len(pairs):
        raise form("has a duplicate member")
    return members


def no_number(word):
    raise form(f"has the number {word}")


def rows(text):
    # The rows of a page of the listing.
    try:
        found = json.loads(text, object_pairs_hook=once_each, parse_constant=no_number)
    except (RecursionError, MemoryError):
        raise form("is nested too deeply or too large") from None
    if not isinstance(found, list) or not all(isinstance(row, dict) and isinstance(row.get("path"), str) for row in found):
        raise ValueError("the response is not a listing")
    return found


def page(url):
    # Rows of a page, and the address of the next page. At most PAGE_SECONDS, also for a host that sends slowly.
    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, PAGE_SECONDS)
    try:
        with get(url) as answer:
            if (answer.headers.get("Content-Encoding") or "identity").lower() != "identity":
                raise form("is encoded")
            text, link = answer.read(PAGE_BYTES + 1), answer.headers.get("Link") or ""
    except MemoryError:
        raise form("does not fit in memory") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    if len(text) > PAGE_BYTES:
        raise form(f"has a page of more than {PAGE_BYTES} bytes")
    following = re.search(r'<([^<>]{1,4000})>\s{0,9};\s{0,9}rel="next"', link)
    return rows(text), urllib.parse.urljoin(url, following[1]) if following else None


def listing():
    # All files of the top folder at this commit whose names are safe and differ from our own files.
    url, seen, files = f"{HUB}/api/models/{urllib.parse.quote(MODEL)}/tree/{REVISION}?recursive=true", set(), []
    while url:
        seen.add(url)
        found, url = page(url)
        files += [row for row in found if row.get("type") == "file" and re.fullmatch(NAME, row["path"]) and row["path"].lower() not in OWN]
        if url in seen or len(seen) >= PAGES or len(files) > ROWS:
            raise form("is endless")
        if url and origin(url) != origin(HUB):
            raise Failure(f"the listing of {MODEL} continues on another host", "check MODEL_HUB")
    PROGRESS.shown = True
    return files


def described(row):
    # Name, size and checksum of a file.
    lfs = row.get("lfs") or {}
    size = lfs.get("size", row.get("size")) if isinstance(lfs, dict) else None
    if type(size) is not int or not 0 <= size < 1 << 50:  # True is also an int
        raise form(f"has no size for {row['path']}")
    checksum = lfs.get("oid") if lfs else row.get("oid")
    if not isinstance(checksum, str) or not re.fullmatch(r"[0-9a-f]{64}" if lfs else r"[0-9a-f]{40}", checksum):
        raise form(f"has no checksum for {row['path']}")
    return {"name": row["path"], "size": size, "sha256": checksum if lfs else None, "git": None if lfs else checksum}


def chosen(wanted):
    # One copy of the weights, and all small files: configuration, tokenizer, prompts.
    ours, other = ("consolidated", "model") if wanted == "mistral" else ("model", "consolidated")
    weights = re.compile(rf"{ours}[A-Za-z0-9._-]*\.safetensors")
    small = re.compile(r".*\.(json|jinja|model|model\.v\d+)|SYSTEM_PROMPT\.txt")
    picked = [
        described(row)
        for row in listing()
        if weights.fullmatch(row["path"]) or (small.fullmatch(row["path"]) and not row["path"].startswith(other + ".safetensors"))
    ]
    picked = [f for f in picked if f["size"] < SMALL or weights.fullmatch(f["name"])]
    names = {f["name"] for f in picked}
    if len({name.lower() for name in names}) != len(picked):
        raise form("has a duplicate name")
    needed = [("params.json", "params.json")] if wanted == "mistral" else [("config.json", "config.json")]
    needed += [("tekken.json", r"tekken\.json|tokenizer\.model.*")] if wanted == "mistral" else []
    missing = [name for name, pattern in [(f"{ours}*.safetensors", weights.pattern), *needed] if not any(re.fullmatch(pattern, n) for n in names)]
    if missing:
        raise Failure(f"{MODEL} at {REVISION} lacks {', '.join(missing)}", f"it has no {wanted} copy of the weights: check the model's flags in the catalog")
    total = sum(f["size"] for f in picked)
    # The catalog's bytes may be an estimate, too low for unusual quantization.
    if total > 2 * BYTES + (2 << 30) or len(picked) > FILES:
        raise Failure(
            f"{MODEL} at {REVISION} has {len(picked)} files and {total / 1e9:.1f} GB, the catalog has {BYTES / 1e9:.1f} GB",
            "check weightBytes in the catalog's row; if it is right, use another hub (weightsUrl there)",
        )
    PROGRESS.came()  # only now: a listing that is rejected repeatedly is no progress
    return picked


def against_catalog(files):
    # Fails if a file differs from the catalog's checksums, whatever the hub lists. Skips files whose SHA-256 is not known yet.
    step = "do not serve these weights: use another hub (weightsUrl in the catalog's row); only if you verified other files yourself, correct checksums there"
    ours = {f["name"]: f["sha256"] for f in files if name_mark(f["name"]) in MARKS}
    for name, sha256 in ours.items():
        if sha256 and not sha256.startswith(MARKS[name_mark(name)]):
            raise Failure(f"{name} does not match the catalog's checksum: its SHA-256 is {sha256}", step)
    if len(ours) < len(MARKS):
        raise Failure(f"{MODEL} at {REVISION} lacks {len(MARKS) - len(ours)} of the files with a checksum in the catalog", step)
    if MARKS and all(ours.values()) and digest("".join(f"{ours[name]}  {name}\n" for name in sorted(ours))) != PINNED:
        raise Failure(f"{MODEL} at {REVISION}: the files do not match the catalog's checksums", step)


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def name_mark(name):
    return digest(name)[:8]
