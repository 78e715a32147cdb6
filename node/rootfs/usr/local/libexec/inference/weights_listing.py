#!/usr/bin/python3
# What fetch-weights believes of a hub: its listing within limits, and the checksums that the catalog pins, which come before the hub's own.
#
# All of it is another host's data. What is over a limit or of another form is refused by name; a listing gets UNEXPLAINED seconds to become a better one.
import hashlib, json, os, re, signal, urllib.parse

from weights_hub import HUB, MODEL, PATIENCE, PROGRESS, REVISION, UNEXPLAINED, Failure, Refused, get, origin

BYTES = int(os.environ.get("MODEL_BYTES") or 0)
# The catalog's checksums: the SHA-256 of their lines as sha256sum prints them; then for each file the begin of its name's SHA-256 and of its own, which
# tell which file differs. node.env has no room for all of them.
PINNED, *marks = (os.environ.get("MODEL_CHECKSUMS") or "-").split()
MARKS = {mark[:8]: mark[8:] for mark in marks}
PAGE_SECONDS, PAGE_BYTES, PAGES, ROWS, FILES = min(4 * PATIENCE, 120), 8 << 20, 50, 50000, 2000
NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}"  # of the top folder, and harmless
OWN = ("complete.json", "progress.json")  # names of ours beside the files
SMALL = 64 << 20


def form(problem):
    return Refused(
        f"the listing of {MODEL} {problem}",
        "the hub does not list as huggingface.co does: wait and run pulumi up again, or check weightsUrl in the catalog's row",
        patience=min(PATIENCE, UNEXPLAINED),
    )


def late(*_):
    raise TimeoutError(f"no whole listing within {PAGE_SECONDS:.0f} s")


def once_each(pairs):
    if len(members := dict(pairs)) != len(pairs):
        raise form("has a member twice")
    return members


def no_number(word):
    raise form(f"has {word} for a number")


def rows(text):
    # The rows of a page.
    try:
        found = json.loads(text, object_pairs_hook=once_each, parse_constant=no_number)
    except (RecursionError, MemoryError):
        raise form("is nested too deeply or too large") from None
    if not isinstance(found, list) or not all(isinstance(row, dict) and isinstance(row.get("path"), str) for row in found):
        raise ValueError("what came in place of the listing has another form")
    return found


def page(url):
    # Rows of a page, and the address of the next. A host that sends a little now and then gets no more than PAGE_SECONDS.
    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, PAGE_SECONDS)
    try:
        with get(url) as answer:
            if (answer.headers.get("Content-Encoding") or "identity").lower() != "identity":
                raise form("came encoded")
            text, link = answer.read(PAGE_BYTES + 1), answer.headers.get("Link") or ""
    except MemoryError:
        raise form("is larger than the memory") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    if len(text) > PAGE_BYTES:
        raise form(f"has a page of more than {PAGE_BYTES} bytes")
    following = re.search(r'<([^<>]{1,4000})>\s{0,9};\s{0,9}rel="next"', link)
    return rows(text), urllib.parse.urljoin(url, following[1]) if following else None


def listing():
    # Every row of the commit that is a file of the top folder and has a name that ours are safe from.
    url, seen, files = f"{HUB}/api/models/{urllib.parse.quote(MODEL)}/tree/{REVISION}?recursive=true", set(), []
    while url:
        seen.add(url)
        found, url = page(url)
        files += [row for row in found if row.get("type") == "file" and re.fullmatch(NAME, row["path"]) and row["path"].lower() not in OWN]
        if url in seen or len(seen) >= PAGES or len(files) > ROWS:
            raise form("goes on without an end")
        if url and origin(url) != origin(HUB):
            raise Failure(f"the listing of {MODEL} goes on at another host", "check MODEL_HUB")
    PROGRESS.shown = True
    return files


def described(row):
    # A file: name, size, and how to check it.
    lfs = row.get("lfs") or {}
    size = lfs.get("size", row.get("size")) if isinstance(lfs, dict) else None
    if type(size) is not int or not 0 <= size < 1 << 50:  # True is an int too
        raise form(f"gives {row['path']} no size")
    checksum = lfs.get("oid") if lfs else row.get("oid")
    if not isinstance(checksum, str) or not re.fullmatch(r"[0-9a-f]{64}" if lfs else r"[0-9a-f]{40}", checksum):
        raise form(f"gives {row['path']} no checksum")
    return {"name": row["path"], "size": size, "sha256": checksum if lfs else None, "git": None if lfs else checksum}


def chosen(wanted):
    # One copy of the weights, and every small file that describes it or says how to ask it.
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
        raise form("has a name twice")
    needed = [("params.json", "params.json")] if wanted == "mistral" else [("config.json", "config.json")]
    needed += [("tekken.json", r"tekken\.json|tokenizer\.model.*")] if wanted == "mistral" else []
    missing = [name for name, pattern in [(f"{ours}*.safetensors", weights.pattern), *needed] if not any(re.fullmatch(pattern, n) for n in names)]
    if missing:
        raise Failure(f"{MODEL} at {REVISION} lacks {', '.join(missing)}", f"it has no {wanted} copy of the weights: check the model's flags in the catalog")
    total = sum(f["size"] for f in picked)
    # A row's bytes may be an estimate, which misses what is quantized unusually.
    if total > 2 * BYTES + (2 << 30) or len(picked) > FILES:
        raise Failure(
            f"{MODEL} at {REVISION} is listed with {len(picked)} files and {total / 1e9:.1f} GB, the catalog has {BYTES / 1e9:.1f} GB",
            "check weightBytes in the catalog's row; if it is right, fetch from another hub (weightsUrl there)",
        )
    PROGRESS.came()  # only now: what is refused, again and again, is no progress
    return picked


def against_catalog(files):
    # Refuses what differs from the catalog's checksums, whatever the hub says. A file whose SHA-256 is not known yet is passed over.
    told = "do not serve these weights: fetch from another hub (weightsUrl in the catalog's row); only if you verified other files yourself, correct checksums there"
    ours = {f["name"]: f["sha256"] for f in files if name_mark(f["name"]) in MARKS}
    for name, sha256 in ours.items():
        if sha256 and not sha256.startswith(MARKS[name_mark(name)]):
            raise Failure(f"{name} is not the file whose checksum the catalog has: its SHA-256 is {sha256}", told)
    if len(ours) < len(MARKS):
        raise Failure(f"{MODEL} at {REVISION} lacks {len(MARKS) - len(ours)} of the files whose checksums the catalog has", told)
    if MARKS and all(ours.values()) and digest("".join(f"{ours[name]}  {name}\n" for name in sorted(ours))) != PINNED:
        raise Failure(f"{MODEL} at {REVISION}: the files are not those whose checksums the catalog has", told)


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def name_mark(name):
    return digest(name)[:8]
