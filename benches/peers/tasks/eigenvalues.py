"""All eigenvalues of the kernel."""

import time

import numpy as np
from scipy.linalg import eigvalsh

from ours import Network

from . import Task, dense

N, D, P = 3000, 60, 60
DRIVERS = ["ev", "evd", "evr", "evx"]


def scipy(kernel, driver):
    """A contestant at its best: no checks, no copy, in the order of LAPACK."""

    def contestant():
        matrix = np.array(kernel, order="F")
        start = time.perf_counter()
        eigenvalues = eigvalsh(matrix, driver=driver, overwrite_a=True, check_finite=False)
        return time.perf_counter() - start, [eigenvalues]

    return contestant


def tasks(ours):
    network = Network(N, D, P)
    ours.load(network)
    kernel = dense.kernel(network)
    contestants = {"ntk-spectrum": lambda: ours.ask("eigenvalues")}
    contestants |= {f"SciPy `eigvalsh`, `{name}`": scipy(kernel, name) for name in DRIVERS}
    note = "Ours from X, W and D, SciPy from the dense kernel."
    yield Task(f"Eigenvalues, n = {N}, d = {D}, p = {P}", contestants, 11, note)
