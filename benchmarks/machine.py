"""The machine under the measurement: cores, memory, versions."""

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

SERVER_CORE = 0
CLIENT_CORE = 1
_PACKAGES = ("connexion", "flask", "uvicorn", "uvloop", "httptools", "jsonschema-rs", "orjson", "msgspec")


def pin(core: int) -> bool:
    """Keep this process on one core; whether that could be done (Linux with two cores or more)."""
    if not hasattr(os, "sched_setaffinity"):
        return False
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        return False
    os.sched_setaffinity(0, {cores[core]})
    return True


def processor_time(pid: int) -> float | None:
    """Seconds of processor time that a process has had; None where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_memory(pid: int) -> int | None:
    """The most bytes that a process has had in memory; None where the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return None
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else None


def description() -> dict[str, str | int]:
    """What the figures depend on."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count() or 1,
        "python": platform.python_version(),
        **{package: version(package) for package in _PACKAGES},
    }
