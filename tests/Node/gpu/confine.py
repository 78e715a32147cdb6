#!/usr/bin/env python3
"""confine.py COMMAND...: runs it under the system call filter of inference-vllm-venv.service, which podman's own filter is wider than.

SystemCallFilter=@system-service ~@privileged, SystemCallErrorNumber=EPERM, RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK and
SystemCallArchitectures=native, as the kernel gets them. Needs no privilege once no_new_privs is set, and no library.
"""

import ctypes
import errno
import os
import pathlib
import socket
import struct
import sys

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
AUDIT_ARCH_X86_64 = 0xC000003E
RETURN_ALLOW, RETURN_ERRNO, RETURN_KILL = 0x7FFF0000, 0x00050000, 0x80000000
LOAD, IF_EQUAL, RETURN = 0x20, 0x15, 0x06
# Offsets in struct seccomp_data.
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
SOCKET = 41
FAMILIES = [socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK]


def allowed() -> list[int]:
    lines = pathlib.Path(__file__).with_name("system-calls.txt").read_text().splitlines()
    return [int(line.split()[0]) for line in lines if not line.startswith("#")]


def program() -> list[tuple[int, int, int, int]]:
    """Instructions as (code, jump if true, jump if false, operand); a jump counts the instructions it leaves out."""
    steps = [(LOAD, 0, 0, ARCHITECTURE), (IF_EQUAL, 1, 0, AUDIT_ARCH_X86_64), (RETURN, 0, 0, RETURN_KILL), (LOAD, 0, 0, NUMBER)]
    families = [step for family in FAMILIES for step in ((IF_EQUAL, 0, 1, family), (RETURN, 0, 0, RETURN_ALLOW))]
    families = [(LOAD, 0, 0, FIRST_ARGUMENT), *families, (RETURN, 0, 0, RETURN_ERRNO | errno.EAFNOSUPPORT)]
    steps += [(IF_EQUAL, 0, len(families), SOCKET), *families]
    for number in allowed():
        steps += [(IF_EQUAL, 0, 1, number), (RETURN, 0, 0, RETURN_ALLOW)]
    return [*steps, (RETURN, 0, 0, RETURN_ERRNO | errno.EPERM)]


class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


def main() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    code = program()
    steps = b"".join(struct.pack("HBBI", *step) for step in code)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(Filter(len(code), steps)), 0, 0) != 0:
        sys.exit(f"confine: the kernel refuses the filter: {os.strerror(ctypes.get_errno())}")
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
