"""Writes law.json: density at a few points, edges and which of them belong to the
population law, the atom at 0, four moments of nu and of mu, for fourteen kernels
with finitely many values of D.

    python3 law.py                    writes law.json, in one to two minutes
    python3 law.py --check [NAME...]  computes the cases anew, or those named, and
                                      prints how far they are from law.json

needs numpy and scipy. b and c come from activations.json; limiting_law.py has the
formulas. Moments of nu are contour integrals of its Cauchy transform, those of mu
follow by free cumulants. Edges, for constant D only, are zeros of z'(w), by
differences, in the gaps of the support of nu, or the ends of a gap without one
("population edges"). Densities are good to about 1e-11 for constant D and 1e-10 for
several values, edges to about 1e-7, relative.
"""

import json
import os
import sys

import numpy as np
from scipy.optimize import brentq

from limiting_law import LimitingLaw

FOLDER = os.path.dirname(os.path.abspath(__file__))

CASES = [  # name, activation, gamma1, gamma2, values of D, their weights
    ("relu-1-1", "relu", 1.0, 1.0, [1.0], [1.0]),
    ("relu-0.5-2", "relu", 0.5, 2.0, [1.0], [1.0]),
    ("relu-3-0.3", "relu", 3.0, 0.3, [1.0], [1.0]),
    ("gelu-0.2-0.7", "gelu", 0.2, 0.7, [1.0], [1.0]),
    ("tanh-0.7-1.3", "tanh", 0.7, 1.3, [1.0], [1.0]),
    ("softplus-0.1-0.5", "softplus", 0.1, 0.5, [1.0], [1.0]),
    ("quadratic-0.25-1.5", "quadratic", 0.25, 1.5, [1.0], [1.0]),
    ("silu-12-0.8", "silu", 12.0, 0.8, [1.5], [1.0]),
    ("relu-0.01-1", "relu", 0.01, 1.0, [1.0], [1.0]),
    ("relu-two-atom", "relu", 0.7, 1.0, [1.5, 0.5], [0.5, 0.5]),
    ("gelu-three-atom", "gelu", 0.4, 0.6, [2.0, 1.0, 0.25], [0.25, 0.5, 0.25]),
    ("relu-dropout", "relu", 0.3, 2.0, [1.25, 0.0], [0.8, 0.2]),
    ("mish-two-atom", "mish", 2.0, 0.4, [1.0, 0.3], [0.3, 0.7]),
    ("tanh-two-atom", "tanh", 0.6, 1.0, [1.0, 0.5], [0.5, 0.5]),
]

COMPUTED = ("nu_moments", "moments", "atom_at_zero", "edges", "population_edges", "density")


def gaps(law):
    """Gaps of the support of nu, constant D: between the atom at c D^2, twice the
    Marchenko-Pastur law, and, if that has an atom at 0, once."""
    lower, upper = (1 - law.gamma2**0.5) ** 2, (1 + law.gamma2**0.5) ** 2
    c, b = law.c * law.squares[0], law.b * law.squares[0]
    pieces = [(c, c)]
    if b > 0:
        pieces.append((c + 2 * b * lower, c + 2 * b * upper))
        if law.gamma2 < 1:
            pieces.append((c + b * lower, c + b * upper))
    pieces.sort()
    merged = [list(pieces[0])]
    for start, end in pieces[1:]:
        if start <= merged[-1][1] + 1e-12:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    ends = [-np.inf, *(end for piece in merged for end in piece), np.inf]
    return list(zip(ends[::2], ends[1::2]))


def grid(start, end, scale, gamma1):
    """Points of a gap, dense next to its ends."""
    far = np.geomspace(1e-4 * scale, 1e4 * scale * (1 + 1 / gamma1), 4000)
    if np.isinf(start):
        points = end - far[::-1]
    elif np.isinf(end):
        points = start + far
    else:
        near = np.geomspace(1e-4, 0.5, 1500)
        points = start + (end - start) * np.concatenate([near, 1 - near[-2::-1]])
    return points[np.abs(points) > 1e-9 * scale]


def edges(law):
    """Edges of mu above 0, and those of them that are the population law's."""
    found, population = [], []
    finite = [end for gap in gaps(law) for end in gap if np.isfinite(end)]
    scale = max(finite)
    value = lambda w: law.point(complex(w, 0)).real

    def slope(w):
        distance = min(abs(w - end) for end in finite)
        h = 1e-4 * min(distance, max(abs(w), 1e-3))
        return (value(w - 2 * h) - 8 * value(w - h) + 8 * value(w + h) - value(w + 2 * h)) / (12 * h)

    for start, end in gaps(law):
        points = grid(start, end, scale, law.gamma1)
        slopes = np.array([slope(w) for w in points])
        # Without a zero next to an end of the support of nu, the edge is that end's.
        if np.isfinite(start) and slopes[0] > 0:
            population.append(value(start + 1e-9 * scale))
        if np.isfinite(end) and slopes[-1] > 0:
            population.append(value(end - 1e-9 * scale))
        for i in range(len(points) - 1):
            if slopes[i] * slopes[i + 1] < 0 < points[i] * points[i + 1]:
                options = dict(xtol=1e-14 * scale, rtol=1e-13)
                found.append(value(brentq(slope, points[i], points[i + 1], **options)))
    return sorted(e for e in found + population if e > 1e-12 * scale), population


def population_moments(law):
    """The first four moments of nu, by its Cauchy transform on a circle."""
    top = (law.c + 4 * law.b * (1 + law.gamma2**0.5) ** 2) * max(law.squares)
    angles = 2 * np.pi * (np.arange(64) + 0.5) / 64
    z = 1.5 * top * np.exp(1j * angles)
    transform = [law.population(p) if p.imag > 0 else np.conj(law.population(np.conj(p))) for p in z]
    return [float(np.mean(transform * z ** (k + 1)).real) for k in range(1, 5)]


def moments(cumulants):
    """The first four moments, from free cumulants."""
    k1, k2, k3, k4 = cumulants
    return [
        k1,
        k2 + k1**2,
        k3 + 3 * k2 * k1 + k1**3,
        k4 + 4 * k3 * k1 + 2 * k2**2 + 6 * k2 * k1**2 + k1**4,
    ]


def atom_at_zero(law):
    """Mass of mu at 0, from that of nu."""
    off = float(np.sum(law.weights[law.squares == 0]))
    if law.c > 0:
        population = off
    elif law.b == 0:
        population = 1.0
    else:
        ratio = (1 - off) * law.gamma2
        population = off + (1 - off) * (1 - 0.5 / ratio if ratio >= 1 else ratio / 2)
    return max(0.0, 1 - (1 - population) / law.gamma1)


def places(mean, deviation, ends):
    """Where the density is wanted: inside each interval between edges if they are
    known, else around the mean."""
    if ends:
        ends = [0.0, *ends] if len(ends) % 2 else ends
        inside = (0.02, 0.1, 0.3, 0.5, 0.8, 0.95)
        return [a + t * (b - a) for a, b in zip(ends[::2], ends[1::2]) for t in inside]
    low = max(mean - 1.2 * deviation, 0.05 * mean)
    left = 0.3 * mean if mean - 1.8 * deviation < 0.3 * mean else mean - 0.5 * deviation
    return sorted({low, left, mean, mean + 0.5 * deviation, mean + 1.1 * deviation})


def entry(name, activation, gamma1, gamma2, values, weights, numbers):
    a0, b, c = (float(numbers[key]) for key in ("a0", "b", "c"))
    b, c = (0.0 if b < 1e-30 else b), max(c, 0.0)
    law = LimitingLaw(gamma1, gamma2, b, c, values, weights)
    of_nu = population_moments(law)
    of_mu = moments([gamma1**k * moment for k, moment in enumerate(of_nu)])
    record = dict(
        name=name, activation=activation, gamma1=gamma1, gamma2=gamma2, d_atoms=values,
        d_weights=weights, a0=a0, b=b, c=c, nu_moments=of_nu, moments=of_mu,
        atom_at_zero=atom_at_zero(law),
    )
    if len(values) == 1:
        record["edges"], record["population_edges"] = edges(law)
    deviation = np.sqrt(of_mu[1] - of_mu[0] ** 2)
    points = places(of_mu[0], deviation, record.get("edges"))
    record["density"] = [[float(x), float(law.density(x))] for x in points]
    return record


def difference(new, old):
    """The largest difference of two numbers, relative to the larger one or to 1e-3 of
    the largest number beside them."""
    new, old = np.ravel(new), np.ravel(old)
    if new.shape != old.shape:
        return np.inf
    floor = 1e-3 * np.max(np.abs(old), initial=1e-300)
    return float(np.max(np.abs(new - old) / np.maximum(np.abs(old), floor), initial=0.0))


def main():
    with open(os.path.join(FOLDER, "activations.json")) as file:
        table = json.load(file)
    path = os.path.join(FOLDER, "law.json")
    check = sys.argv[1:2] == ["--check"]
    names = sys.argv[2:] if check else []
    chosen = [case for case in CASES if not names or case[0] in names]
    records = [entry(*case, table[case[1]]) for case in chosen]
    if not check:
        with open(path, "w") as file:
            json.dump(records, file, indent=1)
        return
    with open(path) as file:
        stored = {record["name"]: record for record in json.load(file)}
    for record in records:
        old = stored[record["name"]]
        keys = [key for key in COMPUTED if key in old]
        print(record["name"], {key: f"{difference(record[key], old[key]):.0e}" for key in keys})


if __name__ == "__main__":
    main()
