#!/usr/bin/env python3
"""nccl_over_lo.py [--ranks N] [--queue-mib N] [--patience-s N]: what vLLM's tensor parallel ranks do among each other, checked; one line of JSON.

The parent plays the engine: it makes the ring that vLLM broadcasts its requests through (shared memory that ranks open by name) and spawns
the ranks. These meet at tcp://127.0.0.1, make one NCCL and one Gloo group as vLLM does, then exchange CUDA IPC handles as its custom
all-reduce does. Needs torch: every value that arrives is compared with what it must be.
"""

import argparse
import contextlib
import ctypes
import datetime
import json
import multiprocessing
import os
import pathlib
import queue as queues
import re
import socket
import sys
import tempfile
import time
import traceback
from multiprocessing import shared_memory

MIB = 1 << 20
ALL_REDUCE_BYTES = 64 * MIB


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def in_use_mib() -> float:
    of = os.statvfs("/dev/shm")
    return round((of.f_blocks - of.f_bfree) * of.f_frsize / MIB, 1)


def pattern(size: int) -> bytes:
    return bytes(range(256)) * (size // 256)


def check_nccl(dist, torch, rank: int, ranks: int, group) -> None:
    device = torch.device("cuda", rank)
    for dtype in (torch.float32, torch.bfloat16, torch.int32):
        ones = torch.full((1 << 20,), rank + 1, dtype=dtype, device=device)
        dist.all_reduce(ones, group=group)
        assert bool((ones == ranks * (ranks + 1) // 2).all()), f"all_reduce of {dtype} is wrong"
    mine = torch.arange(1 << 18, device=device) + rank
    parts = torch.empty(ranks << 18, dtype=mine.dtype, device=device)
    dist.all_gather_into_tensor(parts, mine, group=group)
    expected = torch.cat([torch.arange(1 << 18, device=device) + each for each in range(ranks)])
    assert torch.equal(parts, expected), "all_gather is wrong"
    part = torch.empty(1 << 18, dtype=mine.dtype, device=device)
    dist.reduce_scatter_tensor(part, expected, group=group)
    assert torch.equal(part, mine * ranks), "reduce_scatter is wrong"
    word = torch.full((1 << 20,), 7 if rank == 0 else 0, device=device)
    dist.broadcast(word, src=0, group=group)
    assert bool((word == 7).all()), "broadcast is wrong"


def check_gloo(dist, torch, rank: int, ranks: int, group) -> None:
    ones = torch.full((1 << 16,), rank + 1)
    dist.all_reduce(ones, group=group)
    assert bool((ones == ranks * (ranks + 1) // 2).all()), "all_reduce is wrong"
    said = ["what rank 0 says"] if rank == 0 else [None]
    dist.broadcast_object_list(said, src=0, group=group)
    assert said == ["what rank 0 says"], "broadcast_object_list is wrong"
    dist.barrier(group=group)


def check_cuda_ipc(dist, torch, rank: int, ranks: int, group) -> None:
    """A rank reads what its neighbour wrote into memory of another GPU, opened through a handle that went over Gloo."""
    torch.cuda.synchronize()
    with open("/proc/self/maps") as maps:
        runtime = ctypes.CDLL(next(line.split()[-1] for line in maps if "libcudart" in line))

    class Handle(ctypes.Structure):
        _fields_ = [("bytes", ctypes.c_char * 64)]

    def do(name: str, *arguments) -> None:
        code = getattr(runtime, name)(*arguments)
        runtime.cudaGetErrorString.restype = ctypes.c_char_p
        assert code == 0, f"{name}: {runtime.cudaGetErrorString(code).decode()}"

    size, mine, handle = MIB, ctypes.c_void_p(), Handle()
    do("cudaMalloc", ctypes.byref(mine), ctypes.c_size_t(size))
    do("cudaMemset", mine, rank + 1, ctypes.c_size_t(size))
    do("cudaDeviceSynchronize")
    do("cudaIpcGetMemHandle", ctypes.byref(handle), mine)
    handles = [None] * ranks
    dist.all_gather_object(handles, ctypes.string_at(ctypes.addressof(handle), 64), group=group)
    neighbour, theirs, read = (rank + 1) % ranks, ctypes.c_void_p(), ctypes.create_string_buffer(size)
    do("cudaIpcOpenMemHandle", ctypes.byref(theirs), Handle.from_buffer_copy(handles[neighbour]), 1)
    do("cudaMemcpy", read, theirs, ctypes.c_size_t(size), 2)
    assert read.raw == bytes([neighbour + 1]) * size, "the neighbour's memory reads wrong"
    do("cudaIpcCloseMemHandle", theirs)
    dist.barrier(group=group)
    do("cudaFree", mine)


def check_symmetric_memory(dist, torch, rank: int, ranks: int, group) -> None:
    """PyTorch's symmetric memory, which vLLM's all-reduce uses on newer GPUs: descriptors go through a Unix socket."""
    from torch.distributed import _symmetric_memory as symmetric

    tensor = symmetric.empty(1 << 18, device=torch.device("cuda", rank))
    tensor.fill_(rank + 1)
    handle = symmetric.rendezvous(tensor, group.group_name)
    handle.barrier()
    neighbour = (rank + 1) % ranks
    theirs = handle.get_buffer(neighbour, tensor.shape, tensor.dtype)
    assert bool((theirs == neighbour + 1).all()), "the neighbour's memory reads wrong"
    handle.barrier()


def check_queue(queue: str, size: int) -> None:
    """The ranks open the engine's ring by name and see all of it."""
    ring = shared_memory.SharedMemory(name=queue)
    whole = pattern(MIB)
    assert all(ring.buf[at : at + MIB] == whole for at in range(0, size, MIB)), "the ring reads wrong"
    ring.close()


def milliseconds(dist, torch, rank: int, group) -> float:
    """Median of 50 all-reduces, each waited for, after 10 to warm up."""
    tensor, times = torch.ones(ALL_REDUCE_BYTES // 2, dtype=torch.bfloat16, device=torch.device("cuda", rank)), []
    for _ in range(60):
        tensor.fill_(1)
        torch.cuda.synchronize()
        start = time.perf_counter()
        dist.all_reduce(tensor, group=group)
        torch.cuda.synchronize()
        times.append((time.perf_counter() - start) * 1000)
    return round(sorted(times[10:])[25], 3)


def run_rank(rank: int, ranks: int, port: int, queue: tuple[str, int] | None, patience_s: int, results) -> None:
    checks, facts, step = {}, {}, "start"
    try:
        import torch
        import torch.distributed as dist

        facts = {"torch": torch.__version__, "gpu": torch.cuda.get_device_name(rank)}
        peer = ranks > 1 and torch.cuda.can_device_access_peer(rank, (rank + 1) % ranks)
        facts["peerAccess"] = peer
        if queue:
            step = "queue"
            check_queue(*queue)
            checks[step] = True
        torch.cuda.set_device(rank)
        step = "meet"
        patience = datetime.timedelta(seconds=patience_s)
        dist.init_process_group("nccl", init_method=f"tcp://127.0.0.1:{port}", world_size=ranks, rank=rank, timeout=patience)
        device_group = dist.new_group(list(range(ranks)), backend="nccl", timeout=patience)
        cpu_group = dist.new_group(list(range(ranks)), backend="gloo", timeout=patience)
        checks[step] = True
        for step, check, group in (("gloo", check_gloo, cpu_group), ("nccl", check_nccl, device_group)):
            check(dist, torch, rank, ranks, group)
            checks[step] = True
        if peer and os.environ.get("NCCL_P2P_DISABLE") != "1":
            # What only some machines can is compared with the same machine outside: a failure here is told, and does not end the rank.
            for step, check, group in (("cudaIpc", check_cuda_ipc, cpu_group), ("symmetricMemory", check_symmetric_memory, device_group)):
                try:
                    check(dist, torch, rank, ranks, group)
                    checks[step] = True
                except Exception as error:
                    checks[step] = f"{type(error).__name__}: {error}".splitlines()[0][:300]
        step = "timing"
        facts["allReduceMs"] = milliseconds(dist, torch, rank, device_group)
        facts["shmMiB"] = in_use_mib()
        dist.barrier(group=cpu_group)
        results.put((rank, checks, facts, None))
        dist.destroy_process_group()
    except BaseException as error:
        traceback.print_exc(file=sys.stderr)
        results.put((rank, checks, facts, f"{step}: {type(error).__name__}: {error}"[:1200]))


def nccl_says(log: str) -> dict:
    """How NCCL went about it, from its own log."""
    text = "".join(path.read_text(errors="replace") for path in sorted(pathlib.Path(log).glob("nccl.*")))
    return {
        "version": next(iter(re.findall(r"NCCL version (\S+)", text)), None),
        "transports": sorted(set(re.findall(r" via (\S+?)(?:/\d+)?(?=\s|$)", text, re.MULTILINE))),
        "bootstrap": sorted(set(re.findall(r"Bootstrap ?: Using (\S+)", text))),
        "network": sorted(set(re.findall(r"NET/Socket : Using (\S+)", text))),
        "warnings": sorted(set(re.findall(r"NCCL WARN (.*)", text)))[:6],
    }


def make_queue(size: int) -> shared_memory.SharedMemory:
    """A ring in shared memory with every page there: a page that does not fit must be an error here, not a SIGBUS later."""
    ring = shared_memory.SharedMemory(create=True, size=size)
    try:
        os.posix_fallocate(ring._fd, 0, size)
    except OSError:
        ring.close()
        ring.unlink()
        raise
    for at in range(0, size, MIB):
        ring.buf[at : at + MIB] = pattern(MIB)
    return ring


def attempt(ranks: int, queue_mib: int, patience_s: int) -> dict:
    log, checks, facts, errors = tempfile.mkdtemp(prefix="nccl-"), {}, {}, []
    os.environ["NCCL_DEBUG"], os.environ["NCCL_DEBUG_FILE"] = "INFO", f"{log}/nccl.%p"
    with contextlib.ExitStack() as cleanup:
        ring = None
        if queue_mib:
            try:
                ring = make_queue(queue_mib * MIB)
            except OSError as error:
                return {"ok": False, "errors": [f"the engine's queue of {queue_mib} MiB: {error}"], "shmMiB": in_use_mib()}
            cleanup.callback(ring.unlink)
            cleanup.callback(ring.close)
        context = multiprocessing.get_context("spawn")
        results, port = context.Queue(), free_port()
        queue = (ring.name, queue_mib * MIB) if ring else None
        workers = [context.Process(target=run_rank, args=(rank, ranks, port, queue, patience_s, results)) for rank in range(ranks)]
        for worker in workers:
            worker.start()
        waiting, end = set(range(ranks)), time.monotonic() + 2 * patience_s + 30
        while waiting and time.monotonic() < end:
            try:
                rank, checked, said, error = results.get(timeout=1)
            except queues.Empty:
                gone = [rank for rank in waiting if workers[rank].exitcode not in (None, 0)]
                errors += [f"rank {rank}: ended with {workers[rank].exitcode}" for rank in gone]
                waiting -= set(gone)
                continue
            waiting.discard(rank)
            # A check that fails on one rank has failed.
            checks |= {name: value for name, value in checked.items() if checks.get(name, True) is True}
            facts |= said
            errors += [f"rank {rank}: {error}"] if error else []
            if error:
                # The others wait for it in vain.
                end = min(end, time.monotonic() + 10)
        errors += [f"rank {rank}: no answer" for rank in sorted(waiting)]
        for worker in workers:
            worker.join(timeout=0 if errors else 20)
            worker.kill()
            worker.join()
    ok = not errors and all(value is True for value in checks.values())
    return {"ok": ok, "checks": checks, "errors": errors, **facts, "nccl": nccl_says(log)}


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--ranks", type=int, default=2)
    # 10 chunks of 24 MiB: vLLM's VLLM_MQ_MAX_CHUNK_BYTES_MB and its number of chunks.
    arguments.add_argument("--queue-mib", type=int, default=240)
    arguments.add_argument("--patience-s", type=int, default=40)
    given = arguments.parse_args()
    of = os.statvfs("/dev/shm")
    with open("/proc/self/status") as file:
        status = dict(line.split(":\t", 1) for line in file.read().splitlines() if ":\t" in line)
    around = {
        "uid": os.getuid(),
        "interfaces": [name for _, name in socket.if_nameindex()],
        "shmSizeMiB": of.f_blocks * of.f_frsize // MIB,
        "capabilities": int(status["CapEff"], 16) | int(status["CapBnd"], 16),
        "noNewPrivileges": status["NoNewPrivs"] == "1",
        "seccomp": status["Seccomp"].strip() == "2",
    }
    try:
        result = attempt(given.ranks, given.queue_mib, given.patience_s)
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        result = {"ok": False, "errors": [f"{type(error).__name__}: {error}"]}
    print(json.dumps({"around": around, **result}))


if __name__ == "__main__":
    main()
