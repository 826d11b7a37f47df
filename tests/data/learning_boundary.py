"""Boundary values on the support for constant D: w(x), density of mu, Ledoit-Peche weight. Used to check the contour formulas and for CG."""
from learning_uses import *
def g_mp(u, g2):
    lm, lp = (1-np.sqrt(g2))**2, (1+np.sqrt(g2))**2
    return (u-(g2-1)-np.sqrt(u-lm)*np.sqrt(u-lp))/(2*u)
class BoundaryConstantD:
    def __init__(s, g1, g2, b, c, N=1500):
        s.g1, s.g2, s.b, s.c = g1, g2, b, c
        s.x, s.wt = gauss_mp(g2, N); s.nu = ConstantD(g2, b, c); s.U = Uses(g1, s.nu)
    def G(s, w):
        U = (w-s.c)/s.b
        return (1-1/(2*s.g2))/(w-s.c) + np.sum(s.wt*g_mp(U-s.x, s.g2))/(2*s.g2*s.b)
    def T(s, w): return w*s.G(w)-1
    def zprime(s, w):
        U = (w-s.c)/s.b; g2 = s.g2; v = U-s.x
        lm, lp = (1-np.sqrt(g2))**2, (1+np.sqrt(g2))**2
        sq = np.sqrt(v-lm)*np.sqrt(v-lp); g = (v-(g2-1)-sq)/(2*v)
        dg = ((1-(2*v-lm-lp)/(2*sq)) - 2*g)/(2*v)
        G = (1-1/(2*g2))/(w-s.c) + np.sum(s.wt*g)/(2*g2*s.b)
        dG = -(1-1/(2*g2))/(w-s.c)**2 + np.sum(s.wt*dg)/(2*g2*s.b**2)
        return s.g1 + (w*G-1) + w*(G+w*dG)
    def h(s, u):
        """height of the curve phi = g1, i.e. Im z = 0, at Re w = u (0 if none)"""
        f = lambda h: s.g1 + (s.T(u+1j*h)*(u+1j*h)).imag/h     # Im z / h
        lo, hi = 1e-9, 2*s.nu.top/np.sqrt(s.g1)+1
        if f(lo) > 0: return 0.0
        return brentq(f, lo, hi, xtol=1e-14, rtol=1e-13)
    def edges_u(s):
        top = s.nu.top
        # right: phi(u)=g1 for u>top, or top itself (population edge)
        phi = lambda u: s.nu.integ(lambda t: t*t/(u-t)**2)-s.g1
        ur = brentq(phi, top*(1+1e-6), 1e3*top) if phi(top*(1+1e-6)) > 0 else top
        # left: below c
        f = lambda u: s.nu.integ(lambda t: t*t/(u-t)**2)-s.g1
        if s.g1 > 1: ul = brentq(f, 0, s.c*(1-1e-9))
        else:
            ul = -brentq(lambda k: s.nu.integ(lambda t: t*t/(k+t)**2)-s.g1, 0, 1e3*top)
        return ul, ur
    def intervals(s):
        """intervals of u = Re w that carry density: one, or two if the gap above the atom c of nu stays open"""
        ul, ur = s.edges_u(); lm = (1-np.sqrt(s.g2))**2
        g = (s.c, s.c+s.b*lm*(2 if s.g2 > 1 else 1))
        phi = lambda u: s.nu.integ(lambda t: t*t/(u-t)**2)-s.g1
        if g[1]-g[0] > 1e-3*g[1]:
            r = minimize_scalar(phi, bounds=g, method='bounded', options=dict(xatol=1e-10))
            if r.fun < 0:
                d = 1e-9*(g[1]-g[0])
                u1 = brentq(phi, g[0]+d, r.x, xtol=1e-15, rtol=1e-14)
                u2 = brentq(phi, r.x, g[1]-d, xtol=1e-15, rtol=1e-14) if phi(g[1]-d) > 0 else g[1]
                return [(ul, u1), (u2, ur)]
        return [(ul, ur)]
    def nodes(s, n=600):
        out = []
        for ul, ur in s.intervals():
            th = (np.arange(n)+.5)*np.pi/n; u = ul+(ur-ul)*(1-np.cos(th))/2; du = (ur-ul)*np.sin(th)/2*np.pi/n
            hh = np.array([s.h(v) for v in u]); ok = hh > 0; u, du, hh = u[ok], du[ok], hh[ok]
            w = u+1j*hh; x = np.array([(v*(s.g1+s.T(v))).real for v in w])
            # exact: along the curve z'(1+ih') is real, so dx/du = |z'|^2/Re z'
            zp = np.array([s.zprime(v) for v in w]); dx = abs(zp)**2/zp.real*du
            out.append((x, w, w.imag/(np.pi*s.g1*abs(w)**2), dx))
        return [np.concatenate(v) for v in zip(*out)]
if __name__ == '__main__':
    a0,b,c = act_moments('relu')
    for g1 in (0.3,0.7,2.0):
        B = BoundaryConstantD(g1,1.0,b,c); x,w,dens,dx = B.nodes(1200)
        mass = np.sum(dens*dx); at = max(0,1-1/g1)
        xi0 = g1*B.U.kappa0() if g1<1 else 0.
        wt = (g1*abs(w))**2/x
        print(g1,'edges',x[0],x[-1],'mass',mass+at,'mean',np.sum(x*dens*dx),'xi',xi0+np.sum(wt*dens*dx))
        for t in (1.,10.,100.):
            r=np.exp(-t*x); te=1+xi0+np.sum(r**2*wt*dens*dx)+np.sum((1-r)**2/x*wt*dens*dx); tr=at+np.sum((x+1)*r**2*dens*dx)
            print('   t',t,'real line',tr,te,'contour',B.U.flow(t,n=1600))
