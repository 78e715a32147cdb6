#!/usr/bin/env python3
"""judge.py DIRECTORY: reads what nccl-over-lo tried, prints a JSON summary; 0 the units' assumptions hold, 1 one is broken, 2 nothing can be said."""

import json
import pathlib
import sys

MUST_PASS = ["unit", "unit-no-p2p", "unit-no-p2p-no-cumem", "unit-sockets", "unit-one-gpu"]
MUST_FAIL = ["control-lo-down", "control-queue-64-mib", "control-nccl-64-mib"]


def transports(result: dict) -> list[str]:
    return result.get("nccl", {}).get("transports", [])


def broken(name: str, result: dict, outside: dict) -> list[str]:
    """What is wrong with a try that must pass. Only checks that pass outside can be asked for inside."""
    around = result.get("around", {})
    wrong = [f"{name}: {error}" for error in result.get("errors", [])]
    wrong += [
        f"{name}: {check}: {value}"
        for check, value in result.get("checks", {}).items()
        if value is not True and outside["checks"].get(check) is True
    ]
    for what, holds in {
        "it is not alone with lo": around.get("interfaces") == ["lo"],
        "it has rights": around.get("uid") == 2000 and around.get("capabilities") == 0 and around.get("noNewPrivileges"),
        "it has no system call filter": around.get("seccomp"),
        "NCCL uses another interface than lo": all("lo:127.0.0.1" in line for key in ("bootstrap", "network") for line in result.get("nccl", {}).get(key, [])),
    }.items():
        wrong += [] if holds else [f"{name}: {what}"]
    return wrong


def main() -> None:
    tries = {path.stem: json.loads(path.read_text()) for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json"))}
    outside, unit = tries["outside"], tries["unit"]
    cannot = ["the ranks fail without any walls", *outside["errors"]] if outside["errors"] else []
    cannot += [f"{name}: the walls could not be built, see {name}.log" for name, result in tries.items() if "around" not in result]
    if cannot:
        print(json.dumps({"verdict": "cannot tell", "why": cannot}, indent=2))
        sys.exit(2)
    wrong = [line for name in MUST_PASS for line in broken(name, tries[name], outside)]
    wrong += [f"{name}: passes, so the tries above prove nothing" for name in MUST_FAIL if tries[name]["ok"]]
    for name, transport in {"unit-no-p2p": "SHM", "unit-no-p2p-no-cumem": "SHM", "unit-sockets": "NET/Socket"}.items():
        if not any(used.startswith(transport) for used in transports(tries[name])):
            wrong += [f"{name}: NCCL used {transports(tries[name])}, so {transport} was not tried"]
    if transports(unit) != transports(outside):
        wrong += [f"unit: NCCL uses {transports(unit)}, outside {transports(outside)}: the walls cost speed"]
    summary = {
        "verdict": "broken" if wrong else "holds",
        "broken": wrong,
        "gpu": outside.get("gpu"),
        "torch": outside.get("torch"),
        "nccl": outside.get("nccl", {}).get("version"),
        "peerAccess": outside.get("peerAccess"),
        "allReduce64MiBMs": {name: result["allReduceMs"] for name, result in tries.items() if "allReduceMs" in result},
        "unitToOutside": round(unit["allReduceMs"] / outside["allReduceMs"], 3) if "allReduceMs" in unit else None,
        "shmMiB": {name: result["shmMiB"] for name, result in tries.items() if result.get("shmMiB")},
        "transports": {name: transports(result) for name, result in tries.items()},
        "checks": {name: result["checks"] for name, result in tries.items() if "checks" in result},
        "errors": {name: result["errors"] for name, result in tries.items() if result.get("errors")},
    }
    print(json.dumps(summary, indent=2))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
