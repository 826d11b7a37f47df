"""Where the figures come from."""

import os
import platform
import subprocess
from pathlib import Path

import numpy
import scipy
from threadpoolctl import threadpool_info

from ours import ROOT


def output(*command):
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout.strip()


def processor():
    """The model, also by numbers: a virtual machine may hide its name."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    facts = dict(map(str.strip, line.split(":", 1)) for line in lines if ":" in line)
    return f"{facts['model name']} (family {facts['cpu family']}, model {facts['model']})"


def describe(threads):
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    version = output("git", "describe", "--always", "--dirty")
    rows = {
        "processor": f"{processor()}, {os.cpu_count()} cores, {memory:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}, {' '.join(platform.libc_ver())}",
        "load before the run": f"{os.getloadavg()[0]:.1f}",
        "threads, on both sides": threads,
        "ntk-spectrum": f"{version}, {output('rustc', '--version')}",
        "Python": platform.python_version(),
        "NumPy, SciPy": f"{numpy.__version__}, {scipy.__version__}",
    }
    for info in threadpool_info():
        facts = [info["internal_api"], info["version"], info.get("architecture"), info["prefix"]]
        rows[f"library of {Path(info['filepath']).parent.stem}"] = ", ".join(filter(None, facts))
        if info["num_threads"] != threads:
            raise RuntimeError(f"{info['filepath']} uses {info['num_threads']} threads")
    print("| | |\n| --- | --- |")
    for name, value in rows.items():
        print(f"| {name} | {value} |")
