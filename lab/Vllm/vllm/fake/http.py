"""HTTP/1.1 like uvicorn: keep-alive with an idle timeout, pipelining, chunked bodies in both directions.

One write per piece of an answer, with TCP_NODELAY.
"""
import asyncio
import os
import re
import socket
import time
from email.utils import formatdate
from http import HTTPStatus

from vllm.fake import log
from vllm.fake.engine import EngineDead

_LIMIT = 512 << 20
# Longest line with a chunk's size, including extensions.
_LONGEST_LINE = 16 << 10
_CHUNK = re.compile(rb"[0-9a-fA-F]{1,15}(?=\s*(?:;|\r|$))")
_dates = (0, b"")


def _date():
    global _dates
    now = int(time.time())
    if _dates[0] != now:
        _dates = (now, formatdate(now, usegmt=True).encode())
    return _dates[1]


class Request:
    __slots__ = ("method", "path", "query", "headers", "body")

    def __init__(self, method, path, query, headers, body):
        self.method, self.path, self.query, self.headers, self.body = method, path, query, headers, body


class Gone(Exception):
    """The client has disconnected."""


class Connection(asyncio.Protocol):
    """The connection of one client. Answers a request before it reads the next one."""

    def __init__(self, server):
        self.server = server
        self.buffer = bytearray()
        # State of an incomplete request: its head, the chunks so far, and the position up to which no end of the head was found.
        self.head, self.body, self.looked = None, bytearray(), 0
        self.transport = self.task = self.idle = None
        self.paused = self.started = self.closing = False
        self.may_write = asyncio.Event()
        self.may_write.set()
        self.keep = True

    def connection_made(self, transport):
        self.transport = transport
        raw = transport.get_extra_info("socket")
        if raw.family != socket.AF_UNIX:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = transport.get_extra_info("peername")
        self.peer = f"{peer[0]}:{peer[1]}" if isinstance(peer, tuple) else ""
        self.server.connections.add(self)

    def connection_lost(self, error):
        self.server.connections.discard(self)
        self._expects()
        if self.task is not None:
            self.task.cancel()

    def pause_writing(self):
        self.paused = True
        self.may_write.clear()

    def resume_writing(self):
        self.paused = False
        self.may_write.set()

    async def room(self):
        """Waits until the connection can take more data."""
        await self.may_write.wait()

    def _expects(self, seconds=None):
        """Closes the connection if no data arrives within that time; None cancels the timeout. A new connection has no timeout: uvicorn
        starts it at the end of an answer."""
        if self.idle is not None:
            self.idle.cancel()
        self.idle = None if seconds is None else asyncio.get_running_loop().call_later(seconds, self.transport.close)

    def data_received(self, data):
        # Ignores data after the close: the client sees its connection end without an answer.
        if self.transport.is_closing():
            return
        self._expects()
        self.buffer += data
        if self.task is None:
            self._next()

    def _next(self):
        """Answers the next request if it is complete. Does not parse parts of it again when more data arrives."""
        try:
            if self.head is None and not self._read_head():
                return
            request, version, length = self.head
            body = self._chunks() if length is None else self._counted(length)
        except ValueError:
            self._bad()
            return
        if body is None:
            return
        self.head, request.body = None, body
        self.keep = version == "HTTP/1.1" and request.headers.get("connection", "") != "close"
        self.started = False
        self._expects()
        self.task = asyncio.ensure_future(self._answer(request, version))

    def _read_head(self):
        """Parses the head; returns whether it is complete."""
        end = self.buffer.find(b"\r\n\r\n", self.looked)
        self.looked = 0 if end >= 0 else max(0, len(self.buffer) - 3)
        if end < 0:
            if len(self.buffer) > self.server.args.h11_max_incomplete_event_size:
                raise ValueError
            return False
        first, *lines = bytes(self.buffer[:end]).decode("latin-1").split("\r\n")
        method, target, version = first.split(" ")
        headers = {}
        for line in lines:
            name, colon, value = line.partition(":")
            if not colon or not name or name != name.strip():
                raise ValueError
            headers[name.lower()] = value.strip()
        if version not in ("HTTP/1.1", "HTTP/1.0") or len(lines) > self.server.args.h11_max_header_count:
            raise ValueError
        length = headers.get("content-length", "0")
        length = int(length) if length.isascii() and length.isdecimal() and len(length) < 12 else _LIMIT + 1
        if length > _LIMIT:
            raise ValueError
        if "chunked" in headers.get("transfer-encoding", "").lower():
            length = None
        del self.buffer[:end + 4]
        path, _, query = target.partition("?")
        self.head = Request(method, path, query, headers, None), version, length
        if length != 0 and not self.buffer and headers.get("expect", "").lower() == "100-continue":
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return True

    def _counted(self, length):
        if len(self.buffer) < length:
            return None
        body = bytes(self.buffer[:length])
        del self.buffer[:length]
        return body

    def _chunks(self):
        """The body; None until its last chunk has arrived."""
        buffer, body, at, match, find = self.buffer, self.body, 0, _CHUNK.match, self.buffer.find
        while True:
            line = find(b"\r\n", at)
            if line < 0:
                if len(buffer) - at > _LONGEST_LINE:
                    raise ValueError
                break
            told = match(buffer, at, line)
            if not told:
                raise ValueError
            size = int(told[0], 16)
            if len(body) + size > _LIMIT:
                raise ValueError
            end = line + 2 + size
            if len(buffer) < end + 2:
                break
            if size == 0:
                del buffer[:end + 2]
                self.body = bytearray()
                return bytes(body)
            body += buffer[line + 2:end]
            at = end + 2
        del buffer[:at]
        return None

    def _bad(self):
        log.write("WARNING:  Invalid HTTP request received.")
        self.keep = False
        self.send(400, b"Invalid HTTP request received.", "text/plain; charset=utf-8")
        self.transport.close()

    async def _answer(self, request, version):
        self.plain = version == "HTTP/1.0"
        self.request, self.status = request, 0
        try:
            await self.server.app.answer(request, self)
        except asyncio.CancelledError:
            if self.transport.is_closing() or self.started:
                self.transport.close()
                return
            self.keep = False
            self.send(500, b'{"error":{"message":"Request was aborted","type":"InternalServerError","param":null,"code":500}}')
        except EngineDead as dead:
            if not self.started:
                self.server.app.fail(self, str(dead), "InternalServerError", 500)
            else:
                self.transport.close()
        except Exception as error:
            log.error("fake", f"{type(error).__name__}: {error}")
            if not self.started:
                self.send(500, b'{"error":{"message":"Internal server error","type":"InternalServerError","param":null,"code":500}}')
            else:
                self.transport.close()
        finally:
            self.task = None
            self.server.answered(self)
        if not self.keep or self.closing or self.transport.is_closing():
            self.transport.close()
            return
        self._expects(self.server.keep_alive)
        if self.buffer:
            self._next()

    def _head(self, status, kind, more, end):
        self.started, self.status = True, status
        phrase = HTTPStatus(status).phrase
        lines = [f"HTTP/1.1 {status} {phrase}\r\ndate: ".encode(), _date(), b"\r\nserver: uvicorn\r\n", end]
        if kind:
            lines.append(f"content-type: {kind}\r\n".encode())
        for name, value in more:
            lines.append(f"{name}: {value}\r\n".encode("latin-1", "replace"))
        lines.append(b"\r\n" if self.keep else b"connection: close\r\n\r\n")
        return b"".join(lines)

    def send(self, status, body, kind="application/json", more=()):
        """Sends a complete response."""
        head = self._head(status, kind, more, b"content-length: %d\r\n" % len(body))
        self.transport.write(head if self.task and self.request.method == "HEAD" else head + body)

    def start(self, kind="text/event-stream; charset=utf-8", more=()):
        if self.plain:
            self.keep = False
        self.transport.write(self._head(200, kind, more, b"" if self.plain else b"transfer-encoding: chunked\r\n"))

    def piece(self, data):
        if self.transport.is_closing():
            return
        self.transport.write(data if self.plain else b"%x\r\n%b\r\n" % (len(data), data))

    def end(self):
        if not self.plain and not self.transport.is_closing():
            self.transport.write(b"0\r\n\r\n")


class Server:
    def __init__(self, args, app, listener):
        self.args, self.app, self.listener = args, app, listener
        self.connections = set()
        self.keep_alive = int(os.environ.get("VLLM_HTTP_TIMEOUT_KEEP_ALIVE", "5"))
        self.quiet = set((args.disable_access_log_for_endpoints or "").split(","))

    async def start(self):
        loop = asyncio.get_running_loop()
        create = loop.create_unix_server if self.listener.family == socket.AF_UNIX else loop.create_server
        self.server = await create(lambda: Connection(self), sock=self.listener, backlog=2048)

    def answered(self, connection):
        request = connection.request
        self.app.engine.metrics.answered(request.method, self.app.handler_name(request), connection.status or 499)
        if not self.args.disable_uvicorn_access_log and request.path not in self.quiet and self.args.uvicorn_log_level in ("info", "debug", "trace"):
            status = connection.status
            if status:
                log.uvicorn(f'{connection.peer} - "{request.method} {request.path} HTTP/1.1" {status} {HTTPStatus(status).phrase}')

    async def stop(self, engine, patience):
        """Accepts no new clients, waits up to `patience` seconds (--shutdown-timeout) for running requests, then aborts them."""
        log.uvicorn("Shutting down")
        self.server.close()
        for connection in list(self.connections):
            if connection.task is None:
                connection.transport.close()
            else:
                connection.closing, connection.keep = True, False
        if any(connection.task for connection in self.connections):
            log.uvicorn("Waiting for connections to close. (CTRL+C to force quit)")
        until = time.monotonic() + patience
        while time.monotonic() < until and any(connection.task for connection in self.connections):
            await asyncio.sleep(0.05)
        engine.abort_all()
        for connection in list(self.connections):
            if connection.paused:
                connection.transport.abort()
        tasks = [connection.task for connection in self.connections if connection.task]
        if tasks:
            await asyncio.wait(tasks, timeout=2)
        for connection in list(self.connections):
            connection.transport.close()
        log.uvicorn("Waiting for application shutdown.")
        log.uvicorn("Application shutdown complete.")
        log.uvicorn(f"Finished server process [{os.getpid()}]")
