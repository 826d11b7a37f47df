"""Krylov residuals of learning.json to 15 digits, from exact moments: those of Marchenko-Pastur
give those of nu (constant D = 1), free cumulants gamma1^(k-1) m_k(nu) give those of mu, and the
Chebyshev algorithm gives its Jacobi matrix, all in 300 digits. No quadrature, no edges.
Writes learning_krylov.json."""
import json
from mpmath import binomial, mp, mpf, pi, sqrt

mp.dps = 300
STEPS = 30
MOMENTS = 2 * STEPS + 2


def coefficients(name):
    """b and c of sigma'."""
    if name == 'relu':
        return 1 / (2 * pi), mpf(1) / 4 - 1 / (2 * pi)
    # gelu: sigma' = Phi(z) + z phi(z). E sigma' z = 1/(2 sqrt(pi)) * 3/2, and
    # E sigma'^2 = E Phi^2 + 2 E Phi z phi + E z^2 phi^2 with N(0,1) z.
    a1 = mpf(3) / (4 * sqrt(pi))
    second = mpf(1) / 3 + 2 * cross() + 1 / (2 * pi) / sqrt(mpf(3)) / 3
    return a1**2, second - mpf(1) / 4 - a1**2


def cross():
    """E Phi(z) z phi(z) = (1/2 pi) int Phi z exp(-z^2) dz = (1/4 pi) int phi exp(-z^2) dz."""
    return 1 / (4 * pi) / sqrt(mpf(3))


def marchenko_pastur(g2, n):
    """Moments of the limit of (1/d) W W^T, W d x p, p/d = g2: free cumulants all g2."""
    return from_free_cumulants([g2] * n)


def from_free_cumulants(kappa):
    """m_n = sum_s kappa_s [x^(n-s)] M(x)^s with M = 1 + sum m_k x^k."""
    n = len(kappa)
    m = [mpf(1)]
    for k in range(1, n + 1):
        total = mpf(0)
        power = [mpf(1)] + [mpf(0)] * (k - 1)
        for s in range(1, k + 1):
            # power = M^s up to degree k - s
            power = [sum(power[i] * m[j - i] for i in range(j + 1)) for j in range(k)]
            total += kappa[s - 1] * power[k - s]
        m.append(total)
    return m


def jacobi(m, steps):
    """Recurrence coefficients from moments: alpha_k and beta_k (off the diagonal)."""
    n = steps + 1
    previous, now = [mpf(0)] * (2 * n), list(m[:2 * n])
    alpha, square = [m[1] / m[0]], [m[0]]
    for k in range(1, n):
        after = [mpf(0)] * (2 * n)
        for l in range(k, 2 * n - k):
            after[l] = now[l + 1] - alpha[k - 1] * now[l] - (square[k - 1] * previous[l] if k > 1 else 0)
        alpha.append(after[k + 1] / after[k] - now[k] / now[k - 1])
        square.append(after[k] / now[k - 1])
        previous, now = now, after
    return alpha, [sqrt(s) for s in square[1:]]


def residuals(alpha, beta, lam):
    last, now, out = mpf(0), mpf(1), [mpf(1)]
    for k in range(STEPS):
        after = ((-lam - alpha[k]) * now - (beta[k - 1] * last if k else 0)) / beta[k]
        last, now = now, after
        out.append(1 / abs(now))
    return out


if __name__ == '__main__':
    out = []
    for case in json.load(open('learning.json')):
        if 'cg_isotropic' not in case:
            continue
        b, c = coefficients(case['activation'])
        assert abs(b - case['b']) < 1e-15 and abs(c - case['c']) < 1e-15
        g1, g2 = mpf(str(case['gamma1'])), mpf(str(case['gamma2']))
        mp_moments = marchenko_pastur(g2, MOMENTS)
        pair = [sum(binomial(n, i) * mp_moments[i] * mp_moments[n - i] for i in range(n + 1)) for n in range(MOMENTS + 1)]
        half = 1 / (2 * g2)
        nu = [(1 - half) * c**n + half * sum(binomial(n, i) * c**(n - i) * b**i * pair[i] for i in range(n + 1)) for n in range(MOMENTS + 1)]
        mu = from_free_cumulants([g1**(k - 1) * nu[k] for k in range(1, MOMENTS + 1)])
        alpha, beta = jacobi(mu, STEPS)
        rows = [dict(lam=lam, residuals=[float('%.15g' % r) for r in residuals(alpha, beta, mpf(lam) if lam == 1. else mpf(1) / 10)][::5]) for lam in (.1, 1.)]
        out.append(dict(name=case['name'], rows=rows))
        print(out[-1], flush=True)
    json.dump(out, open('learning_krylov.json', 'w'), indent=1)
