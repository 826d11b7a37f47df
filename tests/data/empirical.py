"""Writes empirical.json: bin widths by numpy, distances by scipy.

Laws: uniform on [0.2, 3], and Marchenko-Pastur of ratio 1/2 and 2 (atom 1/2 at
0), whose distribution functions are integrated here from the closed density, in
the variable x = middle - radius cos(angle). Wasserstein-1 distances are integrals of
|F_n - F| by scipy.integrate.quad over the gaps between the values, cut where F
crosses F_n; those between discrete laws are scipy.stats.wasserstein_distance.
"""

import json
import os

import numpy as np
import scipy
from scipy import integrate, optimize, stats

ACCURACY = dict(epsabs=1e-14, epsrel=1e-13, limit=500)


class Uniform:
    name, lower, upper, atom = "uniform", 0.2, 3.0, 0.0

    def cdf(self, x):
        return min(max((x - self.lower) / (self.upper - self.lower), 0.0), 1.0)


class MarchenkoPastur:
    def __init__(self, ratio):
        self.name, self.ratio = "marchenko_pastur", ratio
        self.lower, self.upper = (1 - ratio**0.5) ** 2, (1 + ratio**0.5) ** 2
        self.atom = max(0.0, 1 - 1 / ratio)

    def cdf(self, x):
        if x < 0:
            return 0.0
        if x <= self.lower:
            return self.atom
        if x >= self.upper:
            return 1.0
        middle, radius = 0.5 * (self.lower + self.upper), 0.5 * (self.upper - self.lower)

        def density(t):
            return (radius * np.sin(t)) ** 2 / (
                2 * np.pi * self.ratio * (middle - radius * np.cos(t))
            )

        angle = np.arccos(np.clip((middle - x) / radius, -1, 1))
        return self.atom + integrate.quad(density, 0, angle, **ACCURACY)[0]


def wasserstein(values, law):
    n = len(values)
    points = sorted({0.0, law.lower, law.upper, *values})
    total = 0.0
    for left, right in zip(points, points[1:]):
        level = sum(v <= left for v in values) / n
        near, far = law.cdf(left) - level, law.cdf(right) - level
        cuts = [left, right]
        if near * far < 0:
            cuts.insert(1, optimize.brentq(lambda x: law.cdf(x) - level, left, right, xtol=1e-15))
        for a, b in zip(cuts, cuts[1:]):
            total += abs(integrate.quad(lambda x: law.cdf(x) - level, a, b, **ACCURACY)[0])
    return total


def supremum(values, law):
    """Kolmogorov-Smirnov with both one-sided limits everywhere."""
    n = len(values)
    worst = 0.0
    for x in [0.0, *values]:
        right = abs(sum(v <= x for v in values) / n - law.cdf(x))
        below = law.cdf(x) - (law.atom if x == 0 else 0)
        left = abs(sum(v < x for v in values) / n - below)
        worst = max(worst, left, right)
    return worst


def main():
    rng = np.random.default_rng(20250828)
    samples = {
        "gamma": np.round(rng.gamma(2.0, 0.5, 60), 6),
        "lognormal": np.round(rng.lognormal(0.0, 0.8, 41), 6),
        "with_zeros": np.concatenate([np.zeros(17), np.round(rng.gamma(2.0, 1.0, 23), 6)]),
    }
    out = {"numpy": np.__version__, "scipy": scipy.__version__, "samples": [], "discrete": []}
    for name, values in samples.items():
        values = sorted(float(v) for v in values)
        entry = {"name": name, "values": values, "laws": []}
        for rule in ("fd", "scott"):
            width = {
                "fd": 2.0 * np.subtract(*np.percentile(values, [75, 25])) / len(values) ** (1 / 3),
                "scott": (24.0 * np.pi**0.5 / len(values)) ** (1 / 3) * np.std(values),
            }[rule]
            bins = len(np.histogram_bin_edges(values, bins=rule)) - 1
            entry[rule] = {"width": float(width), "bins": bins}
        heights, edges = np.histogram(values, bins=7, density=True)
        entry["histogram"] = {"heights": heights.tolist(), "edges": edges.tolist()}
        for law in (Uniform(), MarchenkoPastur(0.5), MarchenkoPastur(2.0)):
            cdf = np.vectorize(law.cdf)
            row = {
                "name": law.name,
                "ratio": getattr(law, "ratio", None),
                "kolmogorov_smirnov": supremum(values, law),
                "wasserstein1": wasserstein(values, law),
            }
            if law.atom == 0.0:
                # scipy knows continuous laws only.
                ks = stats.kstest(values, cdf).statistic
                assert abs(ks - row["kolmogorov_smirnov"]) < 1e-14
                row["cramer_von_mises_n"] = float(stats.cramervonmises(values, cdf).statistic)
            entry["laws"].append(row)
        out["samples"].append(entry)
    for _ in range(3):
        values = np.round(rng.gamma(2.0, 1.0, 12), 3)
        places = np.round(rng.gamma(2.0, 1.0, 5), 3)
        weights = rng.integers(1, 9, 5)
        weights = weights / weights.sum()
        out["discrete"].append(
            {
                "values": values.tolist(),
                "locations": places.tolist(),
                "weights": weights.tolist(),
                "wasserstein1": float(stats.wasserstein_distance(values, places, None, weights)),
            }
        )
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "empirical.json")
    with open(path, "w") as file:
        json.dump(out, file, indent=1)
        file.write("\n")


main()
