"""Free compound Poisson laws, and what is made of them, to free_poisson.json.

The free compound Poisson law of rate r and jump law sum w_k delta_{j_k} has R-transform
R(g) = r sum w_k j_k / (1 - j_k g), so its Cauchy transform solves the polynomial equation
z = 1/g + R(g). Its roots come from a companion matrix (numpy.roots), the right one by following
it from a large Im z, where it is next to 1/z, down to the real axis; Newton's method in 30
digits finishes it. Nothing is shared with the crate.

"generalised": rate 1/gamma1 and jumps gamma1 t_k, which is the generalised Marchenko-Pastur
law of ratio gamma1 over sum w_k delta_{t_k}: density at some x, transform at some z.

"quadratic": the population law nu of sigma = z^2/2 (b = 1, c = 0) and discrete D,

    nu = (1 - 1/(2 gamma2)) delta_0 + 1/(2 gamma2) Law(y + y'),

with y, y' independent from the law of W D^2 W^T/d, which is free compound Poisson of rate gamma2
with jumps D^2. Its intervals end at the critical values of z(g); with y = middle - half cos(theta)
on each, its density is smooth in theta, and so is a convolution on each intersection of an
interval with the mirror image of one.
"""

import json

import mpmath
import numpy as np
from mpmath import mp, mpc, mpf

mp.dps = 30
NODES = 160


class FreePoisson:
    def __init__(self, rate, jumps, weights):
        self.rate = rate
        pairs = [(j, w) for j, w in zip(jumps, weights) if j > 0]
        self.jumps, self.weights = (np.array(list) for list in zip(*pairs))
        self.atom = max(0.0, 1 - rate * self.weights.sum())
        # Numerator and denominator of R(g).
        self.denominator = np.polynomial.Polynomial([1.0])
        for j in self.jumps:
            self.denominator *= np.polynomial.Polynomial([1.0, -j])
        self.numerator = np.polynomial.Polynomial([0.0])
        for k, (j, w) in enumerate(zip(self.jumps, self.weights)):
            term = np.polynomial.Polynomial([rate * w * j])
            for other in np.delete(self.jumps, k):
                term *= np.polynomial.Polynomial([1.0, -other])
            self.numerator += term

    def roots(self, z):
        g = np.polynomial.Polynomial([0.0, 1.0])
        equation = z * g * self.denominator - self.denominator - g * self.numerator
        return np.roots(equation.coef[::-1])

    def z(self, g):
        terms = [(w, j, 1 / (1 - j * g)) for w, j in zip(self.weights, self.jumps)]
        value = 1 / g + self.rate * sum(w * j * f for w, j, f in terms)
        return value, -1 / g**2 + self.rate * sum(w * (j * f) ** 2 for w, j, f in terms)

    def follow(self, z):
        """The root next to 1/z at a large Im z, followed to z."""
        height = 1e3 * (1 + abs(z) + self.jumps.max() * (1 + self.rate))
        path = np.concatenate([z.imag + height * 0.8 ** np.arange(400), [z.imag]])
        g = 1 / (z.real + 1j * path[0])
        for im in path:
            roots = self.roots(z.real + 1j * im)
            # In the bulk one root lies below the axis; near 1/z, where there are two small ones.
            below = roots[roots.imag <= 0] if len(roots[roots.imag <= 0]) else roots
            g = below[np.argmin(abs(below - g))]
        return g

    def cauchy(self, z):
        """G(z) in 30 digits; z real stands for the boundary value from above."""
        g = mpc(self.follow(complex(z)))
        for _ in range(50):
            value, slope = self.z(g)
            step = (value - z) / slope
            g -= step
            if abs(step) < mpf(10) ** -26 * abs(g):
                break
        else:
            raise ArithmeticError(z)
        assert g.imag <= 0
        return g

    def density(self, x):
        """By the one root below the real axis, in double precision."""
        roots = self.roots(x)
        return max(0.0, -roots.imag.min()) / np.pi

    def intervals(self):
        """From the critical values of z(g) at real g, and where there is density between."""
        square = self.denominator**2
        slope = -square
        for k, (j, w) in enumerate(zip(self.jumps, self.weights)):
            term = np.polynomial.Polynomial([0.0, 0.0, self.rate * w * j * j])
            for other in np.delete(self.jumps, k):
                term *= np.polynomial.Polynomial([1.0, -other]) ** 2
            slope += term
        roots = np.roots(slope.coef[::-1])
        real = roots[abs(roots.imag) < 1e-9 * abs(roots)].real
        edges = np.sort([self.z(g)[0] for g in real])
        if abs(self.rate * self.weights.sum() - 1) < 1e-12:
            edges = np.concatenate([[0.0], edges])
        pairs = zip(edges, edges[1:])
        return [(a, b) for a, b in pairs if b - a > 1e-9 and self.density((a + b) / 2) > 1e-6]


def generalised(gamma1, locations, weights):
    law = FreePoisson(1 / gamma1, gamma1 * np.array(locations), weights)
    points = []
    for a, b in law.intervals():
        for share in (0.01, 0.2, 0.5, 0.9, 0.999):
            x = float(a + (b - a) * share)
            points.append([x, mp.nstr(-law.cauchy(x).imag / mp.pi, 17)])
    top = law.intervals()[-1][1]
    transforms = []
    for re, im in ((0.3, 0.1), (0.6, 0.001), (-0.2, 0.05), (1.1, 0.3), (5.0, 2.0)):
        z = complex(top * re, top * im)
        g = law.cauchy(z)
        transforms.append([z.real, z.imag, mp.nstr(g.real, 17), mp.nstr(g.imag, 17)])
    return {"gamma1": gamma1, "locations": locations, "weights": weights,
            "density": points, "cauchy": transforms}


def quadratic(gamma2, d, weights):
    law = FreePoisson(gamma2, np.array(d) ** 2, weights)
    intervals = law.intervals()
    theta = np.pi * (np.arange(NODES) + 0.5) / NODES
    y, mass = [np.zeros(1)], [np.array([law.atom])]
    for a, b in intervals:
        at = (a + b) / 2 - (b - a) / 2 * np.cos(theta)
        density = np.array([law.density(x) for x in at])
        y.append(at)
        mass.append(density * (b - a) / 2 * np.sin(theta) * np.pi / NODES)
    y, mass = np.concatenate(y), np.concatenate(mass)
    assert abs(mass.sum() - 1) < 1e-11, mass.sum() - 1
    rule, rule_weights = np.polynomial.legendre.leggauss(NODES)

    def pair_density(x):
        total = 2 * law.atom * law.density(x) if any(a < x < b for a, b in intervals) else 0.0
        for a, b in intervals:
            for e, f in intervals:
                low, high = max(a, x - f), min(b, x - e)
                if low >= high:
                    continue
                angle = np.pi * (rule + 1) / 2
                at = (low + high) / 2 - (high - low) / 2 * np.cos(angle)
                values = np.array([law.density(v) * law.density(x - v) for v in at])
                jacobian = (high - low) / 2 * np.sin(angle) * np.pi / 2
                total += (values * jacobian) @ rule_weights
        return total

    top = 2 * intervals[-1][1]
    points = []
    for share in (0.07, 0.21, 0.33, 0.48, 0.66, 0.83, 0.95):
        x = float(top * share)
        points.append([x, float(pair_density(x) / (2 * gamma2))])
    transforms = []
    for re, im in ((0.3, 0.1), (0.5, 0.03), (-0.05, 0.05), (1.2, 0.0), (0.8, 0.5)):
        z = complex(top * re, top * im)
        pairs = (mass[:, None] * mass) / (z - y[:, None] - y)
        g = (1 - 1 / (2 * gamma2)) / z + pairs.sum() / (2 * gamma2)
        transforms.append([z.real, z.imag, float(g.real), float(g.imag)])
    return {"gamma2": gamma2, "d": d, "weights": weights, "density": points,
            "cauchy": transforms}


def main():
    result = {
        "generalised": [
            generalised(0.3, [1.0, 4.0], [0.5, 0.5]),
            generalised(2.0, [0.5, 1.0, 3.0], [0.2, 0.5, 0.3]),
            generalised(12.0, [1.0, 2.0, 5.0], [0.25, 0.25, 0.5]),
            generalised(0.9, [0.0, 1.0, 7.0], [0.3, 0.6, 0.1]),
            generalised(1.0, [0.1, 1.0, 10.0], [0.3, 0.4, 0.3]),
            generalised(5.0, [0.2, 0.4, 0.9, 1.5, 3.0], [0.1, 0.2, 0.3, 0.2, 0.2]),
        ],
        "quadratic": [
            quadratic(0.6, [1.0], [1.0]),
            quadratic(2.5, [1.0], [1.0]),
            quadratic(0.4, [0.5, 1.0], [0.5, 0.5]),
            quadratic(3.0, [0.5, 1.5], [0.6, 0.4]),
            quadratic(1.6, [0.0, 1.0, 1.5], [0.25, 0.5, 0.25]),
            quadratic(20.0, [0.3, 1.0], [0.5, 0.5]),
        ],
    }
    with open("free_poisson.json", "w") as file:
        json.dump(result, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
