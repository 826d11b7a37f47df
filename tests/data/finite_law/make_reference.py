"""Reference values of the finite-size law: reference/finite.json."""
import json, sys
from finite_law import *
from acts import ACT
from laws import dlaw, K4
np.seterr(all='ignore')
cx = lambda v: [[float(x.real), float(x.imag)] for x in np.atleast_1d(v)]
DEF = dict(Kt=9, Ktau=5, KG=8, nu=161); FINE = dict(Kt=18, Ktau=12, KG=40, nu=241)
def case(act, d, p, n, D='const', X='gauss'):
    d2 = dlaw(D, p); phi, kinks = ACT[act]
    mk = lambda kw, **o: FiniteLaw(phi, n, d, p, kinks, d2, K4[X], **kw, **o)
    L, F, l = mk(DEF), mk(FINE), mk({}, limit=True)
    sc = float((l.SL.sum()+l.SC.sum())*l.tau1); zs = np.array([0.05+0.05j, 0.2+0.1j, 0.6+0.2j, -0.1, -1.0])*2*sc
    m = L.solve(zs, tol=1e-14); st = dict(L.state); b = L.bulk_stieltjes(zs, tol=1e-14); f = F.solve(zs, tol=1e-13); lim = l.solve(zs, tol=1e-14)
    return dict(activation=act, d=d, p=p, n=n, D2=dict(values=[float(v) for v in d2[0]], weights=[float(v) for v in d2[1]]), kappa4=K4[X],
      a=[float(v) for v in L.a], omega_C=float(L.oC), omega_L=float(L.oL), e3=float(L.comps[0][0]), eta3=float(L.comps[0][1]),
      E_S=dict(L=float((L.W*L.SL).sum()), C=float((L.W*L.SC).sum()), one=L.E1, zero=L.E0), outliers=[[int(c), float(x)] for c, x in L.outliers()],
      z=cx(zs), m_whole=cx(m), m_bulk=cx(b), m_limit=cx(lim), unknowns={k: cx(st[k]) for k in ('dL','dC','d1','d0','kC','k1')},
      change_with_finer_rules=[float(v) for v in abs(f/m-1)])
def grid(L):
    out = []
    for c in L:
        try: out.append(case(*c)); print(c, ['%.0e' % v for v in out[-1]['change_with_finer_rules']], flush=True)
        except Exception as e: print('FAIL', c, repr(e), flush=True)
    return out
CASES = [(a,40,40,1120) for a in ('relu','leaky','tanh','sin','gelu','softplus','quad03','hardtanh','softsign')]+[(a,20,20,280) for a in ('relu','tanh','silu','mish')]+[('relu',40,40,1120,'two'),('tanh',40,40,1120,'two'),('gelu',40,40,1120,'unif'),('relu',40,40,1120,'const','rad'),('silu',40,40,1120,'const','rad'),('elu',40,40,1120,'const','lap'),('sigmoid',40,40,1120,'const','lap'),('elu',40,20,560),('erf',40,80,960),('gaussian',40,40,3200),('softplus',64,64,2867),('relu',40,40,4000)]
NOTE = 'Complex numbers as [re, im]. Equations of docs/finite-size.md with Gauss rules of 9 (t), 5 (tau), 8 (G) nodes and a line rule of 161 nodes: a deterministic target, reproducible to about 1e-12. change_with_finer_rules: against 18, 12, 40, 241. D law unif = 6-point Gauss rule of D uniform on [0.5, 1.5].'
if __name__ == '__main__':
    json.dump(dict(note=NOTE, cases=grid(CASES)), open('finite.json', 'w'), indent=1)
