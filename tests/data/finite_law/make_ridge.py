"""Reference values of ridge regression at finite size: ../finite_ridge.json.

Means over rows of q and q/(1 + q) at z = -lambda, and their derivatives by differences of fifth
order: about nine digits.
"""
import json
import numpy as np
from finite_law import FiniteLaw
from acts import ACT
from laws import dlaw, K4

ALPHA2, NOISE, STEP = 1., .5, 2e-3

def means(L, z):
    L.solve(np.array([z], complex), tol=1e-14); v = L.state
    q = (L.SL*v['dL']+L.SC*v['dC']+L.S1*v['d1']+L.S0*v['d0'])
    return np.array([(L.W*q).sum(), (L.W*q/(1+q)).sum()]).real

def case(act, n, d, p, lam, D='const', X='gauss'):
    L = FiniteLaw(ACT[act][0], n, d, p, ACT[act][1], dlaw(D, p), K4[X])
    h = STEP*lam; f = {k: means(L, -lam+k*h) for k in (-2, -1, 0, 1, 2)}
    slope = (f[-2]-8*f[-1]+8*f[1]-f[2])/(12*h)
    (fresh, fitted), (fresh_slope, fitted_slope) = f[0], slope
    test = ALPHA2*lam**2*fresh_slope+NOISE*(1+fresh-lam*fresh_slope)
    training = ALPHA2*lam**2*fitted_slope+NOISE*(1-fitted-lam*fitted_slope)
    d2 = dlaw(D, p)
    return dict(activation=act, n=n, d=d, p=p, D2=dict(values=[float(v) for v in d2[0]], weights=[float(w) for w in d2[1]]),
                kappa4=K4[X], **{'lambda': lam}, test=test, training=training, degrees_of_freedom=fitted, posterior_variance=lam*fresh)

CASES = [('relu', 280, 20, 20, .1), ('relu', 1120, 40, 40, 1.), ('gelu', 480, 40, 40, .01), ('tanh', 1120, 40, 40, .1),
         ('tanh', 3200, 40, 40, 1., 'two'), ('silu', 600, 20, 40, .1, 'const', 'rad'), ('elu', 1120, 40, 40, .1, 'unif', 'lap')]
NOTE = 'Errors of ridge regression of random effects, alpha^2 = 1, s^2 = 1/2, at given n, d, p.'
if __name__ == '__main__':
    json.dump(dict(note=NOTE, cases=[case(*c) for c in CASES]), open('../finite_ridge.json', 'w'), indent=1)
