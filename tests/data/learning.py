"""Reference values (>= 10 digits unless marked) from the independent prototype. reference.json."""
import json, sys
from learning_realline import *
from scipy.optimize import brentq
def jacobi(x, w, m):
    w = w/w.sum(); q = np.sqrt(w); Q = [q]; a = []; b = []
    for k in range(m):
        v = x*Q[-1]; a.append(Q[-1]@v)
        for _ in range(2):
            for u in Q: v = v-(u@v)*u
        nb = np.linalg.norm(v); b.append(nb); Q.append(v/nb)
    return np.array(a), np.array(b)
def cg_residuals(a, b, lam):
    p0, p1 = 0., 1.; out = [1.]
    for k in range(len(b)):
        p2 = ((-lam-a[k])*p1 - (b[k-1]*p0 if k else 0))/b[k]; p0, p1 = p1, p2; out.append(1/abs(p1))
    return out
R = lambda v: float('%.12g' % float(v))
def ridge_block(L, lam, alpha2, s2):
    r = L.ridge(lam, alpha2, s2); m, dm = (L.m(lam), L.dm(lam)) if lam > 0 or L.kappa0() > 0 else (None, None)
    o = {k: R(v) for k, v in r.items()}; o.update(lam=lam, m=None if m is None else R(m), dm=None if dm is None else R(dm))
    if lam > 0: o.update(optimal_lambda=R(s2/alpha2), optimal_test=R(L.ridge(s2/alpha2, alpha2, s2)['test']))
    return o
def case(name, act, g1, g2, D=None, lams=(1e-3, .1, 1.), ts=(1., 10., 100.), alpha2=1., s2=.5, line=True):
    a0, b, c = (0., 1., 0.) if act == 'quad' else act_moments(act)
    nu = DiscreteD(g2, b, c, D[0], D[1]) if D else ConstantD(g2, b, c, N=200)
    L = Uses(g1, nu); out = dict(name=name, activation=act, gamma1=g1, gamma2=g2, D2=D, a0=a0, b=b, c=c, alpha2=alpha2, s2=s2)
    out['ridge'] = [ridge_block(L, lam, alpha2, s2) for lam in lams]
    if D is None and g1 != 1: out['ridgeless'] = ridge_block(L, 0.0, alpha2, s2)
    out['posterior_variance'] = [[l, R(L.posterior_variance(l))] for l in lams]
    out['polynomial'] = []
    for l in lams:
        k = L.kappa(l); q = L.poly(l, 1., 0., 0.); e = L.poly(l, .5, .25, .25)
        out['polynomial'].append(dict(lam=l, q=R(nu.q(k)), dq=R(nu.dq(k)), test_quadratic=R(q['test']), train_quadratic=R(q['train']), test_F2_F3_s2_half_quarter_quarter=R(e['test']), fit=R(e['fit'])))
    if D is None:
        out['log_determinant'] = [[l, R(L.logdet(l))] for l in lams]
        out['information_gain'] = [[l, R(L.information_gain(l))] for l in lams]
        out['log_evidence'] = [[l, R(L.evidence(l))] for l in lams]
        if line and b > 0 and c > 0:
            B = RealLine(g1, g2, b, c, nodes=1000, N=1600)
            out['checks'] = dict(mass=R(B.mu.sum()+B.mu0), mean=R(B.x@B.mu), xi_mass=R(B.xi.sum()+B.xi0), population_mean=R(b+c))
            out['spectral_weight_at_0'] = R(B.xi0); out['edges'] = [R(v) for v in edges(g1, g2, b, c)]
            F = []
            for t in ts:
                tr, te = B.errors(lambda x: np.exp(-t*x), alpha2, s2)
                iso = B.mu0 + np.sum(np.exp(-2*t*B.x)*B.mu)
                F.append(dict(t=t, train=R(tr), test=R(te), isotropic_train=R(iso)))
            out['gradient_flow'] = F
            eta = 1.0/edges(g1, g2, b, c)[1]
            out['gradient_descent'] = [dict(eta=R(eta), k=k, train=R(v[0]), test=R(v[1])) for k in (1, 10, 100) for v in [B.errors(lambda x: (1-eta*x)**k, alpha2, s2)]]
            f = lambda lt: np.sum((lambda x, r: r*(s2*(1-r)-alpha2*x*r)*B.xi)(B.x, np.exp(-np.exp(lt)*B.x)))
            gr = np.linspace(np.log(1e-2), np.log(1e3), 60); fv = [f(v) for v in gr]; i = next(i for i in range(59) if fv[i] < 0 < fv[i+1])
            ts_ = np.exp(brentq(f, gr[i], gr[i+1], xtol=1e-14, rtol=1e-14)); v = B.errors(lambda x: np.exp(-ts_*x), alpha2, s2)
            out['early_stopping'] = dict(t=R(ts_), test=R(v[1]), train=R(v[0]))
            h = lambda lt: np.sum(np.exp(-2*np.exp(lt)*B.x)*B.mu) - .5*(1-B.mu0)
            out['half_life_isotropic'] = R(np.exp(brentq(h, -12, 16, xtol=1e-14, rtol=1e-14)))
            X, W = (np.r_[B.x, 0.], np.r_[B.mu, B.mu0]) if B.mu0 else (B.x, B.mu)
            a, bb = jacobi(X, W, 31)
            out['cg_isotropic'] = [dict(lam=l, residuals=[R(v) for v in cg_residuals(a, bb, l)][:31:5], iterations={str(e): int(np.argmax(np.array(cg_residuals(a, bb, l)) < e)) if min(cg_residuals(a, bb, l)) < e else None for e in (1e-2, 1e-4)}) for l in (.1, 1.)]
            if g1 <= 1.:
                out['gradient_flow_quadratic'] = [dict(t=t, train=R(v[0]), test=R(v[1])) for t in (1., 10.) for v in [L.flow_poly(t, 1., 0., n=500)]]
    return out
def edges(g1, g2, b, c):
    B = BoundaryConstantD(g1, g2, b, c, N=1600); ul, ur = B.edges_u()
    return tuple((u*(g1+B.T(u+1e-300j))).real if u != 0 else 0. for u in (ul, ur))
if __name__ == '__main__':
    pub = [case('relu-0.7-1', 'relu', .7, 1.), case('relu-0.3-1', 'relu', .3, 1.), case('relu-2-1', 'relu', 2., 1.), case('gelu-0.7-2', 'gelu', .7, 2.), case('gelu-2-0.5', 'gelu', 2., .5),
           case('tanh-0.7-1', 'tanh', .7, 1.), case('softplus-0.5-1', 'softplus', .5, 1., line=False),
           case('relu-0.7-1-twoD', 'relu', .7, 1., ([2.25, .25], [.5, .5])), case('quad-0.3-1', 'quad', .3, 1.), case('relu-1-1', 'relu', 1., 1.)]
    json.dump(pub, open('learning.json', 'w'), indent=1)
