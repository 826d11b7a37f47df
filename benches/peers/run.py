"""Times the same work by ntk-spectrum, NumPy and SciPy, in turn, in one run.

    pip install -r benches/peers/requirements.txt
    python benches/peers/run.py [--threads T] [--repeats R] [TASK ...]

Every round runs each contestant once, so that all see the same machine. The first
round is not timed: its results are compared, and a difference above 1e-10 ends the
run. Prints Markdown; progress goes to the standard error.
"""

import argparse
import os
import statistics
import sys
import time

# Before NumPy is loaded: they choose slower kernels of OpenBLAS.
for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(variable, None)

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
parser.add_argument("--repeats", type=int, help="timed rounds of every task")
parser.add_argument("tasks", nargs="*", metavar="TASK", help="gemm, dense, eigenvalues, operator, memory")
arguments = parser.parse_args()
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[variable] = str(arguments.threads)

import numpy as np  # noqa: E402

import machine  # noqa: E402
from ours import Ours  # noqa: E402
from tasks import dense, eigenvalues, gemm, memory, operator  # noqa: E402

TOLERANCE = 1e-10
# Threads that wait for more work keep a core busy for a moment after each call.
PAUSE = 0.2
TASKS = {
    "gemm": gemm,
    "dense": dense,
    "eigenvalues": eigenvalues,
    "operator": operator,
    "memory": memory,
}


def compare(title, name, vectors, reference):
    """Ends the run when two results differ."""
    if len(vectors) != len(reference):
        sys.exit(f"{title}: {name} gives {len(vectors)} vectors instead of {len(reference)}")
    for found, expected in zip(vectors, reference):
        if found.shape != expected.shape:
            sys.exit(f"{title}: {name} has shape {found.shape} instead of {expected.shape}")
        error = np.abs(found - expected).max() / np.abs(expected).max()
        if not error <= TOLERANCE:
            sys.exit(f"{title}: {name} is off by {error:.1e} of the largest entry")


def measure(task):
    """Seconds of each contestant in each round."""
    print(f"{task.title} …", file=sys.stderr)
    results = {name: work() for name, work in task.contestants.items()}
    (_, reference), *others = results.values()
    for name, (_, vectors) in zip(list(results)[1:], others):
        compare(task.title, name, vectors, reference)
    seconds = {name: [] for name in task.contestants}
    for _ in range(arguments.repeats or task.repeats):
        for name, work in task.contestants.items():
            time.sleep(PAUSE)
            seconds[name].append(work()[0])
    return seconds


def table(task, seconds):
    """The first contestant is ours; ratios are medians over its median."""
    ours = statistics.median(next(iter(seconds.values())))
    rounds = len(next(iter(seconds.values())))
    rate = " GFlop/s |" if task.flops else ""
    print(f"\n### {task.title}\n\n{f'Medians of {rounds} rounds. {task.note}'.strip()}\n")
    print(f"| | seconds | least | most |{rate} ratio |")
    print(f"| --- | --- | --- | --- |{' --- |' if rate else ''} --- |")
    for name, times in seconds.items():
        median = statistics.median(times)
        cells = [f"{value:.4f}" for value in (median, min(times), max(times))]
        if task.flops:
            cells.append(f"{task.flops / median / 1e9:.0f}")
        print(f"| {name} | {' | '.join(cells)} | {median / ours:.2f} |", flush=True)


def main():
    with Ours() as ours:
        machine.describe(arguments.threads)
        for name in arguments.tasks or TASKS:
            if name not in TASKS:
                sys.exit(f"no task {name}: {', '.join(TASKS)}")
            for task in TASKS[name].tasks(ours):
                table(task, measure(task))


if __name__ == "__main__":
    main()
