"""Reference values of the beta-discrete-Weibull model of renewals, from its definition.

    pip install mpmath==1.4.1
    python3 tests/data/predict/bdw.py points > tests/data/predict/bdw.csv
    python3 tests/data/predict/bdw.py sums > tests/data/predict/bdw_sums.csv
    python3 tests/data/predict/bdw.py fits > tests/data/predict/bdw_fits.csv

S(t) = B(alpha, beta + t^c) / B(alpha, beta). `points` are at 200 digits, of which log-gammas may cancel 100. `sums`
adds term by term, and the one sum without an end by Euler and Maclaurin's formula behind the first terms, from
two places. `fits` climbs by Newton from two starts, with derivatives by
finite differences at 60 digits; standard errors are those of the Hessian by logarithms, times the parameter. Values
are exact functions of the binary64 inputs.
"""
import sys
from mpmath import bernoulli, diff, exp, expm1, factorial, inverse, log, log1p, loggamma, matrix, mp, mpf, nstr, quad, sqrt

PARAMETERS = {
    # Of the paper's two data sets, after four renewals.
    "regular": (0.5231, 0.8944, 1.1963),
    "high_end": (0.2593, 1.7225, 1.5844),
    "as_sbg": (0.704, 1.182, 1.0),
    "nearly_sbg": (0.704, 1.182, 1.0000001),
    "ever_more_loyal": (1.3, 2.1, 0.4),
    "hardly_ages": (0.8, 1.9, 0.001),
    "ages_at_once": (0.02, 0.7, 30.0),
    "wild": (1e-3, 1e-2, 2000.0),
    "alike": (2e8, 6e8, 1.3),
    "rare": (3.0, 2e6, 2.2),
    "extreme": (1e-7, 2e-7, 0.9),
    "finite": (2.5, 4.0, 1.7),
}
FIGURES = 22


def number(value):
    return nstr(value, FIGURES, min_fixed=-5, max_fixed=20)


def power(t, c):
    return mpf(t) ** mpf(c) if t else mpf(0)


def ln_survival(a, b, c, t):
    x = power(t, c)
    if x > mpf(10) ** 70 * (1 + a) ** 2 * (1 + b):
        # Stirling's series: what is left out is below a (a + 2 b) / x.
        return loggamma(a + b) - loggamma(b) - a * log(x)
    return loggamma(b + x) - loggamma(a + b + x) - loggamma(b) + loggamma(a + b)


def points():
    mp.dps = 200
    print("# made by tests/data/predict/bdw.py with mpmath 1.4.1")
    print("set,alpha,beta,c,t,ln_p_churn_at_t,p_churn_at_t,ln_survival,survival,retention_rate")
    for name, parameters in PARAMETERS.items():
        a, b, c = map(mpf, parameters)
        for t in (1, 2, 3, 4, 7, 12, 50, 1000):
            before, after = ln_survival(a, b, c, t - 1), ln_survival(a, b, c, t)
            ln_churn = before + log(-expm1(after - before))
            values = [ln_churn, exp(ln_churn), after, exp(after), exp(after - before)]
            print(name, *map(repr, parameters), t, *map(number, values), sep=",")


def plain_sums(a, b, c, made, horizon, discount):
    """of a customer who has made some renewals: the sum of survival over the next ones, each discounted once less"""
    start, rate = ln_survival(a, b, c, made), log1p(discount)
    f = lambda u: exp(ln_survival(a, b, c, made + u) - start - (u - 1) * rate)
    return f, sum((f(u) for u in range(1, horizon + 1)), mpf(0))


def sums():
    mp.dps = 34
    print("# made by tests/data/predict/bdw.py with mpmath 1.4.1")
    print("# the sum, over the next renewals u = 1..horizon of a customer who has made some, of S(made + u) / S(made) / (1 + d)^(u - 1);")
    print("# horizon 0: all of them")
    print("set,alpha,beta,c,made,horizon,discount,sum")
    for name in ("regular", "high_end", "nearly_sbg", "ever_more_loyal", "hardly_ages", "ages_at_once", "alike", "rare", "finite"):
        parameters = PARAMETERS[name]
        a, b, c = map(mpf, parameters)
        for made in (0, 3, 40):
            cases = [(5, 0.0), (100, 0.0), (3000, 0.0), (0, 0.25), (0, 0.03)]
            for horizon, discount in cases:
                # Beyond the last term, 1e-24 of the sum is left.
                terms = horizon or int(56 / log1p(mpf(discount))) + 1
                mp.dps = 110 if c > 5 or name == "alike" else 40
                _, s = plain_sums(a, b, c, made, terms, mpf(discount))
                print(name, *map(repr, parameters), made, horizon, repr(discount), number(s), sep=",", flush=True)
    # Of all renewals, without a discount: finite where alpha c > 1.
    a, b, c = map(mpf, PARAMETERS["finite"])
    mp.dps = 40
    values = []
    for first in (400, 1500):
        f, near = plain_sums(a, b, c, 0, first - 1, mpf(0))
        # By ln t, to where the rest is below 1e-30 of the whole.
        edges = [log(mpf(first)) + i for i in range(40)]
        integral = quad(lambda v: f(exp(v)) * exp(v), edges)
        corrections = sum(bernoulli(2 * k) / factorial(2 * k) * diff(f, first, 2 * k - 1) for k in range(1, 8))
        values.append(near + integral + f(first) / 2 - corrections)
    s = values[0]
    assert abs(s - values[1]) < mpf(10) ** -20 * s, values
    print("finite", *map(repr, PARAMETERS["finite"]), 0, 0, "0.0", number(s), sep=",")


REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173]
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394]
DATA = {
    **{f"regular_y{years}_n1000": [REGULAR[: years + 1]] for years in (4, 7, 12)},
    **{f"high_end_y{years}_n1000": [HIGH_END[: years + 1]] for years in (4, 5, 7, 12)},
    # The paper's shape of a dip: retention falls, then rises.
    "dip": [[10000, 8300, 6500, 5200, 4290, 3640, 3160, 2800], [8000, 6650, 5190, 4160], [5000, 4140, 3260, 2600, 2150]],
    "huge": [[3000000000000, 2104000000000, 1634000000000, 1370000000000, 1197000000000, 1076000000000]],
}


def fit(cohorts):
    decisions = {}
    for cohort in cohorts:
        for t, (before, after) in enumerate(zip(cohort, cohort[1:]), 1):
            renewed, left = decisions.get(t, (0, 0))
            decisions[t] = renewed + after, left + before - after

    def ln_likelihood(*logarithms):
        a, b, c = map(exp, logarithms)
        s = mpf(0)
        for t, (renewed, left) in decisions.items():
            g = ln_survival(a, b, c, t) - ln_survival(a, b, c, t - 1)
            s += renewed * g + left * log(-expm1(g))
        return s

    def derivatives(at):
        slopes = matrix([diff(ln_likelihood, at, n=tuple(int(i == j) for j in range(3))) for i in range(3)])
        curvature = matrix(3)
        for i in range(3):
            for j in range(3):
                curvature[i, j] = diff(ln_likelihood, at, n=tuple((k == i) + (k == j) for k in range(3)))
        return slopes, curvature

    best = None
    for start in ((0.4, 1.4, 1.4), (1, 3, 0.8)):
        mp.dps = 60
        at = tuple(log(mpf(value)) for value in start)
        value = ln_likelihood(*at)
        for _ in range(200):
            slopes, curvature = derivatives(at)
            damping = mpf(0)
            while True:
                step = inverse(-curvature + damping * matrix([[1, 0, 0], [0, 1, 0], [0, 0, 1]])) * slopes
                to = tuple(x + y for x, y in zip(at, step))
                if max(map(abs, step)) < 1 and (new := ln_likelihood(*to)) >= value - mpf(10) ** -45:
                    break
                damping = max(damping * 4, abs(value) / 1000)
            at, value = to, new
            if max(map(abs, step)) < mpf(10) ** -30:
                break
        else:
            continue
        if best is None or value > best[1] + mpf(10) ** -30:
            best = at, value, slopes, inverse(-curvature)
    at, value, slopes, covariance = best
    assert max(map(abs, slopes)) < mpf(10) ** -25 * (1 + abs(value)), slopes
    parameters = [exp(x) for x in at]
    errors = [sqrt(covariance[i, i]) * parameters[i] for i in range(3)]
    assert all(covariance[i, i] > 0 for i in range(3))
    return parameters, value, errors


def fits():
    print("# made by tests/data/predict/bdw.py with mpmath 1.4.1; cohorts as in sbg_fits.csv, divided by |")
    print("data,alpha,beta,c,log_likelihood,se_alpha,se_beta,se_c,cohorts")
    for name, cohorts in DATA.items():
        parameters, value, errors = fit(cohorts)
        text = "|".join(" ".join(map(str, cohort)) for cohort in cohorts)
        print(name, *map(number, [*parameters, value, *errors]), text, sep=",", flush=True)


if __name__ == "__main__":
    {"points": points, "sums": sums, "fits": fits}[sys.argv[1]]()
