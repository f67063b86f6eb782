"""Reference values of the Pareto/NBD model at parameters and counts where double-precision formulas fail.

    pip install mpmath
    python3 tests/data/predict/pareto_nbd.py points > tests/data/predict/pareto_nbd_extreme.csv
    python3 tests/data/predict/pareto_nbd.py counts > tests/data/predict/pareto_nbd_pmf.csv

Two routes that share nothing: the difference of Gauss hypergeometric functions of Fader and Hardie's note, with as many
digits as it needs, and a quadrature of the integral over the time of the exit. A row is printed when they agree to 22
digits. Values are exact functions of the binary64 inputs.
"""
import itertools
import sys
from mpmath import exp, expm1, hyp2f1, log, log1p, loggamma, mp, mpf, nstr, quad

def by_hypergeometric(r, al, s, be, x, tx, T):
    """integral over u in (tx, T) of (al + u)^-(r + x) (be + u)^-(s + 1), scaled by its integrand at tx"""
    k, a = r + s + x, r + x
    if al >= be:
        g = lambda y: hyp2f1(k, s + 1, k + 1, (al - be) / (al + y)) * exp(-k * log((al + y)))
    else:
        g = lambda y: hyp2f1(k, a, k + 1, (be - al) / (be + y)) * exp(-k * log((be + y)))
    return (g(tx) - g(T)) / k * exp(a * log(al + tx) + (s + 1) * log(be + tx))

def spans(end, scale):
    """break points from 0 to end, geometric around scale"""
    points = [mpf(0)]
    p = scale / 64
    while p < end and p < scale * 2 ** 60:
        points.append(p)
        p *= 2
    return points + [end]

def by_quadrature(r, al, s, be, x, tx, T):
    A, B, a, w = al + tx, be + tx, r + x, T - tx
    f = lambda u: exp(-a * log1p(u / A) - (s + 1) * log1p(u / B))
    rate = a / A + (s + 1) / B
    return sum(quad(f, [lo, hi], method="gauss-legendre") for lo, hi in itertools.pairwise(spans(w, min(1 / rate, w))))

def parts(p, integral):
    """ln of the alive and of the dead part"""
    r, al, s, be, x, tx, T = p
    c = loggamma(r + x) - loggamma(r) + r * log(al) + s * log(be)
    alive = c - (r + x) * log(al + T) - s * log(be + T)
    if T == tx:
        return alive, None
    dead = c + log(s) + log(integral) - (r + x) * log(al + tx) - (s + 1) * log(be + tx)
    return alive, dead

def sure(p):
    if p[6] == p[5]:
        return mpf(0)
    mp.dps = 45
    second = by_quadrature(*p)
    for digits in (60, 120, 240, 480, 960):
        mp.dps = digits
        try:
            first = by_hypergeometric(*p)
            if first > 0 and abs(first / second - 1) < mpf(10) ** -22:
                return second
        except Exception as e:
            print(p, e, file=sys.stderr)
    print("no agreement", [nstr(v, 8) for v in p], nstr(first, 25), nstr(second, 25), file=sys.stderr)
    return None


PARAMETERS = [
    (1e-4, 1.0, 1e-4, 1.0), (1e-4, 1e6, 1e-4, 1e6), (1e6, 1e6, 1e6, 1e6), (0.5, 1e-4, 0.5, 1e6), (0.5, 1e6, 0.5, 1e-4),
    (1e4, 1e6, 0.01, 10.0), (0.01, 10.0, 1e4, 1e6), (2.0, 10.0, 1.000000001, 12.0), (0.5, 10.0, 1.0, 10.0),
    (0.5, 10.0, 0.6, 10.0 + 1e-9), (0.02, 0.1, 30.0, 3e3), (30.0, 3e3, 0.02, 0.1), (3.0, 1e3, 1e5, 1e6), (1e-3, 1e-3, 0.4, 30.0),
]
SAMPLES = [
    (0, 0.0, 0.01), (0, 0.0, 40.0), (0, 0.0, 1e6), (1, 0.5, 40.0), (1, 40.0, 40.0), (5, 39.999999, 40.0), (7, 1e-3, 1e6),
    (300, 900.0, 1e3), (10000, 9e5, 1e6), (10000, 999999.0, 1e6), (10000, 5.0, 1e3),
]
COUNTS = [
    (0.553, 10.578, 0.606, 11.669), (0.7, 20.0, 2.0, 3.0), (0.7, 8.0, 1.3, 8.0), (0.5, 6.0, 1.0, 9.0), (0.3, 2.0, 0.02, 0.5),
    (20.0, 15.0, 30.0, 200.0), (0.5, 1e5, 0.5, 1e-3), (0.5, 1e-4, 0.5, 1e6), (1e6, 1e6, 1e6, 1e6), (1e-4, 1.0, 1e-4, 1.0),
    (1e4, 1e3, 0.1, 1.0),
]


def probability(p, t, n, panels):
    r, al, s, be = p
    c = loggamma(r + n) - loggamma(r) - loggamma(n + 1)
    def f(u):
        if u == 0 and n > 0:
            return mpf(0)
        return exp(c - r * log1p(u / al) + (n * log(u / (al + u)) if n else 0) - s * log1p(u / be))
    # Both in u near 0 and in ln u: break points geometric from the left, each span in equal parts.
    points = [mpf(0)] + [t / mpf(2) ** k for k in range(34, -1, -1)]
    cuts = [lo + (hi - lo) * i / panels for lo, hi in itertools.pairwise(points) for i in range(panels)] + [t]
    # The quadrature looks at absolute errors.
    top = max(f(u) for u in cuts)
    g = lambda u: s / (be + u) * f(u) / top
    return f(t) + top * sum(quad(g, [lo, hi], method="gauss-legendre", maxdegree=6) for lo, hi in itertools.pairwise(cuts))


def counts():
    print("# P(X(t) = n) of a new customer. 30 digits, two divisions of the integral over the time of the exit:")
    print("# tests/data/predict/pareto_nbd.py, mpmath", __import__("mpmath").__version__ + ".")
    print("r,alpha,s,beta,t,n,p_x_t_eq_n")
    mp.dps = 30
    for q, t, n in itertools.product(COUNTS, (1.0, 39.0, 520.0), (0, 1, 3, 10, 50, 200, 2000)):
        p = tuple(mpf(v) for v in q)
        first, second = probability(p, mpf(t), n, 3), probability(p, mpf(t), n, 4)
        if second > mpf(10) ** -290:
            if abs(first / second - 1) < mpf(10) ** -17:
                print(",".join([repr(v) for v in q] + [repr(t), str(n), nstr(second, 20)]), flush=True)
            else:
                print("no agreement", q, t, n, nstr(first, 20), nstr(second, 20), file=sys.stderr)


if __name__ == "__main__" and sys.argv[1:] == ["counts"]:
    counts()
elif __name__ == "__main__":
    print("# ln likelihood and logit P(alive); in 100 units of time: the expected purchases given that the customer is alive, and")
    print("# the probability of no purchase. Where double-precision formulas fail. 40 digits or more, two routes: tests/data/predict/pareto_nbd.py, mpmath", __import__("mpmath").__version__ + ".")
    print("r,alpha,s,beta,x,t_x,T,ln_likelihood,logit_p_alive,expected_if_alive_100,p_no_purchase_100")
    for q, y in itertools.product(PARAMETERS, SAMPLES):
        mp.dps = 45
        p = tuple(mpf(v) for v in q + y)
        ahead = (p[0] + p[4], p[1] + p[6], p[2], p[3] + p[6], mpf(0), mpf(0), mpf(100))
        integral, integral_ahead = sure(p), sure(ahead)
        if integral is None or integral_ahead is None:
            continue
        mp.dps = 45
        alive, dead = parts(p, integral)
        u = log1p(mpf(100) / (p[3] + p[6]))
        g = -expm1(-(p[2] - 1) * u) / (p[2] - 1) if p[2] != 1 else u
        ey = (p[0] + p[4]) * (p[3] + p[6]) / (p[1] + p[6]) * g
        silent = sum(exp(part) for part in parts(ahead, integral_ahead))
        odds_gone = mpf(0) if dead is None else exp(dead - alive)
        silent = (silent + odds_gone) / (1 + odds_gone)
        if dead is None:
            ll, logit = alive, "inf"
        else:
            top = max(alive, dead)
            ll, logit = top + log(exp(alive - top) + exp(dead - top)), nstr(alive - dead, 20)
        print(",".join([repr(v) for v in q] + [str(y[0]), repr(y[1]), repr(y[2]), nstr(ll, 20), logit, nstr(ey, 20), nstr(silent, 20)]), flush=True)
