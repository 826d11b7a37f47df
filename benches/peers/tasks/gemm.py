"""The yardstick: one product of known cost by the library that each side uses."""

import numpy as np

from . import Task, timed, times_cosines

M = 4000


def tasks(ours):
    i, j = np.indices((M, M))
    a = ((3 * i + 7 * j) % 11 - 5).astype(float)
    b = ((5 * i + 2 * j) % 13 - 6).astype(float)
    out = np.zeros((M, M))
    contestants = {
        "faer": lambda: ours.ask(f"gemm {M}"),
        "NumPy": timed(lambda: np.matmul(a, b, out=out), lambda c: [c[0], times_cosines(c)]),
    }
    yield Task(f"Product of two {M} × {M} matrices", contestants, 7, flops=2 * M**3)
