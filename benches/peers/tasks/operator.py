"""The kernel without its matrix: products, the largest eigenvalues, a spectral sum."""

import statistics
import time
import warnings

import numpy as np
from scipy.linalg import eigvalsh
from scipy.sparse.linalg import LinearOperator, eigsh

from ours import Network

from . import Task, dense, timed

SIZES = [(100_000, 316, 316), (10_000, 100, 100)]
LARGEST = 5
# For the spectral sum, whose peer needs the matrix.
SUM = (4000, 64, 64)
RIDGE, PROBES, STEPS, SEEDS = 0.1, 20, 60, 20
# Fewer probes make up for the products that set eigenvalues aside.
DEFLATED_PROBES, DEFLATED, DEFLATION_STEPS = 17, 100, 180


def product(x, f):
    """v ↦ K v as one writes it, with F D given."""
    n, d = x.shape
    scale = 1 / (d * f.shape[1])

    def apply(v):
        u = x.T @ (v.reshape(n, 1) * f) * scale
        return ((x @ u) * f).sum(axis=1)

    return apply


def largest(apply, n):
    operator = LinearOperator((n, n), matvec=apply, dtype=float)
    return eigsh(operator, k=LARGEST, which="LA", return_eigenvectors=False)


def log_determinants(ours):
    """Prints its own table: two random estimates do not agree to 1e-10."""
    warnings.filterwarnings("ignore", module="imate")
    from imate import logdet

    n, d, p = SUM
    network = Network(n, d, p)
    ours.load(network)
    ours.ask("operator load")
    matrix = dense.kernel(network)
    matrix[np.diag_indices(n)] += RIDGE
    exact = np.log(eigvalsh(matrix)).sum()

    def peer(seed):
        start = time.perf_counter()
        value, info = logdet(
            matrix,
            method="slq",
            min_num_samples=PROBES,
            max_num_samples=PROBES,
            lanczos_degree=STEPS,
            orthogonalize=-1,
            seed=seed,
            return_info=True,
        )
        # Its error is a half-width at the level of confidence it is asked for, 95 %.
        seconds, error = time.perf_counter() - start, info["error"]["absolute_error"] / 1.96
        return seconds, [np.array([value, error, PROBES * STEPS])]

    def ask(probes, seed, how=""):
        return ours.ask(f"operator logdet {RIDGE} {probes} {STEPS} {seed} {how}".strip())

    deflated = f"deflated {DEFLATED} {DEFLATION_STEPS}"
    contestants = {
        "ntk-spectrum": lambda seed: ask(PROBES, seed),
        f"ntk-spectrum, {DEFLATED} set aside": lambda seed: ask(DEFLATED_PROBES, seed, deflated),
        "ntk-spectrum, from products alone": lambda seed: ask(PROBES, seed, "plain"),
        "imate `logdet`, `slq`": peer,
    }
    rounds = {name: [] for name in contestants}
    for seed in range(SEEDS):
        for name, work in contestants.items():
            seconds, ((value, error, products),) = work(seed)
            rounds[name].append((seconds, value - exact, error, products))
    print(f"\n### log det(K + {RIDGE}), n = {n}, d = {d}, p = {p}\n")
    print(
        f"{PROBES} probes of {STEPS} steps ({DEFLATED_PROBES} beside {DEFLATION_STEPS} steps that"
        f" set eigenvalues aside), {SEEDS} seeds; ours without the matrix, imate with it."
    )
    print(f"The exact value is {exact:.3f}.\n")
    print("| | products | seconds, median | root mean square error | its own standard error, median |")
    print("| --- | --- | --- | --- | --- |")
    for name, figures in rounds.items():
        seconds, errors, own, products = zip(*figures)
        rms = np.sqrt(np.mean(np.square(errors)))
        cells = [f"{statistics.median(products):.0f}", f"{statistics.median(seconds):.3f}"]
        cells += [f"{rms:.2f}", f"{statistics.median(own):.2f}"]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def tasks(ours):
    for n, d, p in SIZES:
        network = Network(n, d, p)
        ours.load(network)
        ours.ask("operator load")
        apply, v = product(network.x, network.features()), np.cos(np.arange(n))
        contestants = {
            "ntk-spectrum": lambda: ours.ask("operator apply"),
            "NumPy": timed(lambda: apply(v), lambda image: [image]),
        }
        note = "One product K v, X and F D given; rates count 4ndp operations."
        yield Task(f"K v, n = {n}, d = {d}, p = {p}", contestants, 7, note, 4 * n * d * p)
    # The smaller one, still loaded.
    contestants = {
        "ntk-spectrum": lambda: ours.ask(f"operator extremes {LARGEST}"),
        "SciPy `LinearOperator`, `eigsh`": timed(
            lambda: largest(apply, n), lambda values: [np.sort(values)]
        ),
    }
    note = "Ours looks for repeated ones and bounds its errors."
    yield Task(f"{LARGEST} largest eigenvalues, n = {n}, d = {d}, p = {p}", contestants, 5, note)
    log_determinants(ours)
