"""What each ingredient of the law at finite size is worth: the table of docs/finite-size.md, 12.

Each ingredient is left out in turn, and the largest of three relative errors of the Stieltjes
transform of the bulk is taken against sampled networks, d = p = 40, n = 1120, D = 1. Some ten
minutes on one core.
"""
import numpy as np
from finite_law import FiniteLaw
from acts import ACT
from laws import K4
np.seterr(all='ignore')

N, D, P = 1120, 40, 40
PLACES = np.array([0.05+0.05j, 0.2+0.1j, 0.6+0.2j])
ERROR, FEWEST, MOST = 0.0025, 8, 100        # standard error of the sample, numbers of networks
INPUTS = {'gauss': lambda g, s: g.standard_normal(s), 'rad': lambda g, s: g.choice([-1., 1.], s),
          'lap': lambda g, s: g.laplace(scale=2**-.5, size=s)}

def sample(act, X, z, outliers, rng):
    """Mean transform of sampled bulks, their standard error, and how many."""
    phi, found = ACT[act][0], []
    while True:
        x, w = INPUTS[X](rng, (N, D)), rng.standard_normal((D, P))
        f = phi(x@w/np.sqrt(D)); ev = np.linalg.eigvalsh((x@x.T/D)*(f@f.T/P))[:N-outliers]
        found.append((1/(ev[:, None]-z)).mean(0))
        if len(found) < FEWEST: continue
        a = np.array(found); m = a.mean(0)
        error = np.max(np.sqrt((abs(a-m)**2).sum(0)/(len(a)*(len(a)-1)))/abs(m))
        if error < ERROR or len(a) >= MOST: return m, error, len(a)

def law(act, X): return FiniteLaw(ACT[act][0], N, D, P, ACT[act][1], kappa4=K4[X])
def no_row_scales(L):
    """t replaced by means: S(t) -> E S, G as it is."""
    w = L.W.reshape(L.rows, -1).sum(1)
    for name in ('SL', 'SC', 'S1', 'S0'):
        S = getattr(L, name); mean = (L.W*S).sum()
        per_t = (L.W*S).reshape(L.rows, -1).sum(1)/w
        factor = np.divide(mean, per_t, out=np.zeros_like(per_t), where=per_t > 0)
        setattr(L, name, (S.reshape(L.rows, -1)*factor[:, None]).reshape(S.shape))
def no_broadening(L): L.comps = [(1., 0.)]
def no_variance(L):
    w = L.W.reshape(L.rows, -1); mean = (w*L.SC.reshape(L.rows, -1)).sum(1)/w.sum(1)
    L.SC = np.repeat(mean, w.shape[1])[:, None]
def no_outliers(L): L.O = False; L.S1 = L.S1*0; L.S0 = L.S0*0
def no_pairs(L): L.equal = 0.
def no_columns(L): L.PL = L.PC = L.P1
def no_anisotropy(L): L.oC = L.oX = 1.; L.oL = 2.
def no_kurtosis(L): L.theta = 1.
INGREDIENTS = {'–': lambda L: None, 'scales of rows': no_row_scales, 'variance over neurons': no_variance,
               'broadening of degree 3': no_broadening, 'components of the outliers': no_outliers,
               'pairs i = j': no_pairs, 'profiles of columns': no_columns, 'anisotropy along v': no_anisotropy,
               'diagonal of Sym(d)': no_kurtosis}

def main():
    rng = np.random.default_rng(20)
    errors = {name: [] for name in ['limit', *INGREDIENTS]}
    cases = [(a, 'gauss') for a in ACT] + [(a, X) for a in ('relu', 'tanh', 'gelu', 'softplus') for X in ('rad', 'lap')]
    for act, X in cases:
        base = law(act, X); outliers = sum(c for c, _ in base.outliers())
        limit = FiniteLaw(ACT[act][0], N, D, P, ACT[act][1], limit=True)
        z = 2*PLACES*float(limit.SL.sum()+limit.SC.sum())
        m, error, networks = sample(act, X, z, outliers, rng)
        off = lambda found: np.max(abs(found/m-1))
        errors['limit'].append(off(limit.solve(z)))
        for name, change in INGREDIENTS.items():
            L = law(act, X); L.rows = 9 if len(L.W) % 9 == 0 else 1
            change(L)
            # Without their components the law is that of the bulk alone.
            found = L.solve(z) if change is no_outliers else L.bulk_stieltjes(z)
            errors[name].append(off(found))
        print(act, X, networks, f'{100*error:.2f}', [f'{100*e[-1]:.2f}' for e in errors.values()], flush=True)
    normal = len(ACT)
    print('| left out | mean | largest | with X of signs or Laplace: mean | largest |\n| --- | --- | --- | --- | --- |')
    for name, e in errors.items():
        cells = [np.mean(e[:normal]), np.max(e[:normal]), np.mean(e[normal:]), np.max(e[normal:])]
        print('| '+' | '.join([name]+[f'{100*c:.2f}' for c in cells])+' |')

if __name__ == '__main__':
    main()
