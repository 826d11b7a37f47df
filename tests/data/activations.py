"""Writes activations_parameters.json: the Gaussian moments of the derivative of
parametrised activations, by tanh-sinh quadrature in 45 digits (mpmath).

    python3 activations.py > activations_parameters.json

A parameter is the double that Rust reads from the same decimal, so that
1 - slope means the same number here and there. c is integrated as the square
of the residual. Nothing here uses a closed form of the crate.
"""

import json

from mpmath import cosh, exp, mp, mpf, pi, quad, sqrt, tanh

mp.dps = 45


def expectation(f, kinks):
    reach = 22
    points = sorted({mpf(k) for k in range(-reach, reach + 1)} | {mpf(k) for k in kinks})
    return quad(lambda z: f(z) * exp(-z * z / 2), points) / sqrt(2 * pi)


def moments(phi, kinks=(0,)):
    # One-sided values at a kink do not matter: tanh-sinh never evaluates an end.
    a0 = expectation(phi, kinks)
    a1 = expectation(lambda z: z * phi(z), kinks)
    c = expectation(lambda z: (phi(z) - a0 - a1 * z) ** 2, kinks)
    m2 = expectation(lambda z: phi(z) ** 2, kinks)
    tidy = lambda x: mp.nstr(x if abs(x) > mpf(10) ** -38 else mpf(0), 20)
    return {
        "a0": tidy(a0),
        "a1": tidy(a1),
        "second_moment": tidy(m2),
        "b": tidy(a1**2 if abs(a1) > mpf(10) ** -38 else mpf(0)),
        "c": tidy(c if abs(c) > mpf(10) ** -38 else mpf(0)),
    }


def leaky_relu(slope):
    return lambda z: mpf(1) if z > 0 else slope


def elu(alpha):
    return lambda z: mpf(1) if z > 0 else alpha * exp(z)


def sine(w):
    return lambda z: w * mp.cos(w * z)


def cosine(w):
    return lambda z: -w * mp.sin(w * z)


def relu_power(k):
    return lambda z: k * z ** int(k - 1) if z > 0 else mpf(0)


def polynomial(coefficients):
    return lambda z: sum(j * s * z ** (j - 1) for j, s in enumerate(coefficients) if j > 0)


def gelu_tanh(z):
    cubic = mpf(float("0.044715"))
    u = sqrt(2 / pi) * (z + cubic * z**3)
    slope = sqrt(2 / pi) * (1 + 3 * cubic * z**2)
    return (1 + tanh(u)) / 2 + z / 2 * slope / cosh(u) ** 2


def main():
    table = []

    def add(family, phi, parameters=(), kinks=(0,)):
        exact = [mpf(float(p)) for p in parameters]
        made = phi(*exact) if parameters else phi
        table.append({"family": family, "parameters": list(parameters), **moments(made, kinks)})

    for slope in (0.0, 0.01, 0.1, 0.5, 0.999999, 1.000001, -1.0, 2.0):
        add("leaky_relu", leaky_relu, [slope])
    for alpha in (0.0, 0.5, 0.94, 1.0, 5.0, -2.0):
        add("elu", elu, [alpha])
    for w in (0.001, 0.3, 0.999, 1.0, 1.001, 2.5, 7.0):
        add("sine", sine, [w])
        add("cosine", cosine, [w])
    for k in (1, 2, 3, 4, 7):
        add("relu_power", relu_power, [k])
    add("gelu_tanh", gelu_tanh)
    add("gaussian", lambda z: -z * exp(-z * z / 2))
    add("arctan", lambda z: 1 / (1 + z * z))
    add("hard_tanh", lambda z: mpf(1) if abs(z) < 1 else mpf(0), kinks=(-1, 0, 1))
    for coefficients in (
        [0.3, -1.1],
        [1.0, 2.0, 3.0],
        [0.0, 0.0, -1.5, 0.0, 0.25],
        [0.0, 0.1, 0.2, 0.3, 0.4, 0.5],
        [0.0, 3.0, 0.0, -2.0, 0.0, 0.2],
        [0.0, 0.0, 0.7, 1e-7, -1e-8],
        [0.0, 0.3, 0.0, -0.1],
    ):
        exact = [mpf(float(s)) for s in coefficients]
        table.append(
            {"family": "polynomial", "parameters": coefficients, **moments(polynomial(exact))}
        )
    print(json.dumps(table, indent=1))


if __name__ == "__main__":
    main()
