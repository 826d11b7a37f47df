"""What is timed, one module for each kind of work.

A module has `tasks(ours)`, which yields one `Task` after the other.
"""

import time
from dataclasses import dataclass
from typing import Callable

import numpy as np


@dataclass
class Task:
    title: str
    # By name, ours first: functions that return seconds and vectors of the result.
    contestants: dict[str, Callable[[], tuple[float, list[np.ndarray]]]]
    repeats: int
    note: str = ""
    flops: float | None = None


def timed(work, vectors):
    """A contestant in this process: `work` is timed, `vectors` of its result compared."""

    def contestant():
        start = time.perf_counter()
        result = work()
        seconds = time.perf_counter() - start
        return seconds, vectors(result)

    return contestant


def times_cosines(matrix):
    """A v with v_j = cos j."""
    return matrix @ np.cos(np.arange(matrix.shape[1]))
