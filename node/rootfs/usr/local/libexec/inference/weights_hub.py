#!/usr/bin/python3
# Requests of fetch-weights: to the hub, and to the hosts that the hub redirects to. Which refusal is final, and how long to wait for the others.
#
# A final one is the hub's own answer about this repository. Its storage hosts (CDN) have refused their own signed addresses with every status that there
# is: such an answer is asked again, from the hub on, which signs a new address.
import email.utils, http.client, os, re, socket, subprocess, threading, time, urllib.error, urllib.parse, urllib.request

HUB = os.environ["MODEL_HUB"].rstrip("/")
MODEL, REVISION = os.environ["MODEL_ID"], os.environ["MODEL_REVISION"]
PATIENCE = float(os.environ.get("RETRY_S") or 900)  # seconds without a byte
UNEXPLAINED = 60.0  # seconds for a refusal of the hub's that names no reason, once it has shown the repository
SLOWEST = 16 << 10  # bytes a second: a host that sends less has sent nothing
FIRST_ANSWER = 5.0  # seconds for an address to answer where there are others
REDIRECTS = (301, 302, 303, 307, 308)
LATER = "run pulumi up again when it is reachable: what is here is kept"
TOKEN = "pulumi config set --secret huggingFaceToken <token>; pulumi up"


class Failure(Exception):
    # Waiting does not help.

    def __init__(self, cause, next_step):
        super().__init__(cause)
        self.next_step = next_step


class Refused(Exception):
    # Waiting may help: for PATIENCE seconds, the first WAIT of them without asking.

    def __init__(self, cause, next_step=LATER, status=0, wait=0.0, patience=PATIENCE):
        super().__init__(cause)
        self.next_step, self.status, self.wait, self.patience = next_step, status, wait, patience


class Progress:
    # What all threads know: when enough bytes came last, whether the hub has shown the repository, and until when a host wants to be left alone.

    def __init__(self):
        self.at, self.bytes, self.shown, self.held, self.silent, self.problem = time.monotonic(), 0, False, {}, set(), ""

    def came(self, count=1 << 60):
        self.bytes += count
        if self.bytes >= SLOWEST * PATIENCE:
            self.at, self.bytes = time.monotonic(), 0

    def stalled(self):
        # Whether PATIENCE is over and some more, so that who waits for a host that sends a byte now and then has to be left behind.
        return time.monotonic() - self.at > PATIENCE + 5 + min(PATIENCE, 30)

    def hold(self, host):
        while (left := min(self.held.get(host, 0), self.at + PATIENCE) - time.monotonic()) > 0:
            time.sleep(min(left, 1))


PROGRESS = Progress()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def connect(address, timeout=60, *_, **__):
    # A connection to the first address that answers: one that does not (IPv6 that leads nowhere) is asked last from then on. It speaks up after a second
    # of silence: the host firewall comes while weights do, what it knows of a connection that was there before begins with a packet of ours, and until
    # then it drops the hub's.
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
    # Connections of that kind of http.client's, made as above.

    def make(host, **options):
        made = kind(host, **options)
        made._create_connection = connect  # the one place before TLS begins
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
    # What another host wrote, fit for a log: of a page its title; on one line, short, without control characters, signatures and our token.
    text = text[:4000]  # the patterns below look at some of it more than once
    title = re.search(r"<title[^>]*>(.{1,200}?)</title>", text, re.I | re.S)
    text = re.sub(r"<[^<>]{0,300}>", " ", title[1] if title else text)
    text = re.sub(r"\?\S*=\S*", "?...", text)
    if secret := token():
        text = text.replace(secret, "...")
    return line(text)[:most]


def line(text):
    # TEXT on one line, without control characters and what turns the direction of writing.
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def get(url, headers=()):
    # Opens URL, redirects followed by hand: the token goes to the hub alone, and nothing leads from https to http.
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
    raise Refused(f"too many redirects, the last to {host}", patience=min(PATIENCE, UNEXPLAINED))


def refusal(error, url, hubs):
    # The exception for an answer that is neither content nor a redirect.
    try:
        body = error.fp.read1(2000).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException, AttributeError):
        body = ""
    status, wait = error.code, asked_wait(error.headers, error.code)
    host = urllib.parse.urlsplit(url).hostname
    message = words(error.headers.get("X-Error-Message") or "")
    said = message or words(body)
    said = f": {said}" if said else ""
    if wait:
        PROGRESS.held[host] = time.monotonic() + wait
    host = words(host or "")
    if hubs and status in (401, 403, 404, 410):
        final = hubs_refusal(status, error.headers.get("X-Error-Code") or "", message, said, url)
        # It has shown the repository, so this is a moment's trouble unless it says why. One file of many may also be at the hub and not in its storage yet.
        unexplained = not message and not error.headers.get("X-Error-Code") or error.headers.get("X-Error-Code") == "EntryNotFound"
        return Refused(str(final), final.next_step, status, wait, min(PATIENCE, UNEXPLAINED)) if PROGRESS.shown and unexplained else final
    if hubs:
        limit = f"{LATER}; a token has a higher limit: {TOKEN}" if status == 429 and not token() else LATER
        return Refused(f"{host} answers {status}{said}", limit, status, wait)
    return Refused(
        f"{host}, where {origin(HUB)[1]} keeps the files, answers {status}{said}",
        "it is the storage that refuses: wait, and run pulumi up again (what is here is kept), or fetch from a mirror: weightsUrl in the catalog's row",
        status,
        wait,
    )


def hubs_refusal(status, code, message, said, url):
    # What the hub itself says of the repository (huggingface_hub's utils/_http.py has its codes).
    if "disabled" in message:
        return Failure(f"the hub has disabled {MODEL} ({status}{said})", "choose another model")
    if code == "RepoNotFound":
        return Failure(f"{HUB} has no {MODEL}, or does not show it to us ({status}{said})", f"check the endpoint's model; a private one needs a token that may read it: {TOKEN}")
    if status == 401 and token() and "nvalid credentials" in message:
        return Failure(f"the hub does not know this token ({status}{said})", TOKEN)
    if status in (401, 403):
        return Failure(f"the hub refuses {MODEL} ({status}{said}) {'with this token' if token() else 'without a token'}", f"accept the licence on the model's page, then: {TOKEN}")
    return Failure(f"{HUB} has no {MODEL} at {REVISION} ({status} for {words(url.split('?')[0])}{said})", "check the endpoint's model and revision")


def asked_wait(headers, status):
    # Seconds that the host asks us to wait: Retry-After (seconds or a date), or RateLimit where nothing remains, as the hub has it ("api";r=0;t=87).
    waits, after = [0.0], (headers.get("Retry-After") or "").strip()
    if re.fullmatch(r"[0-9]{1,6}", after):
        waits.append(float(after))
    elif after:
        try:  # by the host's clock, ours may be wrong
            sent = email.utils.parsedate_to_datetime(headers["Date"]) if headers["Date"] else email.utils.localtime()
            waits.append((email.utils.parsedate_to_datetime(after) - sent).total_seconds())
        except (LookupError, TypeError, ValueError, OverflowError):
            pass
    if status in (429, 503):
        window = re.search(r"\bw\s*=\s*([0-9]{1,6})", headers.get("RateLimit-Policy") or "")
        for limit in (headers.get("RateLimit") or "").split(","):
            if re.search(r"\br\s*=\s*0+\b", limit):
                reset = re.search(r"\bt\s*=\s*([0-9]{1,6})", limit) or window
                waits.append(float(reset[1]) + 1 if reset else 0.0)  # its seconds are whole ones
    return max(waits)


def clock_hint():
    # That the clock is wrong, which no error about a certificate says; else nothing.
    try:
        return subprocess.run([os.path.join(os.path.dirname(os.path.abspath(__file__)), "clock-hint")], capture_output=True, text=True, timeout=30, check=False).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def persistently(action, done=lambda: PROGRESS.at):
    # Runs ACTION until it succeeds or nothing has come for PATIENCE seconds; DONE changes where it got somewhere.
    pause, began = 1.0, time.monotonic()
    while True:
        before = done()
        try:
            return action()
        except (Refused, OSError, http.client.HTTPException, ValueError, EOFError) as error:  # timeouts are OSErrors; a cut answer is one of the last three
            now = time.monotonic()
            if done() != before:
                pause, began = 1.0, now
            patience = getattr(error, "patience", PATIENCE)
            # A short patience is this action's own, counted from its first refusal; the long one ends when no thread has got a byte.
            left = (began if patience < PATIENCE else PROGRESS.at) + patience - now
            if left <= 0:
                raise given_up(error) from None
            wait = min(max(pause, getattr(error, "wait", 0.0)), left)  # one more try as the patience ends
            PROGRESS.problem = words(str(error), 400) or type(error).__name__
            print(f"again in {wait:.0f} s: {PROGRESS.problem}", flush=True)
            time.sleep(wait)
            pause = min(pause * 2, 30)


def given_up(error):
    if isinstance(error, Refused):
        return Failure(f"{error}; so for {error.patience:.0f} s", error.next_step)
    cause = f"nothing came from {HUB} for {PATIENCE:.0f} s: {words(str(error), 400) or type(error).__name__}"
    if clock := clock_hint():
        return Failure(f"{cause}; {clock}", "set the clock: timedatectl status on the node says whether it is synchronized; then run pulumi up again")
    return Failure(cause, LATER)
