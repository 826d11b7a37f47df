"""finite-size law nu_p = (1-1/p) nu + (1/p) delta_{a0^2 p tau1}: reference values"""
import json; from learning_uses import *
from learning import R
def fin(act,n,d,p,lams,alpha2,s2):
    a0,b,c=act_moments(act); nu=ConstantD(p/d,b,c,N=200); L=Uses(n/(d*p),WithAtom(nu,1/p,a0*a0*p)); out=dict(activation=act,n=n,d=d,p=p,alpha2=alpha2,s2=s2,rows=[])
    for l in lams:
        r=L.ridge(l,alpha2,s2); q=L.poly(l,1.,0.,0.); out['rows'].append(dict(lam=l,kappa=R(r['kappa']),test=R(r['test']),train=R(r['train']),df1=R(r['df1']),posterior_variance=R(L.posterior_variance(l)),log_determinant=R(L.logdet(l)),test_quadratic=R(q['test'])))
    return out
json.dump([fin('relu',1120,40,40,(.01,.1,1.),1.,.5),fin('gelu',8192,64,64,(.01,.1,1.),1.,.5),fin('tanh',1229,64,64,(.01,.1,1.),1.,.5)],open('learning_finite.json','w'),indent=1)
