"""Any spectral filter on the law: nodes x, mu-weights, Ledoit-Peche xi-weights (= |gamma1 w|^2/x mu), atoms at 0; optional outlier cluster of a finite network."""
from learning_boundary import *
class RealLine:
    def __init__(s, g1, g2, b, c, a0=0., d=None, p=None, n=None, nodes=600, N=800):
        if d is None:                       # the limit
            B = BoundaryConstantD(g1, g2, b, c, N=N); x, w, dens, dx = B.nodes(nodes)
            at = max(0, 1-1/g1); mw = dens*dx; mw *= (1-at)/mw.sum()
            s.x, s.mu, s.xi = x, mw, (g1*abs(w))**2/x*mw
            s.mu0, s.xi0 = at, (g1*B.U.kappa0() if g1 < 1 else 0.)
        else:                               # d samples and d weights go to the a0 outliers
            k = d if a0 else 0
            g = (n-k)/(d*p-k); sc = (d*p-k)/(d*p)
            B = BoundaryConstantD(g, g2, b, c, N=N); x, w, dens, dx = B.nodes(nodes)
            at = max(0, 1-1/g); mw = dens*dx; mw *= (1-at)/mw.sum()
            f = (n-k)/n
            xi = (g*abs(w))**2/x*mw; xi0 = g*B.U.kappa0() if g < 1 else 0.
            s.x, s.mu, s.mu0 = x*sc, mw*f, at*f
            h = n/(n-k)                     # k regressors estimated from n samples: inflation of the test error
            s.xi, s.xi0 = xi*sc*h, xi0*sc*h
            if k:
                cx, cw = cluster(a0, n, d); mean = b+c
                co = cx+mean; cm = cw*d/n
                s.x = np.r_[s.x, co]; s.mu = np.r_[s.mu, cm]; s.xi = np.r_[s.xi, cx**2/co*cm*h]
            if b: s.x = np.r_[s.x, b*n/d+b+c]; s.mu = np.r_[s.mu, 1/n]; s.xi = np.r_[s.xi, b*n/d/n]
    def errors(s, r, alpha2=1., s2=1.):
        rr = r(s.x); h = (1-rr)
        tr = s2*s.mu0 + np.sum((alpha2*s.x+s2)*rr**2*s.mu)
        te = s2 + alpha2*(s.xi0 + np.sum(rr**2*s.xi)) + s2*np.sum(h*h/s.x*s.xi)
        return tr, te
def cluster(a0, n, d, K=40):
    x, w = gauss_mp(n/d, K); return a0*a0*x, w
if __name__ == '__main__':
    a0,b,c = act_moments('relu')
    for g1 in (0.3,0.7,2.0):
        R = RealLine(g1,1.,b,c); U=Uses(g1,ConstantD(1.,b,c))
        print(g1, R.errors(lambda x:.1/(x+.1)), (U.ridge(.1)['train'],U.ridge(.1)['test']))
        d=p=40; n=int(round(g1*d*p)); Rf=RealLine(None,1.,b,c,a0,d,p,n); La=Uses(n/(d*p),WithAtom(ConstantD(1.,b,c),1/p,a0*a0*p))
        for lam in (.01,.1,1.): print('   finite', lam, Rf.errors(lambda x:lam/(x+lam)), (La.ridge(lam)['train'],La.ridge(lam)['test']))
