"""Outliers of sampled kernels, for tests/finite_comparison.rs and docs/finite-size.md, 15.

Kernels of n = 0.7 d^2, p = d, D = 1, Gaussian X; the largest d + 1 eigenvalues (d for sigmoid, one
for cos, which have no others), and the one whose eigenvector has the largest part along
(1, ..., 1), the outlier from a1. Prints means over seeded kernels with their standard errors: of
all, of the ends of those from a0, of the one from a1. About a minute on one core; d = 80, by
`python3 outliers.py 80`, takes some minutes.
"""

import sys

import numpy as np
from scipy.sparse.linalg import eigsh
from scipy.special import expit, ndtr

# phi = sigma', and whether there are outliers from a0 and from a1.
ACTIVATIONS = {
    "relu": (lambda z: 1.0 * (z > 0), True, True),
    "gelu": (lambda z: ndtr(z) + z * np.exp(-z * z / 2) / np.sqrt(2 * np.pi), True, True),
    "softplus": (expit, True, True),
    "sigmoid": (lambda z: expit(z) * expit(-z), True, False),
    "cos": (lambda z: -np.sin(z), False, True),
}
KERNELS = {20: 400, 40: 100, 80: 8}


def outliers(phi, count, d, rng):
    """The largest eigenvalues, ascending, and which of them is that from a1."""
    n = 7 * d * d // 10
    x, w = rng.standard_normal((n, d)), rng.standard_normal((d, d))
    features = phi(x @ w / np.sqrt(d))
    kernel = (x @ x.T / d) * (features @ features.T / d)
    start = rng.standard_normal(n)
    values, vectors = eigsh(kernel, count, which="LA", ncv=min(n, 3 * count + 20), v0=start)
    order = np.argsort(values)
    return values[order], np.argmax(np.abs(vectors[:, order].sum(0)))


def figures(name, d, rng):
    phi, spread, single = ACTIVATIONS[name]
    values, along = outliers(phi, d * spread + single, d, rng)
    rest = np.delete(values, along) if single else values
    ends = (rest[0], rest[-1]) if spread else (np.nan, np.nan)
    return values.mean(), *ends, values[along] if single else np.nan


def main():
    for d in [int(size) for size in sys.argv[1:]] or [20, 40]:
        for place, name in enumerate(ACTIVATIONS):
            if name == "cos" and d != 20:
                continue
            rng = np.random.default_rng([d, place])
            found = np.array([figures(name, d, rng) for _ in range(KERNELS.get(d, 3))])
            error = found.std(0, ddof=1) / np.sqrt(len(found))
            labels = ["mean of all", "least from a0", "largest from a0", "from a1"]
            cells = [f"{label} {m:.3f} ± {e:.3f}" for label, m, e in zip(labels, found.mean(0), error)]
            print(f"{name:<9} d = {d}, {len(found)} kernels:", "; ".join(cells), flush=True)


main()
