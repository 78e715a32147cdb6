#!/usr/bin/python3
# Download for fetch-weights: several threads fetch files in segments and resume them. Each file is checked before it gets its name.
import errno, hashlib, http.client, itertools, json, os, queue, re, threading, time, urllib.parse

from weights_hub import HUB, LATER, MODEL, RETRY_S, PROGRESS, REVISION, SLOWEST, UNEXPLAINED, Failure, Refused, get, persistently, words

WORKERS = int(os.environ.get("FETCH_WORKERS") or 12)
# With small segments less of the checksum remains after the last byte. For large totals on fast lines, their handshakes would cost time.
SMALL_SEGMENT, LARGE_SEGMENT, LARGE_TOTAL = 64 << 20, 256 << 20, 64 << 30
RANGE_REFUSALS = (400, 403, 416)  # seen from storage hosts for ranges that exist


class Corrupt(Exception):
    pass


def begins_at(answer, file, start):
    # Checks that the response is this file from byte START, or whole; returns how many bytes to skip.
    kind, length, size = answer.headers.get_content_type(), answer.headers.get("Content-Length"), str(file["size"])
    if (answer.headers.get("Content-Encoding") or "identity").lower() != "identity":
        raise ValueError(f"{file['name']}: is encoded as {answer.headers['Content-Encoding']}")
    if answer.status == 206:
        part = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", (answer.headers.get("Content-Range") or "").strip())
        if not part or int(part[1]) != start or part[2] not in (size, "*"):
            raise ValueError(f"{file['name']}: requested byte {start} of {size}, got {answer.headers.get('Content-Range')}")
        return 0
    if answer.status != 200 or length not in (size, None) or (length is None and kind == "text/html"):
        page = f": {words(answer.read(2000).decode('utf-8', 'replace'))}" if kind.startswith("text/") else ""
        raise ValueError(f"{file['name']}: expected {size} bytes, got status {answer.status} with {length or '?'} bytes of {kind}{page}")
    return start  # the range was ignored


class Front:
    # Computes the checksum of a file from its start while the rest downloads, so that the engine does not wait for it afterwards.

    def __init__(self, file, path, segment, whole):
        self.path, self.size, self.segment, self.whole, self.next, self.lock = path, file["size"], segment, whole, 0, threading.Lock()
        self.digest = hashlib.sha256() if file["sha256"] else hashlib.sha1(b"blob %d\0" % file["size"], usedforsecurity=False)

    def came(self, index):
        self.whole.add(index)
        if self.lock.acquire(blocking=False):  # else another thread does it
            try:
                self.advance()
            finally:
                self.lock.release()

    def advance(self):
        with open(self.path, "rb") as part:
            part.seek(self.next * self.segment)
            while self.next in self.whole:
                end = min((self.next + 1) * self.segment, self.size)
                while part.tell() < end and (block := part.read(min(8 << 20, end - part.tell()))):
                    self.digest.update(block)
                    PROGRESS.came(len(block))
                self.next += 1

    def end(self):
        with self.lock:
            self.advance()
        with open(self.path, "rb") as part:
            os.fsync(part.fileno())
        return self.digest.hexdigest()


class Download:
    def __init__(self, files, folder):
        self.files, self.folder, self.lock, self.todo, self.failure = files, folder, threading.Lock(), queue.Queue(), None
        self.progress = read_object(os.path.join(folder, "progress.json"))
        self.total, self.fetched, self.left, self.fronts = sum(f["size"] for f in files), 0, {}, {}
        self.segment_size = int(os.environ.get("FETCH_SEGMENT") or (SMALL_SEGMENT if self.total < LARGE_TOTAL else LARGE_SEGMENT))

    def path(self, file, suffix=""):
        return os.path.join(self.folder, file["name"] + suffix)

    def state(self, file):
        # Completed bytes per segment. Only valid for the same content, while the .part file exists.
        known = self.progress.get(file["name"])
        lengths = self.lengths(file)
        identity = [file["size"], file["sha256"] or file["git"], self.segment_size]
        done = known.get("done") if isinstance(known, dict) and known.get("identity") == identity else None
        if not isinstance(done, list) or len(done) != len(lengths) or not os.path.exists(self.path(file, ".part")):
            done = []
        if not all(type(here) is int and 0 <= here <= length for here, length in zip(done, lengths)):
            done = []
        known = self.progress[file["name"]] = {"identity": identity, "done": done or [0] * len(lengths)}
        return known["done"]

    def lengths(self, file):
        return [min(self.segment_size, file["size"] - i * self.segment_size) for i in range(max(1, -(-file["size"] // self.segment_size)))]

    def reuse(self, file):
        # A file of an earlier run with an unknown checksum is treated as a complete .part file.
        if os.path.isfile(self.path(file)) and os.path.getsize(self.path(file)) == file["size"]:
            os.replace(self.path(file), self.path(file, ".part"))
            self.state(file)[:] = self.lengths(file)

    def enqueue(self, file):
        done = self.state(file)
        with open(self.path(file, ".part"), "ab") as part:
            part.truncate(file["size"])
        length = self.lengths(file)
        open_segments = [i for i in range(len(done)) if done[i] < length[i]]
        self.left[file["name"]] = len(open_segments)
        self.fronts[file["name"]] = Front(file, self.path(file, ".part"), self.segment_size, set(range(len(done))) - set(open_segments))
        for i in open_segments:
            self.todo.put((file, i, length[i]))
        if not open_segments:
            self.todo.put((file, None, 0))

    def segment(self, file, index, length, closed):
        # The rest of a segment. Starts at the hub again, which signs a new address or selects another storage host.
        done = self.progress[file["name"]]["done"]
        url = f"{HUB}/{urllib.parse.quote(MODEL)}/resolve/{REVISION}/{urllib.parse.quote(file['name'])}"
        start = index * self.segment_size + done[index]
        end = index * self.segment_size + length
        with get(url, {"Range": f"bytes={start}-{end - 1 if closed else ''}"}.items()) as answer:
            skip = begins_at(answer, file, start)
            with open(self.path(file, ".part"), "r+b", buffering=0) as part:  # counted bytes are written bytes
                part.seek(start)
                while start < end:
                    block = read(answer, min(1 << 20, skip or end - start))
                    if not block:
                        raise EOFError(f"{file['name']}: truncated at byte {start} of {file['size']}")
                    if self.failure:
                        return
                    PROGRESS.came(len(block))
                    if skip:
                        skip -= len(block)
                        continue
                    write(part, block)
                    start += len(block)
                    with self.lock:
                        done[index] += len(block)
                        self.fetched += len(block)

    def fetch(self, file, index, length):
        # A segment, with retries. If its range is refused, the next attempts alternate with an open end of the range.
        closed, tries = [True], itertools.count()

        def once():
            try:
                self.segment(file, index, length, closed[0] or next(tries) % 2 == 0)
            except Refused as error:
                closed[0] = error.status not in RANGE_REFUSALS
                if error.status == 416:  # temporary, or the storage has less of the file than the hub lists
                    error.limit = min(RETRY_S, UNEXPLAINED)
                    error.next_step = "the storage has a shorter file than the hub lists: use another hub (weightsUrl in the catalog's row)"
                raise
            except OSError as error:
                if error.filename:  # a disk error, not a network error
                    raise disk_failure(error) from None
                raise

        persistently(once, lambda: self.progress[file["name"]]["done"][index])

    def check(self, file):
        digest = self.fronts[file["name"]].end()
        if digest != (file["sha256"] or file["git"]):
            raise Corrupt(f"{file['name']} is corrupt: its checksum is {digest}, the hub lists {words(str(file['sha256'] or file['git']))}")
        os.replace(self.path(file, ".part"), self.path(file))
        file["here"] = True
        PROGRESS.came()

    def work(self):
        while True:
            file, index, length = self.todo.get()
            try:
                if not self.failure:
                    if index is not None:
                        self.fetch(file, index, length)
                        if not self.failure:
                            PROGRESS.came()
                            self.fronts[file["name"]].came(index)
                        with self.lock:
                            self.left[file["name"]] -= 1
                            last = self.left[file["name"]] == 0
                    if (index is None or last) and not self.failure:
                        self.finish(file)
            except Exception as error:  # noqa: BLE001 - reported by the main thread
                self.failure = self.failure or error
            finally:
                self.todo.task_done()

    def finish(self, file):
        try:
            self.check(file)
        except Corrupt as error:
            if file.get("again"):
                raise Failure(f"{error}, twice", "the mirror or the disk is faulty: use another hub, or replace the Droplet") from None
            print(f"{error}; downloading it again", flush=True)
            file["again"] = True
            os.remove(self.path(file, ".part"))
            self.enqueue(file)
        else:
            print(f"{file['name']}: {file['size']} bytes, checksum verified", flush=True)

    def save(self):
        with self.lock:
            text = json.dumps(self.progress)
        temporary = os.path.join(self.folder, "progress.json.new")
        with open(temporary, "w") as f:
            f.write(text)
        os.replace(temporary, os.path.join(self.folder, "progress.json"))

    def run(self, make_room):
        pending = [f for f in self.files if not f.get("here")]
        for f in pending:
            self.reuse(f)
        here = sum(sum(self.state(f)) for f in pending)
        make_room(sum(f["size"] for f in pending) - here)
        print(f"{MODEL} {REVISION[:12]}: {len(pending)} of {len(self.files)} files, {(sum(f['size'] for f in pending) - here) / 1e9:.2f} GB to fetch, {here / 1e9:.2f} GB here", flush=True)
        for f in sorted(pending, key=lambda f: f["size"]):
            self.enqueue(f)
        for _ in range(WORKERS):
            threading.Thread(target=self.work, daemon=True).start()
        reported, before = time.monotonic(), 0
        try:
            while self.todo.unfinished_tasks and not self.failure:
                time.sleep(0.2)
                now = time.monotonic()
                if PROGRESS.stalled():
                    raise Failure(f"less than {SLOWEST} bytes a second arrived from {HUB} for {RETRY_S:.0f} s{PROGRESS.problem and f': {PROGRESS.problem}'}", LATER)
                if now - reported >= 2:
                    self.save()
                if now - reported >= 10:
                    print(f"{(self.total - sum(f['size'] for f in pending) + here + self.fetched) / 1e9:.2f} of {self.total / 1e9:.2f} GB, {(self.fetched - before) / 1e6 / (now - reported):.0f} MB/s", flush=True)
                    reported, before = now, self.fetched
        finally:
            self.save()
        if self.failure:
            raise self.failure


def read_object(path):
    # A JSON object of an earlier run; empty if it is anything else.
    try:
        with open(path) as f:
            found = json.load(f)
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def read(answer, most):
    try:
        return answer.read(most)
    except (OSError, http.client.HTTPException) as error:
        raise OSError(f"{urllib.parse.urlsplit(answer.url).hostname}: {error or type(error).__name__}") from None


def write(part, block):
    # Writes the whole block. A disk error ends the download: a retry does not help.
    rest = memoryview(block)
    try:
        while rest:
            rest = rest[part.write(rest):]
    except OSError as error:
        raise disk_failure(error) from None


def disk_failure(error):
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failure("no space is left for the weights", "use a size with a scratch disk, or set cacheVolumeGiB")
    return Failure(f"the weights could not be written to disk: {error.strerror}", "journalctl -k on the node shows the disk's errors; replace the Droplet or the Volume")
