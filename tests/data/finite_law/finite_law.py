"""Finite-(n,d,p) law of the neural tangent kernel of a two-layer network.

Letters as in docs/finite-size.md.  K = (1/d) X X^T o (1/p) phi(XW/sqrt d) D^2 phi(XW/sqrt d)^T, n x n.
>>> L = FiniteLaw(lambda z: 1/np.cosh(z)**2, n=1120, d=40, p=40)
>>> L.stieltjes(0.1+0.05j)            # whole spectrum, outliers included
>>> L.bulk_stieltjes(0.1+0.05j)       # without the outliers
>>> x, F, f = L.bulk_cdf()            # smoothed CDF and density of the bulk
"""
import os
os.environ.setdefault('OPENBLAS_NUM_THREADS','1')
import numpy as np
from math import comb
from scipy.linalg import eigh_tridiagonal

GLX,GLW=np.polynomial.legendre.leggauss(24)

# ------------------------------------------------------------ quadrature rules
def panels(a,b,m,cuts):
    e=np.unique(np.concatenate([np.linspace(a,b,m+1),[c for c in cuts if a<c<b]]))
    c=(e[1:]+e[:-1])/2; h=(e[1:]-e[:-1])/2
    return (c[:,None]+h[:,None]*GLX).ravel(),(h[:,None]*GLW).ravel()

def gauss_rule(cuts=()):
    """Z ~ N(0,1), panels broken at cuts"""
    x,w=panels(-12,12,36,cuts); w=w*np.exp(-x*x/2); return x,w/w.sum()

def sphere_rule(d,cuts=()):
    """xi = <v,u>/sqrt d with |v|^2=|u|^2=d: density ~ (1-xi^2/d)^((d-3)/2)"""
    R=min(np.sqrt(d),12.); x,w=panels(-R,R,36,cuts)
    return (x,(lambda v:v/v.sum())(w*np.exp(.5*(d-3)*np.log1p(-np.minimum(x*x/d,1-1e-15)))))

def gamma_rule(var,K):
    """Gauss rule of the gamma law of mean 1 and variance var"""
    if var<1e-10 or K==1: return np.ones(1),np.ones(1)
    i=np.arange(K); x,v=eigh_tridiagonal(2*i*var,np.sqrt(i[1:]*(i[1:]+1/var-1))*var)
    return 1+x,v[0]**2

def sphere_poly(d,x,J):
    """orthonormal polynomials q_0..q_J of xi, and alpha_j^2: xi q_j = alpha_{j+1} q_{j+1} + alpha_j q_{j-1}"""
    al2=[0.]+[d*j*(j+d-3)/((2*j+d-2)*(2*j+d-4)) for j in range(1,J+2)]
    q=[np.ones_like(x),x.copy()]
    for j in range(1,J): q.append((x*q[j]-np.sqrt(al2[j])*q[j-1])/np.sqrt(al2[j+1]))
    return q,al2

def bench(v): return v[:,None]

# ------------------------------------------------------------------- the law
class FiniteLaw:
    def __init__(self,phi,n,d,p,kinks=(),D2=((1.,),(1.,)),kappa4=3.,Kt=9,Ktau=5,KG=8,nu=160,limit=False):
        """phi = sigma'; kinks: where phi is not smooth; D2=(values,weights) of D^2; kappa4 = E X^4;
        limit=True gives the limit law of docs/theory.md with the ratios n/(dp), p/d"""
        if limit: Kt=Ktau=KG=1; kappa4=3.
        self.equal=1.                                     # weight of the pairs i=j; 0 to leave them out
        self.limit=limit; self.n,self.d,self.p,self.dp=n,d,p,d*p; self.nu=nu|1; self.r=n/self.dp
        d2=np.array(D2[0],float); wd=np.array(D2[1],float); wd=wd/wd.sum(); t1=self.tau1=wd@d2
        self.Dk=(wd@d2**2)/t1**2
        t,wt=gamma_rule((kappa4-1)/d,Kt); ta,wa=gamma_rule(2/d,Ktau)
        # ---- energies E_l(s), s=t*tau, on the sphere
        S=np.append((t[:,None]*ta).ravel(),1.); rows=[]
        for s in S:
            x,w=sphere_rule(d,[k/np.sqrt(s) for k in kinks]); q,al2=sphere_poly(d,x,3); f=phi(np.sqrt(s)*x)
            rows.append([w@(f*q[j]) for j in range(4)]+[w@(f*f),w@(x*x*f*f)])
        a0,a1,a2,a3,m2,x2=np.array(rows).T; A1,A2,A3=np.sqrt(al2[1:4])
        low=lambda j:j/(2*j+d-2.)
        e0=a1**2/d                                        # l=0, dimension 1
        e1=a0**2+low(2)*a2**2                             # l=1, dimension d
        v2=(A2*a1+A3*a3)**2                               # l=2 along v_k
        bp=(a1**2*(d-1)+d*low(3)*a3**2-v2)/(d-1)          # l=2 across v_k: the operator K
        c=m2-a0**2-a1**2-low(2)*a2**2-low(3)*a3**2        # l>=3
        vC=x2-a1**2-(a0+A2*a2)**2-v2                      # l>=3 along v_k
        bp=bp*(1+2/d)/(1+(kappa4-1)/d)
        self.a=(a0[-1],a1[-1],a2[-1],a3[-1])
        tiny=1e-13*m2[-1]; self.L=a1[-1]**2>tiny; self.C=c[-1]>tiny; self.O=e1[:-1].max()>tiny; self.theta=(kappa4-1)/2
        gr=lambda e:t[:,None]*e[:-1].reshape(len(t),len(ta))
        def split(e):
            M=gr(np.maximum(e,0)); mean=wt@M@wa
            return M@wa,(wt@M/mean if mean>0 else np.ones(len(ta)))
        SL,kL=split(bp); SC,kC=split(c); S1,_=split(e1); S0,_=split(e0)
        if not self.L: SL=SL*0; S0=S0*0
        if not self.C: SC=SC*0
        self.oC=max(vC[-1],0)/c[-1] if self.C else 1.; self.oX=(d-self.oC)/(d-1); self.oL=v2[-1]/bp[-1]*(1+2/d)/(1+(kappa4-1)/d) if self.L else 2.
        e3=a2[-1]**2*((d)/(d+2))/c[-1] if self.C else 0.; self.comps=[(e3,self.dp/(comb(d+2,3)-d)),(1-e3,0.)]
        self.PL,self.PC=[np.outer(d2,k).ravel() for k in (kL,kC)]; self.P1=np.outer(d2,np.ones(len(ta))).ravel(); self.wk=np.outer(wd,wa).ravel()
        if limit:
            x,w=gauss_rule(kinks); f=phi(x); b0=w@f; b1=w@(f*x); b2=w@((f-b0-b1*x)**2); sc=w@(f*f)
            self.L=b1*b1>1e-13*sc; self.C=b2>1e-13*sc; self.O=False; self.a=(b0,b1,0.,0.); SL=SL*0+b1*b1*self.L; SC=SC*0+b2*self.C; S0=S0*0; S1=S1*0
            self.oC=self.oX=1.; self.oL=2.; self.comps=[(1.,0.)]; self.PL=self.PC=self.P1
        # ---- row nodes (t, G)
        R=[]
        for i,tt in enumerate(t):
            x,w=gauss_rule([k/np.sqrt(tt) for k in kinks]); f=phi(np.sqrt(tt)*x); b0=w@f; b1=w@(f*x); r=f-b0-b1*x; cc=w@(r*r)
            V=((w@r**4)/cc**2-1)*self.Dk/p if self.C and not limit else 0.
            for g,wg in zip(*gamma_rule(V,KG)): R.append((wt[i]*wg,SL[i],SC[i]*g,S1[i],S0[i]))
        self.W,self.SL,self.SC,self.S1,self.S0=[v[:,None] for v in np.array(R).T]
        self.E1=float((self.W*self.S1).sum()); self.E0=float((self.W*self.S0).sum())
    # -------------------------------------------------------- K: pairs of eigenvalues
    def pairs(self,s,bL,g):
        """blocks of (s_k + bL K)^-1: H_k = tr/d of block k;  also Gbar = E 1/(1/bL+y+y')"""
        d,y,N,P,wk=self.d,self.p/self.d,self.nu,self.PL,self.wk; ib=1/bL
        th=np.angle(1/s); tb=np.angle(ib); psi=(np.minimum(th.min(1),tb)+np.maximum(th.max(1),tb))/2-np.pi/2
        e=np.exp(1j*psi); ph=(np.arange(N)-(N-1)/2)*2*np.pi/N; ell=abs(ib)/2+.3*abs(P/s).max(1)*(1+y)
        u=bench(-ib/2)+bench(e*ell)*np.tan(ph/2); du=bench(e*ell)*(1+np.tan(ph/2)**2)/2*(2*np.pi/N)/(2j*np.pi)
        Pk=P[None,None,:]; sk=s[:,None,:]
        ee=bench(e)                                                        # Im(e g) > 0 marks the right root
        def start(k):
            g=1/u
            for _ in range(k): g=.5*g+.5/(u-y*((Pk/(sk-g[:,:,None]*Pk))@wk))
            return g
        if g is None or g.shape!=u.shape: g=start(40)
        for k in (40,400,4000):
            for _ in range(40):
                R=Pk/(sk-g[:,:,None]*Pk); gp=1/(-1/g**2+y*((R*R)@wk)); st=(1/g+y*(R@wk)-u)*gp; a=abs(st)
                st=np.where(a>.3*abs(g),st*.3*abs(g)/np.maximum(a,1e-300),st); g=g-st
                if np.max(a/abs(g))<1e-13: break
            bad=~((ee*g).imag>-1e-12*abs(g))
            if not bad.any(): break
            g=np.where(bad.any(1,keepdims=True),start(k),g)
        R=Pk/(sk-g[:,:,None]*Pk); gp=1/(-1/g**2+y*((R*R)@wk))
        gm=g[:,::-1]; D=1/(sk-gm[:,:,None]*Pk)
        H=1/s+np.einsum('zu,zuk->zk',g*du,D-1/sk)
        Gbar=-np.sum(g*du*gm,1); h1=1-Gbar*ib
        gc=g[:,N//2]                                                      # pairs i=j: u=-1/(2 bL)
        if not self.limit: H=H+self.equal*(1/(s-gc[:,None]*P)-1/s)/(2*d)
        q4=self.theta-1
        if q4:                                                             # kappa4: the d diagonal dimensions
            Rd=1/(sk-g[:,:,None]*Pk)-1/sk
            H=H+(q4/(1+q4*h1))[:,None]*(2/d)*ib[:,None]*np.einsum('zu,zuk->zk',gp[:,::-1]*du,Rd)
        return H,Gbar,g
    # --------------------------------------------------------------- one sweep
    def sweep(self,z,v):
        d,p,dp,r,W,wk=self.d,self.p,self.dp,self.r,self.W,self.wk
        q=self.SL*v['dL']+self.SC*v['dC']+self.S1*v['d1']+self.S0*v['d0']; f=W/(1+q)
        bL,bC,b1,b0=[r*(S*f).sum(0) for S in (self.SL,self.SC,self.S1,self.S0)]
        kC,k1=v['kC'],v['k1']
        GC=sum(bC*e/(1+eta*bC*e*kC) for e,eta in self.comps)
        G1=b1/(1+p*b1*k1) if self.O else 0*z; G0=b0/(1+dp*b0*k1) if self.L else 0*z
        base=bench(-z)+bench(G1+G0)*self.P1; sx=base+bench(GC*self.oX)*self.PC; sa=base+bench(GC*self.oC)*self.PC
        if self.L:
            H,Gb,g=self.pairs(sx,bL,v['g']); hb=1/(sx+2*self.PL*bench(Gb)); ha=1/(sa+self.oL*self.PL*bench(Gb))
        else: H=hb=1/sx; ha=1/sa; g=None
        h=H+(ha-hb)/d; kC=((self.oX*(H-hb/d)+self.oC*ha/d)*self.PC)@wk; k1=(h*self.P1)@wk
        dC=sum(e*kC/(1+eta*bC*e*kC) for e,eta in self.comps) if self.C else 0*z
        d1=k1/(1+p*b1*k1) if self.O else 0*z; d0=k1/(1+dp*b0*k1) if self.L else 0*z
        dL=(1+z*(h@wk)-GC*kC-(G1+G0)*k1)/bL if self.L else 0*z
        return f.sum(0)/(-z),dict(dL=dL,dC=dC,d1=d1,d0=d0,kC=kC,k1=k1,g=g)
    def solve(self,z,tol=1e-12,init=None,maxit=4000,damp=.5):
        z=np.atleast_1d(np.asarray(z,complex)); o=-1/z
        v=init or dict(dL=o*self.L,dC=o*self.C,d1=o/self.p*self.O,d0=o/self.dp*self.L,kC=o,k1=o,g=None)
        for it in range(maxit):
            m,new=self.sweep(z,v); err=0.
            for k in ('dL','dC','kC'):
                if np.any(new[k]!=0): err=max(err,np.max(abs(new[k]-v[k])/abs(new[k])))
            if not np.isfinite(err): raise FloatingPointError('fixed point lost')
            v={k:(new[k] if k=='g' else (1-damp)*v[k]+damp*new[k]) for k in new}
            if err<tol: break
        self.iters,self.err=it,err; self.state=v
        return m
    stieltjes=solve
    def ray(self,x,eps,tol=1e-6,maxit=300):
        """m on z=x(1+i eps), reached from eps=1 by continuation; points that do not converge are nan"""
        v=None; e=1.
        while True:
            e=max(e,eps); z=x*(1+1j*e); m=self.solve(z,tol=tol if e==eps else 1e-3,init=v,maxit=maxit); v=self.state
            if e==eps: return np.where(abs(self.sweep(z,v)[0]/m-1)<1e-3,m,np.nan)
            e*=.6
    # ------------------------------------------------------------ outliers and bulk
    def outliers(self):
        """number and mean position of the outliers that are set aside: [(count, position)]"""
        o=[]
        if self.a[0]**2>1e-6*sum(x*x for x in self.a): o.append((self.d,self.r*self.p*self.tau1*self.E1))
        if self.L: o.append((1,self.r*self.dp*self.tau1*self.E0))
        return o
    def bulk_stieltjes(self,z,**k):
        z=np.atleast_1d(np.asarray(z,complex)); o=self.outliers()
        return (self.n*self.solve(z,**k)-sum(c/(lam-z) for c,lam in o))/(self.n-sum(c for c,_ in o))
    def bulk_cdf(self,x,eps=.05,tol=1e-6):
        """Smoothed CDF of the non-zero bulk, F(x)=E[1-arg(x(1+i eps)-lambda)/pi], on increasing x>0 (x[0] below the bulk)."""
        from scipy.interpolate import CubicSpline
        z=x*(1+1j*eps); lim=self.limit
        nb=self.n-(0 if lim else sum(c for c,_ in self.outliers())); at=max(0,self.n-self.dp)/nb
        if lim and self.L and not self.C: pass
        m=self.ray(x,eps,tol)
        if not lim: o=self.outliers(); m=(self.n*m-sum(c/(lam-z) for c,lam in o))/nb
        if lim: at=max(0.,1-self.dp/self.n)
        m=(m+at/z)/(1-at); ok=np.isfinite(m); self.lost=int((~ok).sum()); k0=np.argmax(ok); sp=CubicSpline(np.log(x[ok]),(m*z)[ok].imag/np.pi)
        return sp.antiderivative()(np.log(x))+(m[k0]*z[k0]).imag/np.pi
def smooth_ecdf(ev,x,eps=.05):
    """the same smoothing of an empirical law; rows of ev are samples"""
    return np.array([[1-np.mean(np.angle(v*(1+1j*eps)-e))/np.pi for v in x] for e in ev])
