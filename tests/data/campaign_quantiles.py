"""Writes campaign_quantiles.csv beside itself: two-sided quantiles of the normal (df 0) and of Student's t distribution, by
root finding on mpmath's error function and incomplete beta function at 50 digits, of the binary64 arguments as written.

    pip install mpmath && python3 tests/data/campaign_quantiles.py
"""
import pathlib
from mpmath import mp, mpf, sqrt, erfinv, betainc, findroot, log, exp, nstr

mp.dps = 50


def normal(level):
    # Above 1/2 by the complement, where mpmath's erfinv would need more digits.
    mp.dps = 80
    value = sqrt(2) * erfinv(mpf(level))
    mp.dps = 50
    return +value


def within(t, df):
    y = t * t / (df + t * t)
    return betainc(mpf(1) / 2, df / 2, 0, y, regularized=True)


def beyond(t, df):
    return betainc(df / 2, mpf(1) / 2, 0, df / (df + t * t), regularized=True)


def student(level, df):
    level, df = mpf(level), mpf(df)
    if level < 0.5:
        f = lambda u: log(within(exp(u), df)) - log(level)
    else:
        f = lambda u: log(beyond(exp(u), df)) - log(1 - level)
    start = log(normal(level))
    low = start
    high = start + 1
    while f(high) * f(low) > 0:
        high += 2
        if high > 200:
            low -= 1
            high = start + 1
    return exp(findroot(f, (low, high), solver="anderson", tol=1e-80, maxsteps=500))


levels = (1e-9, 0.01, 0.3, 0.5, 0.6, 0.8, 0.85, 0.9, 0.95, 0.99, 0.999, 1 - 1e-6, 1 - 1e-9, 1 - 2.0**-53)
dfs = (1.0, 1.5, 2.0, 3.7, 5.0, 10.0, 31.9, 100.0, 1234.5, 99999.0, 1e5, 1e7)
rows = [(level, 0.0, normal(level)) for level in levels]
rows += [(level, df, student(level, df)) for level in levels for df in dfs]
lines = ["# tests/data/campaign_quantiles.py: mpmath at 50 digits, of the binary64 arguments as written", "level,df,quantile"]
lines += [f"{level!r},{df!r},{nstr(value, 20)}" for level, df, value in rows]
(pathlib.Path(__file__).parent / "campaign_quantiles.csv").write_text("\n".join(lines) + "\n")
