"""Writes smoothed.json: distances of samples to smoothed laws, all smoothed by the kernel of
docs/finite-size.md, section 7.

Laws: the point 1, and Marchenko-Pastur of ratio 1/2, smoothed, on (0, e], e = 60. Their smoothed
densities come from Stieltjes transforms in closed form, Im[(1 + i eps) m(x(1 + i eps))]/pi;
distribution functions are cumulative sums of Gauss rules of 8 nodes between the points of a grid
of 200,000 points, equidistant in log x, over which suprema and integrals are taken.
"""

import json
import os

import numpy as np

END = 60.0
GRID = np.geomspace(1e-9, END, 200_001)
NODES, WEIGHTS = np.polynomial.legendre.leggauss(8)


def point(z):
    return 1 / (1 - z)


def marchenko_pastur(z, ratio=0.5):
    lower, upper = (1 - ratio**0.5) ** 2, (1 + ratio**0.5) ** 2
    root = np.sqrt(z - lower) * np.sqrt(z - upper)
    return (1 - ratio - z + root) / (2 * ratio * z)


def law(transform, epsilon):
    """The distribution function on the grid, and its mass there without conditioning."""
    half = 0.5 * np.diff(GRID)
    x = 0.5 * (GRID[1:] + GRID[:-1])[:, None] + half[:, None] * NODES
    ray = 1 + 1j * epsilon
    density = (ray * transform(ray * x)).imag / np.pi
    # Below the first point the density is constant.
    first = GRID[0] * density[0, 0]
    cdf = first + np.concatenate([[0.0], np.cumsum((density * WEIGHTS).sum(1) * half)])
    return cdf / cdf[-1], cdf[-1]


def sample(values, epsilon):
    steps = [1 - np.angle(GRID * (1 + 1j * epsilon) - v) / np.pi for v in values if v > 0]
    total = np.sum(steps, axis=0)
    return total / total[-1]


def distances(cdf, values, epsilon):
    difference = np.abs(cdf - sample(values, epsilon))
    mean = 0.5 * (difference[1:] + difference[:-1])
    return {
        "kolmogorov_smirnov": difference.max(),
        "wasserstein1": (mean * np.diff(GRID)).sum(),
        "log_wasserstein1": (mean * np.diff(np.log(GRID))).sum(),
    }


def main():
    many = [round(0.1 + 0.15 * k**1.1, 3) for k in range(19)]
    cases = []
    for name, transform in [("point", point), ("marchenko_pastur", marchenko_pastur)]:
        for epsilon in [0.02, 0.2]:
            cdf, mass = law(transform, epsilon)
            for values in [[1.1], [0.0, 0.2, 0.7, 1.5, 3.0], many]:
                found = distances(cdf, values, epsilon)
                case = {"law": name, "epsilon": epsilon, "mass": mass, "values": values}
                cases.append({**case, **{key: float(x) for key, x in found.items()}})
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "smoothed.json")
    with open(path, "w") as file:
        lines = ",\n".join(json.dumps(case) for case in cases)
        file.write(f'{{"end": {END}, "cases": [\n{lines}\n]}}\n')


main()
