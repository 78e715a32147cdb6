"""Shared by the fakes of nvidia-ctk: command line, discovery of this server's devices, and the specification in the toolkit's format."""
import dataclasses, json, os, re, sys, time

MODES = ["auto", "csv", "gdrcopy", "gds", "imex", "management", "mofed", "nvml", "nvswitch", "wsl"]
VENDOR = re.compile(r"[A-Za-z]([A-Za-z0-9_.-]*[A-Za-z0-9])?\Z")
MOUNT = ["ro", "nosuid", "nodev", "rbind", "rprivate"]


@dataclasses.dataclass
class Toolkit:
    version: str
    names: dict
    aliases: dict
    reads_environment: bool
    describes: bool
    gids: object


def log(level, text):
    print(f'time="{time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}" level={level} msg={json.dumps(text)}', file=sys.stderr)


def fail(text):
    log("error", text)
    sys.exit(1)


def unknown(flag):
    print(f"Incorrect Usage: flag provided but not defined: -{flag}\n\nNAME:\n   nvidia-ctk cdi generate - Generate CDI specifications for use with CDI-enabled runtimes\n")
    fail(f"flag provided but not defined: -{flag}")


def read(arguments, tool):
    """Options of `cdi generate`: from the command line, then variables, then defaults."""
    given = {}
    while arguments:
        word = arguments.pop(0)
        if not word.startswith("-"):
            continue
        flag, equals, value = word.lstrip("-").partition("=")
        name = tool.aliases.get(flag, flag)
        if name not in tool.names:
            unknown(flag)
        if not equals:
            if name == "no-all-device":
                value = "true"
            elif arguments:
                value = arguments.pop(0)
            else:
                fail(f"flag needs an argument: --{flag}")
        given[name] = f"{given[name]},{value}" if name in given and (name.endswith(("-strategy", "-flag", "-hook", "-id", "-path"))) else value
    options = {}
    for name, (variable, default) in tool.names.items():
        fallback = os.environ.get(variable, "") if tool.reads_environment and variable else ""
        options[name] = given.get(name) or fallback or default
    return options, "format" in given


def check(options, format_given):
    options["format"] = options["format"].lower()
    if options["format"] not in ("json", "yaml"):
        fail(f"invalid output format: {options['format']}")
    if options["mode"].lower() not in MODES:
        fail(f"invalid discovery mode: {options['mode']}")
    for strategy in options["device-name-strategy"].split(","):
        if strategy not in ("index", "uuid", "type-index"):
            fail(f"invalid device name strategy: {strategy}")
    implied = {".json": "json", ".yaml": "yaml", ".yml": "yaml"}.get(os.path.splitext(options["output"])[1].lower())
    if implied and not format_given:
        options["format"] = implied
    for kind in ("vendor", "class"):
        if not VENDOR.match(options[kind]):
            fail(f"invalid CDI {kind} name: invalid {kind} \"{options[kind]}\", should start with letter")


def node(path, tool, gids):
    """A device: only its path in old toolkits, with all its properties in new ones."""
    if not tool.describes:
        return {"deviceNodes": [{"path": path}]}
    entry = os.stat(path)
    known = {"path": path, "major": os.major(entry.st_rdev), "minor": os.minor(entry.st_rdev), "fileMode": entry.st_mode & 0o777, "permissions": "rwm"}
    edits = {"deviceNodes": [known | ({"gid": entry.st_gid} if entry.st_gid else {})]}
    if gids is not None and gids(path):
        edits["additionalGids"] = gids(path)
    return edits


def merge(edits):
    merged = {}
    for edit in edits:
        for key, values in edit.items():
            merged.setdefault(key, []).extend(value for value in values if value not in merged.get(key, []))
    return merged


def existing(paths):
    return [path for path in paths if os.path.exists(path)]


def hook(options, name, *arguments):
    path = options["nvidia-cdi-hook-path"]
    first = [os.path.basename(path)] + (["hook"] if os.path.basename(path) == "nvidia-ctk" else [])
    return {"hookName": "createContainer", "path": path, "args": [*first, name, *arguments], "env": ["NVIDIA_CTK_DEBUG=false"]}


def minimum_version(spec):
    """As the library's MinimumRequiredVersion: the oldest version with the used fields."""
    every = [spec["containerEdits"]] + [device["containerEdits"] for device in spec["devices"]]
    if any("additionalGids" in edits or "intelRdt" in edits for edits in every):
        return "0.7.0"
    if "." in spec["kind"].split("/")[1] or any("annotations" in device for device in spec["devices"]):
        return "0.6.0"
    if any(not device["name"][0].isalpha() for device in spec["devices"]) or any("hostPath" in entry for edits in every for entry in edits.get("deviceNodes", [])):
        return "0.5.0"
    return "0.3.0"


def generate(options, tool, machine):
    gids = tool.gids(options)
    disabled = set(filter(None, options.get("disable-hook", "").split(","))) - set(filter(None, options.get("enable-hook", "").split(",")))
    devices, every = [], []
    for index in range(machine["count"]):
        nodes = existing([f"/dev/nvidia{index}", f"/dev/dri/card{index}", f"/dev/dri/renderD{128 + index}"])
        edits = merge([node(path, tool, gids) for path in nodes])
        every.append(edits)
        names = {"index": str(index), "uuid": f"GPU-00000000-0000-0000-0000-{index:012d}", "type-index": f"gpu{index}"}
        devices += [{"name": names[strategy], "containerEdits": edits} for strategy in options["device-name-strategy"].split(",")]
    if not options.get("no-all-device"):
        devices.append({"name": "all", "containerEdits": merge(every)})
    hooks = [
        hook(options, "create-symlinks", "--link", "libcuda.so.1::/usr/lib/x86_64-linux-gnu/libcuda.so"), hook(options, "enable-cuda-compat", f"--host-driver-version={machine['driver']}"),
        hook(options, "update-ldcache", "--folder", "/usr/lib/x86_64-linux-gnu"), hook(options, "disable-device-node-modification"),
    ]
    hooks = [] if "all" in disabled else [one for one in hooks if not disabled & set(one["args"])]
    common = merge([node(path, tool, gids) for path in existing(["/dev/nvidia-modeset", "/dev/nvidia-uvm-tools", "/dev/nvidia-uvm", "/dev/nvidiactl"])])
    common = {"env": ["NVIDIA_CTK_LIBCUDA_DIR=/usr/lib/x86_64-linux-gnu", "NVIDIA_VISIBLE_DEVICES=void"], **common, **({"hooks": hooks} if hooks else {}),
              "mounts": [{"hostPath": path, "containerPath": path, "options": MOUNT} for path in existing(["/usr/bin/nvidia-smi"])]}
    spec = {"cdiVersion": "", "kind": f"{options['vendor']}/{options['class']}", "devices": devices, "containerEdits": common}
    spec["cdiVersion"] = minimum_version(spec)
    return spec


def yaml(value, indent=0):
    """Writes lists and maps of plain words; a specification has nothing else."""
    space = "    " * indent
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, (dict, list)):
                yield f"{space}{key}:"
                yield from yaml(item, indent + 1)
            else:
                yield f"{space}{key}: {scalar(item)}"
    else:
        for item in value:
            if isinstance(item, dict):
                lines = list(yaml(item, indent + 1))
                yield f"{space}- {lines[0].lstrip()}"
                # "- " replaces two characters of the first line's indent.
                yield from (f"{line[2:]}" for line in lines[1:])
            else:
                yield f"{space}- {scalar(item)}"


def scalar(value):
    return str(value) if isinstance(value, int) or not re.fullmatch(r"[0-9.:]+", value) else f'"{value}"' if value.isdigit() else value


def main(tool):
    arguments, quiet = sys.argv[1:], False
    while arguments and arguments[0] in ("--quiet", "-q", "--debug", "-d", "--version", "-v"):
        word = arguments.pop(0)
        quiet = quiet or word in ("--quiet", "-q")
        if word in ("--version", "-v"):
            print(f"NVIDIA Container Toolkit CLI version {tool.version}\ncommit: fake")
            return
    if arguments[:2] != ["cdi", "generate"]:
        fail(f"this fake knows nvidia-ctk [--quiet] cdi generate and --version, not {' '.join(arguments)!r}")
    options, format_given = read(arguments[2:], tool)
    check(options, format_given)
    with open("/usr/lib/lab-machine/gpu.json") as f:
        machine = json.load(f)
    if machine["count"] == 0:
        fail("failed to generate CDI spec: failed to create device CDI specs: no NVIDIA device was found")
    spec = generate(options, tool, machine)
    text = json.dumps(spec, indent=2) + "\n" if options["format"] == "json" else "---\n" + "\n".join(yaml(spec)) + "\n"
    if not options["output"]:
        sys.stdout.write(text)
    else:
        # Like the library: writes a new file and renames it.
        os.makedirs(os.path.dirname(options["output"]) or ".", exist_ok=True)
        new = f"{options['output']}.{os.getpid()}"
        with open(new, "w") as f:
            f.write(text)
        os.chmod(new, 0o644)
        os.replace(new, options["output"])
    if not quiet:
        log("info", f"Generated CDI spec with version {spec['cdiVersion']}")
