"""The GPUs, from the lab's file /usr/lib/lab-machine/gpu.json or from the file that LAB_MACHINE names."""
import json
import os

PATH = "/usr/lib/lab-machine/gpu.json"


class Machine:
    """count GPUs with gib GiB each; engine has the planned values, or is empty."""

    def __init__(self, told):
        self.vendor = told.get("vendor", "nvidia")
        self.name = told.get("name", "unknown")
        self.count = int(told.get("count", 1))
        self.gib = float(told.get("torchGiB") or told.get("memoryMiB", 0) / 1024)
        self.engine = told.get("engine") or {}
        self.used_gib = float(told.get("usedGiB", 0))


def path():
    return os.environ.get("LAB_MACHINE", PATH)


def _told():
    with open(path(), encoding="utf-8") as file:
        return json.load(file)


def read():
    """The machine; None without a GPU."""
    try:
        told = _told()
    except (OSError, ValueError):
        return None
    machine = Machine(told)
    for name in ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES"):
        visible = os.environ.get(name)
        if visible in ("", "void", "none", "-1"):
            return None
        if visible and visible != "all":
            machine.count = min(machine.count, len(visible.split(",")))
    return machine if machine.count > 0 else None


_seen = (None, None)


def fault():
    """The requested fault, from LAB_FAULT or from "fault" in the file. Reads the file again when it changes."""
    global _seen
    if asked := os.environ.get("LAB_FAULT"):
        return asked
    try:
        stamp = os.stat(path()).st_mtime_ns
        if _seen[0] != stamp:
            _seen = (stamp, _told().get("fault"))
    except (OSError, ValueError):
        return None
    return _seen[1]
