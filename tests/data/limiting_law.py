"""The limiting law of the kernel for finitely many values of D, off the real axis
and at real points, without anything of the crate. law.py uses it.

Population law nu, for z off the real axis (docs/theory.md, section 4):
    G_nu(z) = E[1/(z - c D^2)]
              + (1/2 pi i) oint g(y) {E[1/(z - (c + g(1/b - y)) D^2)] - E[1/(z - c D^2)]} dy,
with g = g(u) the root of u = 1/g + gamma2 E[D^2/(z - (c + g) D^2)] that falls like
1/u; the contour is the straight line through 1/(2b). For constant |D| the integral
is one over a Marchenko-Pastur law, and its Gauss rule is used.

Law of the kernel (section 6): x = w (gamma1 - 1 + w G_nu(w)) has one root w in the
upper half-plane; m = -1/(gamma1 w) is the Stieltjes transform, Im m / pi the density.
"""

import numpy as np
from scipy.linalg import eigh_tridiagonal

# Nodes of the Gauss rule: at the points of law.json more change nothing.
GAUSS_NODES = 4000
# The line's trapezoidal rule is doubled from the first to the last number of nodes,
# until two results agree to the tolerance.
LINE_NODES = (128, 32768)
LINE_TOLERANCE = 1e-13


def gauss_rule(gamma2, count):
    """Gauss rule of the law of W W^T / d, W of d x p entries, p/d = gamma2, with its
    atom at 0."""
    diagonal = np.full(count, 1 + gamma2)
    diagonal[0] = gamma2
    nodes, vectors = eigh_tridiagonal(diagonal, np.full(count - 1, np.sqrt(gamma2)))
    return nodes, vectors[0] ** 2


def marchenko_pastur(u, gamma2):
    """Cauchy transform of the same law."""
    lower, upper = (1 - np.sqrt(gamma2)) ** 2, (1 + np.sqrt(gamma2)) ** 2
    return (u - (gamma2 - 1) - np.sqrt(u - lower) * np.sqrt(u - upper)) / (2 * u)


class LimitingLaw:
    def __init__(self, gamma1, gamma2, b, c, values, weights):
        self.gamma1, self.gamma2, self.b, self.c = gamma1, gamma2, b, c
        self.squares = np.asarray(values, float) ** 2
        self.weights = np.asarray(weights, float)
        if len(self.squares) == 1:
            self.rule = gauss_rule(gamma2, GAUSS_NODES)

    def mean(self, f):
        """E f(D^2)."""
        return np.sum(self.weights * f(self.squares), axis=-1)

    def root(self, u, z):
        """g(u) on the line: a damped iteration that stays in the right half-plane,
        finished by Newton's method."""
        g = 1 / u.astype(complex)
        denominator = lambda: z - (self.c + g[:, None]) * self.squares
        for _ in range(100_000):
            new = 1 / (u - self.gamma2 * self.mean(lambda t: t / denominator()))
            change = np.max(abs(new - g) / abs(new))
            g = 0.5 * (g + new)
            if change < 1e-9:
                break
        else:
            raise ArithmeticError(f"no root of the resolvent equation at z = {z}")
        for _ in range(8):
            rest = denominator()
            value = 1 / g + self.gamma2 * self.mean(lambda t: t / rest) - u
            slope = -1 / g**2 + self.gamma2 * self.mean(lambda t: t**2 / rest**2)
            g = g - value / slope
        return g

    def along_line(self, z, count):
        """G_nu(z) by the trapezoidal rule of so many nodes on the line."""
        angle = np.min(np.angle(z - self.c * self.squares)) / 2
        direction = np.exp(-1j * angle)
        theta = (np.arange(count) + 0.5) * 2 * np.pi / count - np.pi
        steps = np.pi / (self.b * np.cos(theta / 2) ** 2 * count)
        g = self.root((0.5 + np.tan(theta / 2) * direction) / self.b, z)
        mirrored = g[::-1, None]
        off = self.mean(lambda t: 1 / (z - self.c * t))
        h = self.mean(lambda t: 1 / (z - (self.c + mirrored) * t)) - off
        # Left to right is minus counter-clockwise.
        return off - np.sum(g * h * steps) * direction / (2j * np.pi)

    def population(self, z):
        """G_nu(z)."""
        z = complex(z)
        if self.b == 0 or not np.any(self.squares):
            return self.mean(lambda t: 1 / (z - self.c * t))
        if len(self.squares) == 1:
            square, (nodes, weights) = self.squares[0], self.rule
            z /= square
            pairs = marchenko_pastur((z - self.c) / self.b - nodes, self.gamma2)
            pair = np.sum(weights * pairs) / self.b
            return ((1 - 0.5 / self.gamma2) / (z - self.c) + 0.5 / self.gamma2 * pair) / square
        count, last = LINE_NODES
        old = self.along_line(z, count)
        while count < last:
            count *= 2
            new = self.along_line(z, count)
            if abs(new - old) < LINE_TOLERANCE * abs(new):
                return new
            old = new
        raise ArithmeticError(f"the line needs more than {last} nodes at z = {z}")

    def point(self, w):
        """x = z(w)."""
        return w * (self.gamma1 - 1 + w * self.population(w))

    def newton(self, w, x):
        """The root of z(w) = x near w, with a slope from differences."""
        for _ in range(60):
            h = 1e-5 * abs(w)
            slope = (self.point(w + 1j * h) - self.point(w + h / 2)) / (1j * h - h / 2)
            step = (self.point(w) - x) / slope
            scale = 1.0
            while (w - scale * step).imag <= 0 and scale > 1e-6:
                scale /= 2
            w -= scale * step
            if abs(step) < 1e-13 * abs(w):
                break
        return w

    def root_at(self, x):
        """w in the upper half-plane with z(w) = x, for real x: followed from far above,
        where a damped iteration finds it."""
        heights = np.geomspace(20 * (x + self.b + self.c), 1e-3 * x, 30)
        far = complex(x, heights[0])
        m = -1 / far
        for _ in range(500):
            w = -1 / (self.gamma1 * m)
            new = 1 / (-far + w * (w * self.population(w) - 1))
            if abs(new - m) < 1e-12 * abs(m):
                break
            m = 0.5 * (m + new)
        w = -1 / (self.gamma1 * m)
        for height in [*heights, 0.0]:
            w = self.newton(w, complex(x, height))
        residual = abs(self.point(w) - x) / x
        if residual > 1e-10:
            raise ArithmeticError(f"no root at x = {x}: residual {residual} at w = {w}")
        return w

    def density(self, x):
        """Density of the law of the kernel at real x > 0."""
        return (-1 / (self.gamma1 * self.root_at(x))).imag / np.pi
