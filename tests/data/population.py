"""Cauchy transforms of the population law, written to population.json.

For complex z off the real axis
    G(z) = E[1/(z - c D^2)]
           - (1/2 pi i) int_L g(y) {E[1/(z - (c + g(1/b - y)) D^2)] - E[1/(z - c D^2)]} dy,
with g = g(u) the root of u = 1/g + gamma2 E[D^2/(z - (c + g) D^2)] that is the
Cauchy transform of rho_z, and L the straight line through y = 1/(2b) in
direction exp(-i theta), left to right. On L, exp(i theta) u lies in the closed
upper half-plane and g in the rotated lower one: the iteration
g <- 1/(u - gamma2 E[...]) maps that half-plane into itself, so it finds the
right root, and Newton's method finishes it.

With y = 1/(2b) + exp(-i theta) tan(v)/b the integrand is analytic and periodic
in v, so the midpoint rule converges geometrically; its step is halved until two
results agree to 3e-13.
It uses nothing of the crate: neither its density of rho nor its real-axis
formula.

For constant D, the density of the sum of two independent Marchenko-Pastur
variables (mean gamma2) by direct convolution in 30 digits.
"""

import json

import mpmath
import numpy as np
import scipy.special

def quadrature(case):
    if "uniform" in case:
        lower, upper = case["uniform"]
        x, w = np.polynomial.legendre.leggauss(80)
        d = 0.5 * (lower + upper) + 0.5 * (upper - lower) * x
        return d**2, 0.5 * w
    if "beta" in case:
        alpha, beta, lower, upper = case["beta"]
        x, w = scipy.special.roots_jacobi(80, beta - 1, alpha - 1)
        d = 0.5 * (lower + upper) + 0.5 * (upper - lower) * x
        return d**2, w / w.sum()
    return np.array(case["d"]) ** 2, np.array(case["weights"])


def cauchy(case, z):
    b, c, gamma2 = case["b"], case["c"], case["gamma2"]
    t, p = quadrature(case)
    assert abs(p.sum() - 1) < 1e-14
    theta = 0.5 * np.angle(z - c * t).min()
    direction = np.exp(-1j * theta)

    def kernel(g):
        """E[D^2/(z - (c + g) D^2)] and its derivative in g."""
        r = t / (z - (c + g[:, None]) * t)
        return r @ p, (r * r) @ p

    def transform(u):
        g = 1 / u
        for _ in range(100):
            g = 0.5 * (g + 1 / (u - gamma2 * kernel(g)[0]))
        for _ in range(60):
            value, slope = kernel(g)
            g = g - (1 / g + gamma2 * value - u) / (-1 / g**2 + gamma2 * slope)
        residual = np.abs(1 / g + gamma2 * kernel(g)[0] - u) / np.abs(u)
        assert residual.max() < 1e-12, residual.max()
        assert (g * np.exp(-1j * theta)).imag.max() < 0, "left the half-plane"
        return g

    atom = (p / (z - c * t)).sum()

    def integral(nodes):
        # Symmetric nodes, so that 1/b - y is a node too.
        v = (np.arange(nodes) + 0.5) * np.pi / nodes - np.pi / 2
        s, weight = np.tan(v) / b, 1 / np.cos(v) ** 2 / b * np.pi / nodes
        g = transform(0.5 / b + s * direction)
        r = 1 / (z - (c + g[::-1, None]) * t)
        return -(g * ((r @ p) - atom) * weight).sum() * direction / (2j * np.pi)

    nodes, last = 128, np.inf
    while nodes < 2**16:
        value = integral(nodes)
        if abs(value - last) < 3e-13 * abs(atom + value):
            return atom + value
        nodes, last = 2 * nodes, value
    raise ValueError("no convergence", case, z)


def sum_density(gamma2, u):
    """Density at u of the sum of two independent Marchenko-Pastur variables."""
    gamma2, u = mpmath.mpf(gamma2), mpmath.mpf(u)
    root = mpmath.sqrt(gamma2)
    lower, upper = (1 - root) ** 2, (1 + root) ** 2

    def density(x):
        if not lower < x < upper:
            return mpmath.mpf(0)
        return mpmath.sqrt((upper - x) * (x - lower)) / (2 * mpmath.pi * x)

    # The range over which both factors are positive, symmetric about u/2.
    first, last = max(lower, u - upper), min(upper, u - lower)
    total = mpmath.mpf(0)
    if first < last:
        half = (first + last) / 2
        total += 2 * mpmath.quad(lambda x: density(x) * density(u - x), [first, half])
    return total + 2 * max(1 - gamma2, 0) * density(u)


def sums():
    out = []
    for gamma2 in ("0.09", "0.3", "1", "2.5", "30"):
        root = mpmath.sqrt(mpmath.mpf(gamma2))
        lower, upper = float(2 * (1 - root) ** 2), float(2 * (1 + root) ** 2)
        start = lower if float(gamma2) >= 1 else 0.5 * lower
        points = [start + (upper - start) * k for k in (1e-6, 1e-3, 0.03, 0.1, 0.21, 0.37, 0.48, 0.63, 0.8, 0.93, 0.99, 1 - 1e-4)]
        values = [[u, float(sum_density(gamma2, u))] for u in points]
        out.append({"gamma2": float(gamma2), "values": values})
        print("sum", gamma2, "done")
    return out


CASES = [
    {"name": "two atoms", "sigma": "relu", "gamma2": 1.0, "d": [1.5, 0.5], "weights": [0.5, 0.5]},
    {"name": "two atoms, small ratio", "sigma": "relu", "gamma2": 0.3, "d": [1.2, -0.3], "weights": [0.25, 0.75]},
    {"name": "two atoms, large ratio", "sigma": "gelu", "gamma2": 2.5, "d": [1.0, 0.4], "weights": [0.6, 0.4]},
    {"name": "atom at 0", "sigma": "gelu", "gamma2": 2.5, "d": [0.0, 0.7, 1.1], "weights": [0.3, 0.3, 0.4]},
    {"name": "atom at 0, c = 0", "sigma": "square", "gamma2": 1.0, "d": [0.0, 1.0, 0.6], "weights": [0.2, 0.5, 0.3]},
    {"name": "c = 0, small ratio", "sigma": "square", "gamma2": 0.3, "d": [1.0, 0.5, 0.8], "weights": [0.2, 0.5, 0.3]},
    {"name": "five atoms", "sigma": "gelu", "gamma2": 0.3, "d": [1.0, 0.8, 0.5, 0.3, 0.1], "weights": [0.2] * 5},
    {"name": "one atom", "sigma": "relu", "gamma2": 1.0, "d": [1.0], "weights": [1.0]},
    {"name": "uniform", "sigma": "relu", "gamma2": 1.0, "uniform": [0.5, 1.5]},
    {"name": "uniform, large ratio", "sigma": "gelu", "gamma2": 2.5, "uniform": [0.2, 1.0]},
    {"name": "uniform from 0", "sigma": "gelu", "gamma2": 1.0, "uniform": [0.0, 1.5]},
    {"name": "uniform across 0", "sigma": "relu", "gamma2": 1.0, "uniform": [-0.3, 1.0]},
    {"name": "uniform across 0, small ratio", "sigma": "gelu", "gamma2": 0.3, "uniform": [-1.2, 2.0]},
    {"name": "uniform barely across 0, c = 0", "sigma": "square", "gamma2": 2.5, "uniform": [-0.01, 1.0]},
    {"name": "beta", "sigma": "relu", "gamma2": 2.5, "beta": [2.0, 3.0, 0.3, 1.4]},
    {"name": "beta from 0", "sigma": "gelu", "gamma2": 0.3, "beta": [1.7, 3.0, 0.0, 1.5]},
]

# b and c: ReLU a1 = 1/sqrt(2 pi), m2 = 1/2, a0 = 1/2. GELU from activations.json.
# The square z^2/2: b = 1, c = 0.
MOMENTS = {
    "relu": (1 / (2 * np.pi), 0.25 - 1 / (2 * np.pi)),
    "gelu": None,
    "square": (1.0, 0.0),
}


def main():
    mpmath.mp.dps = 30
    gelu = json.load(open("activations.json"))["gelu"]
    MOMENTS["gelu"] = float(gelu["b"]), float(gelu["c"])
    out = []
    for case in CASES:
        case["b"], case["c"] = MOMENTS[case["sigma"]]
        t, p = quadrature(case)
        mean = (case["b"] + case["c"]) * (t @ p)
        second = (case["b"] + case["c"]) ** 2 * (t**2 @ p) + 2 * case["gamma2"] * (case["b"] * (t @ p)) ** 2
        deviation = (second - mean**2) ** 0.5
        values = []
        for height in (0.4, 1.0, 4.0):
            for shift in (-1.5, 0.0, 0.7, 3.0):
                z = mean + deviation * (shift + height * 1j)
                g = cauchy(case, z)
                values.append([z.real, z.imag, g.real, g.imag])
        # Large |z|: G = 1/z + mean/z^2 + second/z^3 + O(1/z^4).
        z = 1e3 * deviation * 1j
        series = 1 / z + mean / z**2 + second / z**3
        assert abs(cauchy(case, z) - series) < 1e-8 * abs(series)
        out.append({k: v for k, v in case.items()} | {"values": values})
        print(case["name"], "done")
    with open("population.json", "w") as file:
        json.dump({"transforms": out, "sums": sums()}, file, indent=1)
        file.write("\n")


main()
