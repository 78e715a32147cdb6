#!/usr/bin/python3
# Requests of fetch-weights to the hub and to the hosts that it redirects to: which errors are final, and how long to retry the others.
#
# An error of the hub itself about this repository is final. Storage hosts (CDN) return errors of any status even for valid signed addresses: these
# requests start again at the hub, which signs a new address.
import email.utils, http.client, os, re, socket, subprocess, threading, time, urllib.error, urllib.parse, urllib.request

HUB = os.environ["MODEL_HUB"].rstrip("/")
MODEL, REVISION = os.environ["MODEL_ID"], os.environ["MODEL_REVISION"]
RETRY_S = float(os.environ.get("RETRY_S") or 900)  # seconds without data
UNEXPLAINED = 60.0  # seconds to retry a hub error without a reason, once the hub listed the repository
SLOWEST = 16 << 10  # bytes a second: less counts as no data
FIRST_ANSWER = 5.0  # seconds for one of several addresses to answer
REDIRECTS = (301, 302, 303, 307, 308)
LATER = "run pulumi up again when it is reachable: downloaded data is kept"
TOKEN = "pulumi config set --secret huggingFaceToken <token>; pulumi up"


class Failure(Exception):
    # Final: a retry does not help.

    def __init__(self, cause, next_step):
        super().__init__(cause)
        self.next_step = next_step


class Refused(Exception):
    # Temporary: retried for up to LIMIT seconds, the first time after WAIT seconds.

    def __init__(self, cause, next_step=LATER, status=0, wait=0.0, limit=RETRY_S):
        super().__init__(cause)
        self.next_step, self.status, self.wait, self.limit = next_step, status, wait, limit


class Progress:
    # Shared by all threads: when enough data arrived last, whether the hub listed the repository, and until when a host wants no requests.

    def __init__(self):
        self.at, self.bytes, self.shown, self.held, self.silent, self.problem = time.monotonic(), 0, False, {}, set(), ""

    def came(self, count=1 << 60):
        self.bytes += count
        if self.bytes >= SLOWEST * RETRY_S:
            self.at, self.bytes = time.monotonic(), 0

    def stalled(self):
        # Whether the limit is exceeded by a margin: then a thread may hang on a host that sends single bytes.
        return time.monotonic() - self.at > RETRY_S + 5 + min(RETRY_S, 30)

    def hold(self, host):
        while (left := min(self.held.get(host, 0), self.at + RETRY_S) - time.monotonic()) > 0:
            time.sleep(min(left, 1))


PROGRESS = Progress()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def connect(address, timeout=60, *_, **__):
    # Connects to the first address that answers; an address that does not (broken IPv6) is tried last from then on. Keep-alive after a second of silence:
    # the host firewall starts during the download and drops packets of a connection until it saw one that we sent.
    failed = OSError("no address")
    found = sorted(socket.getaddrinfo(*address, type=socket.SOCK_STREAM), key=lambda row: row[4] in PROGRESS.silent)
    for left, (family, kind, protocol, _, where) in zip(range(len(found) - 1, -1, -1), found):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(min(timeout, FIRST_ANSWER) if left else timeout)
            connection.connect(where)
        except OSError as error:
            connection.close()
            PROGRESS.silent.add(where)
            failed = OSError(f"{where[0]}: {error}")
            continue
        PROGRESS.silent.discard(where)
        connection.settimeout(timeout)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 30)
        return connection
    raise failed


def speaking(kind):
    # Makes connections of this http.client class use connect().

    def make(host, **options):
        made = kind(host, **options)
        made._create_connection = connect  # the only hook before TLS
        return made

    return make


class Http(urllib.request.HTTPHandler):
    def http_open(self, request):
        return self.do_open(speaking(http.client.HTTPConnection), request)


class Https(urllib.request.HTTPSHandler):
    def https_open(self, request):
        return self.do_open(speaking(http.client.HTTPSConnection), request)


OPENER = urllib.request.build_opener(NoRedirect, Http, Https)


def token():
    try:
        with open(os.path.join(os.environ.get("CREDENTIALS_DIRECTORY", "/nonexistent"), "huggingface.token")) as f:
            return f.read().strip()
    except OSError:
        return ""


def origin(url):
    parts = urllib.parse.urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def words(text, most=200):
    # Text of another host for a log: the title of an HTML page; one short line without control characters, signatures and our token.
    text = text[:4000]  # the patterns below may scan it repeatedly
    title = re.search(r"<title[^>]*>(.{1,200}?)</title>", text, re.I | re.S)
    text = re.sub(r"<[^<>]{0,300}>", " ", title[1] if title else text)
    text = re.sub(r"\?\S*=\S*", "?...", text)
    if secret := token():
        text = text.replace(secret, "...")
    return line(text)[:most]


def line(text):
    # TEXT on one line, without control characters and bidirectional marks.
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def get(url, headers=()):
    # Opens URL and follows redirects itself: only the hub gets the token, and no redirect leads from https to http.
    secret = token()
    for _ in range(8):
        host, hubs = urllib.parse.urlsplit(url).hostname, origin(url) == origin(HUB)
        PROGRESS.hold(host)
        request = urllib.request.Request(url, headers={"User-Agent": "inference-node", **dict(headers)})
        if secret and hubs:
            request.add_unredirected_header("Authorization", f"Bearer {secret}")
        try:
            return OPENER.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            with error:
                there = error.headers["Location"] if error.code in REDIRECTS else None
                if not there:
                    raise refusal(error, url, hubs) from None
        except (OSError, http.client.HTTPException) as error:
            raise OSError(f"{host}: {getattr(error, 'reason', None) or error or type(error).__name__}") from None
        there = urllib.parse.urljoin(url, there)
        if origin(there)[0] not in ("https", origin(HUB)[0]):
            cause = f"{words(url.split('?')[0])} redirects to {words(there.split('?')[0])}, which is not https"
            raise (Failure(cause, "check MODEL_HUB") if hubs else Refused(cause)) from None
        url = there
    raise Refused(f"too many redirects, the last to {host}", limit=min(RETRY_S, UNEXPLAINED))


def refusal(error, url, hubs):
    # The exception for a response that is neither content nor a redirect.
    try:
        body = error.fp.read1(2000).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException, AttributeError):
        body = ""
    status, wait = error.code, asked_wait(error.headers, error.code)
    host = urllib.parse.urlsplit(url).hostname
    message = words(error.headers.get("X-Error-Message") or "")
    detail = message or words(body)
    detail = f": {detail}" if detail else ""
    if wait:
        PROGRESS.held[host] = time.monotonic() + wait
    host = words(host or "")
    if hubs and status in (401, 403, 404, 410):
        final = hubs_refusal(status, error.headers.get("X-Error-Code") or "", message, detail, url)
        # The hub listed the repository, so an error without a reason is temporary. A file may also be listed before its storage has it.
        unexplained = not message and not error.headers.get("X-Error-Code") or error.headers.get("X-Error-Code") == "EntryNotFound"
        return Refused(str(final), final.next_step, status, wait, min(RETRY_S, UNEXPLAINED)) if PROGRESS.shown and unexplained else final
    if hubs:
        limit = f"{LATER}; a token has a higher limit: {TOKEN}" if status == 429 and not token() else LATER
        return Refused(f"{host} returns {status}{detail}", limit, status, wait)
    return Refused(
        f"{host}, the file storage of {origin(HUB)[1]}, returns {status}{detail}",
        "the storage returned the error: wait and run pulumi up again (downloaded data is kept), or use a mirror: weightsUrl in the catalog's row",
        status,
        wait,
    )


def hubs_refusal(status, code, message, detail, url):
    # The hub's error about the repository (codes: huggingface_hub's utils/_http.py).
    if "disabled" in message:
        return Failure(f"the hub has disabled {MODEL} ({status}{detail})", "choose another model")
    if code == "RepoNotFound":
        return Failure(f"{HUB} has no {MODEL}, or it is not visible ({status}{detail})", f"check the endpoint's model; a private model needs a token with read access: {TOKEN}")
    if status == 401 and token() and "nvalid credentials" in message:
        return Failure(f"the hub does not accept this token ({status}{detail})", TOKEN)
    if status in (401, 403):
        return Failure(f"the hub denies access to {MODEL} ({status}{detail}) {'with this token' if token() else 'without a token'}", f"accept the licence on the model's page, then: {TOKEN}")
    return Failure(f"{HUB} has no {MODEL} at {REVISION} ({status} for {words(url.split('?')[0])}{detail})", "check the endpoint's model and revision")


def asked_wait(headers, status):
    # Seconds that the host asks us to wait: Retry-After (seconds or a date), or an exhausted RateLimit, as the hub sends it ("api";r=0;t=87).
    waits, after = [0.0], (headers.get("Retry-After") or "").strip()
    if re.fullmatch(r"[0-9]{1,6}", after):
        waits.append(float(after))
    elif after:
        try:  # relative to the host's clock: ours may be wrong
            sent = email.utils.parsedate_to_datetime(headers["Date"]) if headers["Date"] else email.utils.localtime()
            waits.append((email.utils.parsedate_to_datetime(after) - sent).total_seconds())
        except (LookupError, TypeError, ValueError, OverflowError):
            pass
    if status in (429, 503):
        window = re.search(r"\bw\s*=\s*([0-9]{1,6})", headers.get("RateLimit-Policy") or "")
        for limit in (headers.get("RateLimit") or "").split(","):
            if re.search(r"\br\s*=\s*0+\b", limit):
                reset = re.search(r"\bt\s*=\s*([0-9]{1,6})", limit) or window
                waits.append(float(reset[1]) + 1 if reset else 0.0)  # in whole seconds
    return max(waits)


def clock_hint():
    # A hint if the clock is wrong, which certificate errors do not mention; otherwise empty.
    try:
        return subprocess.run([os.path.join(os.path.dirname(os.path.abspath(__file__)), "clock-hint")], capture_output=True, text=True, timeout=30, check=False).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def persistently(action, done=lambda: PROGRESS.at):
    # Runs ACTION until it succeeds or RETRY_S seconds pass without data. DONE changes when ACTION made progress.
    pause, began = 1.0, time.monotonic()
    while True:
        before = done()
        try:
            return action()
        except (Refused, OSError, http.client.HTTPException, ValueError, EOFError) as error:  # timeouts are OSErrors; a truncated response is one of the last three
            now = time.monotonic()
            if done() != before:
                pause, began = 1.0, now
            limit = getattr(error, "limit", RETRY_S)
            # A shorter limit counts from the first error of this action; the default counts from the last data of any thread.
            left = (began if limit < RETRY_S else PROGRESS.at) + limit - now
            if left <= 0:
                raise given_up(error) from None
            wait = min(max(pause, getattr(error, "wait", 0.0)), left)  # the last attempt is at the limit
            PROGRESS.problem = words(str(error), 400) or type(error).__name__
            print(f"retry in {wait:.0f} s: {PROGRESS.problem}", flush=True)
            time.sleep(wait)
            pause = min(pause * 2, 30)


def given_up(error):
    if isinstance(error, Refused):
        return Failure(f"{error}; retried for {error.limit:.0f} s", error.next_step)
    cause = f"no data from {HUB} for {RETRY_S:.0f} s: {words(str(error), 400) or type(error).__name__}"
    if clock := clock_hint():
        return Failure(f"{cause}; {clock}", "set the clock: timedatectl status on the node says whether it is synchronized; then run pulumi up again")
    return Failure(cause, LATER)
