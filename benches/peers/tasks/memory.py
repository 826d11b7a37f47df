"""Peak resident memory of one dense kernel, in a process of its own."""

import subprocess
import sys
from pathlib import Path

N, D, P = 8000, 90, 90
FOLDER = Path(__file__).resolve().parents[1]
NUMPY = f"from ours import Network; from tasks import dense; dense.kernel(Network({N}, {D}, {P}))"


def peak(*command):
    """What GNU time says, in bytes: a child of this process would inherit its peak."""
    command = ["/usr/bin/time", "-f", "%M", *command]
    report = subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, text=True)
    return 1024 * int(report.stderr.split()[-1])


def tasks(ours):
    """Prints its own figures: there is nothing to time."""
    sides = {
        "ntk-spectrum": peak(ours.path, "build", str(N), str(D), str(P)),
        "NumPy": peak(sys.executable, "-c", NUMPY),
    }
    print(f"\n### Peak resident memory, n = {N}, d = {D}, p = {P}\n")
    print("| | MiB | of 8n² bytes |\n| --- | --- | --- |")
    for name, size in sides.items():
        print(f"| {name} | {size / 2**20:.0f} | {size / (8 * N**2):.2f} |")
    return []
