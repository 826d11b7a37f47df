"""Sums under the law of the ReLU kernel with gamma1 = gamma2 = 1, D = 1, to hard_edge.json.

The law has a hard edge at 0. Nothing is tabulated or integrated over its density:

    nu = 1/2 delta_c + 1/2 Law(c + b (y + y')),  y, y' of the Marchenko-Pastur law of ratio 1,

with b = 1/(2 pi), c = 1/4 - 1/(2 pi), and y = 4 cos(phi)^2 with weight (2/pi) sin(phi)^2 on a
half-circle, where the trapezoidal rule converges geometrically. For complex lambda off the
negative axis the effective ridge kappa, on the same side of the real axis, solves lambda =
kappa^2 int nu(dt)/(t + kappa) (gamma1 = 1 - nu({0}) = 1), and

    int mu(dx)/(x + lambda) = 1/kappa,   int x mu(dx)/(x + lambda) = 1 - lambda/kappa,
    int log(x + lambda) mu(dx) = log(kappa) - 1 + lambda/kappa + int log(1 + t/kappa) nu(dt).

The Laplace transform int exp(-2 t x) mu(dx) is the inverse Laplace transform of 1/kappa at 2t,
by Talbot's contour (mpmath.invertlaplace), at two degrees that have to agree to 13 digits.
"""

import json

import mpmath
from mpmath import mp, mpf

mp.dps = 40
b = 1 / (2 * mp.pi)
c = mpf(1) / 4 - b
NODES = 100


# phi and pi - phi give the same y.
Y = [(4 * mp.cos(a) ** 2, 4 * mp.sin(a) ** 2 / NODES)
     for a in (mp.pi * (2 * k + 1) / (2 * NODES) for k in range(NODES // 2))]
NU = [(c, mpf(1) / 2)] + [(c + b * (y + v), w * x / 2) for y, w in Y for v, x in Y]
assert abs(sum(w for _, w in NU) - 1) < mpf(10) ** -35
assert abs(sum(w * t for t, w in NU) - (b + c)) < mpf(10) ** -35


def sums(kappa):
    """int nu(dt)/(t + kappa) and its derivative."""
    value, slope = 1 / (2 * (c + kappa)), -1 / (2 * (c + kappa) ** 2)
    for y, w in Y:
        # int 1/(u - y') over the Marchenko-Pastur law of ratio 1, and its derivative.
        u = -(kappa + c) / b - y
        root = mp.sqrt(u) * mp.sqrt(u - 4)
        g = (1 - root / u) / 2
        g_slope = -1 / (u * root)
        value -= w * g / (2 * b)
        slope += w * g_slope / (2 * b**2)
    return value, slope


def newton(lam, kappa):
    for _ in range(60):
        s, slope = sums(kappa)
        step = (kappa**2 * s - lam) / (2 * kappa * s + kappa**2 * slope)
        kappa -= step
        if abs(step) < mpf(10) ** -(mp.dps - 5) * abs(kappa):
            return kappa
    raise ArithmeticError(f"no root at {lam}")


def ridge(lam):
    """kappa of |lambda|, where lambda(kappa) is increasing and convex, and along the circle."""
    lam = mp.mpmathify(lam)
    kappa = newton(abs(lam), abs(lam) + b + c)
    steps = 24 if mp.im(lam) else 0
    for k in range(1, steps + 1):
        point = abs(lam) * mp.expj(mp.arg(lam) * k / steps)
        kappa = newton(point, kappa)
        assert mp.im(kappa) * mp.im(lam) > 0
    return kappa


def log_sum(kappa):
    return sum(w * mp.log(1 + t / kappa) for t, w in NU)


def exponential(t):
    found = [
        mpmath.invertlaplace(lambda s: 1 / ridge(s), 2 * mpf(t), method="talbot", degree=n)
        for n in (24, 30)
    ]
    assert abs(found[0] / found[1] - 1) < mpf(10) ** -13, (t, found)
    return found[1]


def main():
    text = lambda x: mp.nstr(mp.re(x), 20)
    ridges = []
    for exponent in range(-12, 3):
        lam = mpf(10) ** exponent / 4
        kappa = ridge(lam)
        ridges.append({
            "lambda": float(lam),
            "inverse_trace": text(1 / kappa),
            "effective_dimension": text(1 - lam / kappa),
            "log_determinant": text(mp.log(kappa) - 1 + lam / kappa + log_sum(kappa)),
        })
    result = {
        "ridges": ridges,
        "log": text(sum(w * mp.log(t) for t, w in NU) - 1),
        "exponentials": [{"t": float(t), "value": text(exponential(t))}
                         for t in ("1e4", "1e5", "1e6", "1e9", "1e12")],
    }
    with open("hard_edge.json", "w") as file:
        json.dump(result, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
