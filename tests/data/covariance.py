"""Computes the Stieltjes transforms of covariance.json anew: laws of kernels whose inputs
have a covariance with finitely many eigenvalues, nu ~ Law(s t), s from H and t from the law
of isotropic rows with gamma2 h2, h2 the second moment of H (mean 1).

    python3 covariance.py    prints how far the results are from covariance.json

needs numpy and scipy. The Cauchy transform of nu is sum of h/s G_t(z/s), with G_t of
limiting_law.py; m(z) = -1/(gamma1 w), with w the root of z(w) = z in the upper half-plane,
followed from far above, or on the negative axis by bisection.
"""

import json
import os

import numpy as np
from scipy.optimize import brentq

from limiting_law import LimitingLaw

FOLDER = os.path.dirname(os.path.abspath(__file__))


class CovariantLaw(LimitingLaw):
    def __init__(self, gamma1, gamma2, b, c, values, weights, scales, shares):
        self.scales, self.shares = np.asarray(scales, float), np.asarray(shares, float)
        h2 = np.sum(self.shares * self.scales**2)
        super().__init__(gamma1, gamma2 * h2, b, c, values, weights)

    def population(self, z):
        total = 0
        for scale, share in zip(self.scales, self.shares):
            total += share * (super().population(z / scale) / scale if scale else 1 / z)
        return total

    def stieltjes(self, z):
        if z.imag == 0:
            real = lambda w: self.point(w).real - z.real
            far = z.real / self.gamma1 - 10 * (self.b + self.c)
            w = brentq(real, 10 * far, -1e-9 * abs(z.real), xtol=1e-15, rtol=1e-14)
            return -1 / (self.gamma1 * w)
        far = complex(z.real, 20 * (abs(z) + self.b + self.c))
        m = -1 / far
        for _ in range(500):
            w = -1 / (self.gamma1 * m)
            new = 1 / (-far + w * (w * self.population(w) - 1))
            if abs(new - m) < 1e-12 * abs(m):
                break
            m = 0.5 * (m + new)
        w = -1 / (self.gamma1 * m)
        for height in np.geomspace(far.imag, z.imag, 30):
            w = self.newton(w, complex(z.real, height))
        return -1 / (self.gamma1 * w)


if __name__ == "__main__":
    cases = json.load(open(os.path.join(FOLDER, "covariance.json")))["cases"]
    worst = 0.0
    for case in cases:
        for entry in case["mu_stieltjes"]:
            law = CovariantLaw(
                entry["gamma1"], case["gamma2"], case["b"], case["c"],
                np.sqrt(case["D2_atoms"]), case["D2_weights"],
                case["H_atoms"], case["H_weights"],
            )
            expected = complex(*entry["m"])
            worst = max(worst, abs(law.stieltjes(complex(*entry["z"])) / expected - 1))
        print(case["activation"], case["gamma2"], case["H_atoms"], f"{worst:.1e}", flush=True)
