"""A temporary sandbox: creates links with the script network, applies rulesets, sends real packets and reports which arrived.

Standard input is one JSON object, standard output another. Runs as root in namespaces of its own (unshare --net --mount --pid):
  network     path of the script
  addresses  the sandbox's own addresses
  hosts      [{netns, id, public, private}], private with its prefix length; "-" for none
  spoofed    [{netns, address}]: addresses that a host takes in addition to its own
  rounds     [{ruleset, probes: [{from, source, host, to, protocol, port, expected}], reboot: [netns]}]; from and host: a netns or "sandbox"
The answer is {"rounds": [[true, false, ...]], "lived": true}: lived is whether a stream that started before the first
round survived all of them, while its rules were replaced (requested by "stream": {from, source, host, to, port}; else null).
"""

import ctypes
import errno
import json
import os
import select
import socket
import struct
import subprocess
import sys
import threading
import time

QUIET_SECONDS = 0.25
PATIENCE_SECONDS = 10.0

libc = ctypes.CDLL(None, use_errno=True)
sandbox_netns = os.open("/proc/self/ns/net", os.O_RDONLY)


def sh(*command, text=None):
    subprocess.run(command, input=text, text=True, check=True)


def within(netns, action):
    """Runs an action in a network namespace; a socket stays in the namespace in which it was created."""
    if netns == "sandbox":
        return action()
    target = os.open(f"/run/netns/{netns}", os.O_RDONLY)
    try:
        enter(target)
        try:
            return action()
        finally:
            enter(sandbox_netns)
    finally:
        os.close(target)


def make_socket(netns, *arguments):
    return within(netns, lambda: socket.socket(*arguments))


def take_anything():
    """Disables rp_filter: otherwise a host could drop a packet that the sandbox should have dropped, and a test would see no difference."""
    for name in os.listdir("/proc/sys/net/ipv4/conf"):
        with open(f"/proc/sys/net/ipv4/conf/{name}/rp_filter", "w", encoding="ascii") as file:
            file.write("0")


def enter(descriptor):
    # 0x40000000 = CLONE_NEWNET
    if libc.setns(descriptor, 0x40000000) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Tcp:
    """Without a listener: a packet that passes is answered with a reset, a dropped one is not answered."""

    def __init__(self, probe):
        self.socket = make_socket(probe["from"], socket.AF_INET, socket.SOCK_STREAM)
        self.socket.setblocking(False)
        self.socket.bind((probe["source"], 0))
        self.watched = self.socket
        self.socket.connect_ex((probe["to"], probe["port"]))

    def arrived(self, readable, _received):
        return self.socket in readable and self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == errno.ECONNREFUSED

    def close(self):
        self.socket.close()


class Udp:
    """The receiver is watched, so that a packet with a false source is seen too."""

    def __init__(self, probe, receivers):
        key = (probe["host"], probe["to"], probe["port"])
        if key not in receivers:
            receivers[key] = make_socket(probe["host"], socket.AF_INET, socket.SOCK_DGRAM)
            receivers[key].setblocking(False)
            receivers[key].bind((probe["to"], probe["port"]))
        self.payload = os.urandom(16)
        self.socket = make_socket(probe["from"], socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((probe["source"], 0))
        self.watched = receivers[key]
        try:
            self.socket.sendto(self.payload, (probe["to"], probe["port"]))
        except OSError:
            pass  # the output hook of the sandbox itself says no with EPERM

    def arrived(self, _readable, received):
        return self.payload in received

    def close(self):
        self.socket.close()


class Icmp:
    """A ping, answered by the kernel of the other side."""

    def __init__(self, probe):
        self.socket = make_socket(probe["from"], socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self.socket.setblocking(False)
        self.socket.bind((probe["source"], 0))
        self.watched = self.socket
        self.id = struct.unpack("!H", os.urandom(2))[0]
        head = struct.pack("!BBHHH", 8, 0, 0, self.id, 1)
        total = sum(struct.unpack("!4H", head))
        checksum = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
        try:
            self.socket.sendto(struct.pack("!BBHHH", 8, 0, checksum, self.id, 1), (probe["to"], 0))
        except OSError:
            pass

    def arrived(self, readable, _received):
        while self.socket in readable:
            try:
                packet = self.socket.recv(2048)
            except BlockingIOError:
                return False
            if packet[20] == 0 and struct.unpack("!H", packet[24:26])[0] == self.id:
                return True
        return False

    def close(self):
        self.socket.close()


def run_probes(probes):
    receivers = {}
    kinds = {"tcp": Tcp, "udp": lambda probe: Udp(probe, receivers), "icmp": Icmp}
    running = [kinds[probe["protocol"]](probe) for probe in probes]
    arrived = [False] * len(probes)
    received = set()
    start = time.monotonic()
    quiet_since = start
    while True:
        poller = select.poll()
        watched = {}
        for index, item in enumerate(running):
            if not arrived[index]:
                watched[item.watched.fileno()] = item.watched
        for descriptor in watched:
            poller.register(descriptor, select.POLLIN | select.POLLERR | select.POLLHUP)
        readable = {watched[descriptor] for descriptor, event in poller.poll(20)}
        for receiver in receivers.values():
            while receiver in readable:
                try:
                    received.add(receiver.recv(64))
                except BlockingIOError:
                    break
        for index, item in enumerate(running):
            if not arrived[index] and item.arrived(readable, received):
                arrived[index] = True
                quiet_since = time.monotonic()
        missing = any(probe["expected"] and not done for probe, done in zip(probes, arrived))
        now = time.monotonic()
        if now - start > PATIENCE_SECONDS or (not missing and now - quiet_since > QUIET_SECONDS):
            break
    for item in running:
        item.close()
    for receiver in receivers.values():
        receiver.close()
    return arrived


class Stream:
    """A connection that is used without a pause."""

    def __init__(self, spec):
        listener = make_socket(spec["host"], socket.AF_INET, socket.SOCK_STREAM)
        listener.bind((spec["to"], spec["port"]))
        listener.listen()
        self.client = make_socket(spec["from"], socket.AF_INET, socket.SOCK_STREAM)
        self.client.settimeout(PATIENCE_SECONDS)
        self.client.bind((spec["source"], 0))
        self.client.connect((spec["to"], spec["port"]))
        self.server, _ = listener.accept()
        self.server.settimeout(PATIENCE_SECONDS)
        self.messages = 0
        self.going = True
        self.thread = threading.Thread(target=self.talk, daemon=True)
        self.thread.start()

    def talk(self):
        try:
            while self.going:
                self.client.sendall(b"ping")
                self.server.sendall(self.server.recv(4))
                self.client.recv(4)
                self.messages += 1
        except OSError:
            self.going = False

    def lived(self):
        """Whether it still runs."""
        before = self.messages
        start = time.monotonic()
        while self.going and self.messages == before and time.monotonic() - start < PATIENCE_SECONDS:
            time.sleep(0.01)
        alive = self.going and self.messages > before
        self.going = False
        return alive


def main():
    work = json.load(sys.stdin)
    network = work["network"]
    sh("mount", "-t", "tmpfs", "tmpfs", "/run")
    sh(network, "up", *work["addresses"])

    def attach(host):
        sh(network, "attach", host["netns"], host["id"], host["public"], host["private"])
        sh(network, "address", host["netns"], host["public"], host["private"])
        within(host["netns"], take_anything)

    for host in work["hosts"]:
        attach(host)
    for item in work.get("spoofed", []):
        sh("ip", "-n", item["netns"], "address", "add", item["address"] + "/32", "dev", "lo")

    rounds = []
    stream = None
    for number, part in enumerate(work["rounds"]):
        sh("nft", "-f", "-", text=part["ruleset"])
        if number == 0 and work["stream"]:
            stream = Stream(work["stream"])
        for netns in part.get("reboot", []):
            attach(next(host for host in work["hosts"] if host["netns"] == netns))
        rounds.append(run_probes(part["probes"]))
    print(json.dumps({"rounds": rounds, "lived": stream is not None and stream.lived()}))


main()
