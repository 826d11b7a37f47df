"""Writes diagonal_laws.json: E[1/(zeta - D^2)] and E[D^{2k}] for laws with a density.

The transform is taken from the upper half-plane. For real zeta the path of
integration over D is bent so that Im D^2 <= 0: below the axis for D > 0,
above it for D < 0. Each value is computed on two paths, which must agree to
22 digits.
"""

import json
import os

from mpmath import exp, mp, mpc, mpf, quad


def normal(mean, std, lower, upper):
    mean, std = mpf(mean), mpf(std)
    mode = min(max(mean, lower), upper)
    return lambda x: exp((-((x - mean) ** 2) + (mode - mean) ** 2) / (2 * std**2))


def beta(alpha, beta_, lower, upper):
    alpha, beta_ = mpf(alpha), mpf(beta_)
    return lambda x: (x - lower) ** (alpha - 1) * (upper - x) ** (beta_ - 1)


def uniform(lower, upper):
    return lambda x: mpf(1)


LAWS = [
    ("uniform", [1.0, 2.0], uniform),
    ("uniform", [-1.0, 2.0], uniform),
    ("truncated_normal", [0.25, 0.5, -0.5, 1.0], normal),
    ("truncated_normal", [0.0, 1.0, 8.0, 9.0], normal),
    ("truncated_normal", [3.0, 0.5, -1.0, 2.0], normal),
    ("truncated_normal", [1.0, 0.125, 0.0, 2.0], normal),
    ("beta", [2.0, 3.0, 0.0, 1.0], beta),
    ("beta", [0.5, 0.5, -1.0, 1.0], beta),
    ("beta", [0.25, 1.5, 0.0, 2.0], beta),
    ("beta", [4.0, 2.0, -1.0, 2.0], beta),
]


def path(start, end, breaks, sign, depth):
    """Points from start to end at sign*depth*(distance to the nearer end) from the axis."""
    points = [start]
    for x in sorted(breaks):
        points.append(mpc(x, sign * depth * min(x - start, end - x)))
    return points + [end]


def integral(f, lower, upper, depth):
    """Integral of f along the path on which Im D^2 <= 0."""
    total = mpf(0)
    grading = [mpf(10) ** -k for k in range(1, 13)]
    for a, b, sign in [(min(lower, 0), min(upper, 0), 1), (max(lower, 0), max(upper, 0), -1)]:
        if a < b:
            cuts = {(a + b) / 2, (3 * a + b) / 4, (a + 3 * b) / 4}
            cuts |= {a + g * (b - a) for g in grading} | {b - g * (b - a) for g in grading}
            total += quad(f, path(a, b, cuts, sign, depth))
    return total


def string(x):
    return mp.nstr(x, 20)


def main():
    laws = []
    for name, args, make in LAWS:
        # The nodes next to a singular end are 10^-dps away from it.
        mp.dps = 100 if name == "beta" and min(args[:2]) < 0.5 else 60
        lower, upper = mpf(args[-2]), mpf(args[-1])
        density = make(*args)
        norm = integral(density, lower, upper, mpf(1) / 2).real
        high = max(lower**2, upper**2)
        low = mpf(0) if lower < 0 < upper else min(lower**2, upper**2)
        near = float(min(lower**2, upper**2))
        low, high = float(low), float(high)
        length = high - low
        zetas = [
            (low + 0.3 * length, 0.0),
            (low + 0.71 * length, 0.0),
            (low + 0.01 * length, 0.0),
            (low + 2.0**-20 * length, 0.0),
            (low + 2.0**-33 * length, 0.0),
            (high - 2.0**-7 * length, 0.0),
            (high - 2.0**-20 * length, 0.0),
            (high + 2.0**-10 * length, 0.0),
            (near + 2.0**-12 * length, 2.0**-30),
            (low - 0.125 * length, 0.0),
            (low + 0.5 * length, 1e-3 * length),
            (low - 2.0 * length, 3.0 * length),
        ]
        values = []
        for re, im in zetas:
            zeta = mpc(re, im)
            one, two = (
                integral(lambda x: density(x) / (zeta - x * x), lower, upper, depth) / norm
                for depth in (mpf(1) / 2, mpf(1) / 3)
            )
            assert abs(one - two) < mpf(10) ** -22 * abs(one), (name, args, re, im, one, two)
            values.append({"zeta": [re, im], "value": [string(one.real), string(one.imag)]})
        moments = []
        for k in (1, 2, 4, 8):
            value = integral(lambda x: density(x) * x ** (2 * k), lower, upper, mpf(1) / 2) / norm
            moments.append({"k": k, "value": string(value.real)})
        laws.append({"law": name, "arguments": args, "transform": values, "moments": moments})
        print(name, args)
    target = os.path.join(os.path.dirname(os.path.abspath(__file__)), "diagonal_laws.json")
    with open(target, "w") as file:
        json.dump(laws, file, indent=1)
        file.write("\n")


main()
