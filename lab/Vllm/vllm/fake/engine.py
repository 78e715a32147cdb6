"""Continuous batching without a model: each step gives every running sequence its next token, at the rate of the machine file."""
import asyncio
import os
import time
from collections import deque

from vllm.fake import log, machine
from vllm.fake.metrics import Metrics

# Without a rate, a step gives several tokens, so that the loop costs less per token.
_FREE_STEP = 8


class EngineDead(Exception):
    def __init__(self):
        super().__init__("EngineCore encountered an issue. See stack trace (above) for the root cause.")


class Sequence:
    """pieces: the text of each token. For a stream, on_piece(piece, last) is called for each of them.

    A slow reader blocks no one: the engine continues, and sends the remaining pieces when the connection has room.
    """

    __slots__ = ("prompt_tokens", "pieces", "at", "on_piece", "connection", "given", "done", "arrived", "first", "admitted")

    def __init__(self, prompt_tokens, pieces, on_piece=None, connection=None):
        self.prompt_tokens = prompt_tokens
        self.pieces = pieces
        self.at = 0
        self.given = 0
        self.on_piece = on_piece
        self.connection = connection
        self.done = asyncio.get_running_loop().create_future()
        self.arrived = time.monotonic()
        self.first = self.admitted = 0.0

    def tell(self):
        """Sends the generated pieces that were not sent yet, until the connection is full."""
        last = len(self.pieces) - 1
        while self.given < self.at and not self.connection.paused:
            at, self.given = self.given, self.given + 1
            self.on_piece(self.pieces[at], at == last)

    async def told(self):
        """Waits until everything is sent."""
        while self.on_piece is not None and self.given < self.at:
            await self.connection.room()
            self.tell()


class Engine:
    """max_length and kv_tokens in tokens; rate in tokens per second and sequence, 0: unlimited."""

    def __init__(self, args, max_length, kv_tokens, rate):
        self.args, self.max_length, self.kv_tokens, self.rate = args, max_length, kv_tokens, rate
        self.most = min(args.max_num_seqs, args.max_num_active_seqs or args.max_num_seqs)
        self.running, self.waiting = [], deque()
        self.metrics = Metrics(args.served_model_name[0], self)
        self.kv_used = 0
        self.paused = self.sleeping = self.dead = False
        self._wake = asyncio.Event()
        self._logged = (time.monotonic(), 0, 0)

    def start(self):
        self._task = asyncio.ensure_future(self._run())
        if not self.args.disable_log_stats:
            self._stats = asyncio.ensure_future(self._log_stats())

    def queue_full(self):
        limit = self.args.max_num_queued_reqs
        return limit is not None and len(self.running) + len(self.waiting) >= limit

    async def generate(self, sequence):
        if self.dead:
            raise EngineDead
        self.waiting.append(sequence)
        self._wake.set()
        try:
            await sequence.done
        except asyncio.CancelledError:
            self._drop(sequence)
            self.metrics.finished(sequence, "abort")
            raise

    def abort_all(self):
        for sequence in [*self.running, *self.waiting]:
            if not sequence.done.done():
                sequence.done.cancel()

    def _drop(self, sequence):
        if sequence in self.running:
            self.running.remove(sequence)
            self.kv_used -= sequence.prompt_tokens + sequence.at
        elif sequence in self.waiting:
            self.waiting.remove(sequence)

    def _admit(self, now):
        while self.waiting and len(self.running) < self.most:
            sequence = self.waiting[0]
            if self.running and self.kv_used + sequence.prompt_tokens + len(sequence.pieces) > self.kv_tokens:
                return
            self.waiting.popleft()
            sequence.admitted = now
            self.running.append(sequence)
            self.kv_used += sequence.prompt_tokens
            self.metrics.prompt_tokens += sequence.prompt_tokens

    def _die(self):
        self.dead = True
        log.engine("core.py:1210", "EngineCore encountered a fatal error.", "ERROR")
        log.error("async_llm.py:760", "AsyncLLM output_handler failed.")
        log.error("async_llm.py:760", "vllm.v1.engine.exceptions.EngineDeadError: EngineCore encountered an issue. See stack trace (above) for the root cause.")
        for sequence in [*self.running, *self.waiting]:
            if not sequence.done.done():
                sequence.done.set_exception(EngineDead())
        # Waiting requests get their response before the process exits.
        asyncio.get_running_loop().call_later(0.2, os._exit, 1)

    async def _run(self):
        due = time.monotonic()
        while True:
            fault = machine.fault()
            if fault == "die":
                self._die()
                return
            if fault == "hang" or self.paused or self.sleeping:
                await asyncio.sleep(0.1)
                continue
            now = time.monotonic()
            self._admit(now)
            if not self.running:
                self._wake.clear()
                try:
                    await asyncio.wait_for(self._wake.wait(), 0.5)
                except (asyncio.TimeoutError, TimeoutError):
                    pass
                due = time.monotonic()
                continue
            if self.rate:
                due = max(due + 1 / self.rate, now - 1)
                await asyncio.sleep(max(0, due - now))
                self._step(1)
            else:
                self._step(_FREE_STEP)
                await asyncio.sleep(0)

    def _step(self, most):
        now, metrics, ended, gave = time.monotonic(), self.metrics, [], 0
        for sequence in self.running:
            at, pieces = sequence.at, sequence.pieces
            # No stream and no rate: all tokens in one step.
            until = len(pieces) if sequence.on_piece is None and not self.rate else min(at + most, len(pieces))
            if at == 0:
                sequence.first = now
                metrics.first_token(now - sequence.arrived)
            sequence.at = until
            if sequence.on_piece is not None:
                sequence.tell()
            gave += until - at
            if until == len(pieces):
                ended.append(sequence)
        metrics.stepped(now, gave, len(self.running))
        self.kv_used += gave
        for sequence in ended:
            self.running.remove(sequence)
            self.kv_used -= sequence.prompt_tokens + sequence.at
            if not sequence.done.done():
                sequence.done.set_result(None)

    async def _log_stats(self):
        quiet = False
        while True:
            await asyncio.sleep(10)
            then, prompts, tokens = self._logged
            now = time.monotonic()
            self._logged = (now, self.metrics.prompt_tokens, self.metrics.generation_tokens)
            moved = (self.metrics.prompt_tokens - prompts, self.metrics.generation_tokens - tokens)
            if not any(moved) and not self.running and quiet:
                continue
            quiet = not any(moved) and not self.running
            log.info("loggers.py:310", f"Engine 000: Avg prompt throughput: {moved[0] / (now - then):.1f} tokens/s, Avg generation throughput: {moved[1] / (now - then):.1f} tokens/s, "
                     f"Running: {len(self.running)} reqs, Waiting: {len(self.waiting)} reqs, GPU KV cache usage: {100 * self.usage():.1f}%, Prefix cache hit rate: 0.0%")

    def usage(self):
        return min(1.0, self.kv_used / self.kv_tokens) if self.kv_tokens else 0.0
