"""Writes campaign_{rates,changes,money,bootstrap,power,lots,amounts}.csv beside itself: what other programs say of two arms.

    pip install mpmath==1.4.1 scipy==1.17.1 statsmodels==0.15.0 && python3 tests/data/campaign.py

Rates: statsmodels' confint_proportions_2indep, 'newcomb' for differences and 'log' for ratios, these in
mpmath at 40 digits, since statsmodels subtracts near-equal numbers in them. Changes: Zou and Donner's
formula on its 'newcomb' intervals. Money: scipy's Welch interval; Fieller's set by root finding on its definition, all
ratios r for which |m1 - r m2| <= t sqrt(v1 + r^2 v2), with scipy's t quantile. Power: statsmodels' sizes and, for the
tail on the lift's side, powers. Bootstrap: by the written definition, in Python's integers and scipy's normal distribution,
and beside it scipy's own BCa of 20,000 replicates from its own chance. Lots: the written definition in Python's integers.
"""
import math
import pathlib
import random
import mpmath
import numpy
import scipy
import statsmodels
from mpmath import mpf
from scipy import stats
from scipy.optimize import brentq
from statsmodels.stats.proportion import (
    confint_proportions_2indep, power_proportions_2indep, samplesize_proportions_2indep_onetail)

HERE = pathlib.Path(__file__).parent
TOOLS = f"scipy {scipy.__version__}, statsmodels {statsmodels.__version__}"
mpmath.mp.dps = 40
LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99, 0.9999)
MASK = 2**64 - 1


def field(v):
    return "" if v is None else v if isinstance(v, str) else repr(float(v)) if isinstance(v, float) else str(v)


def write(name, columns, rows):
    lines = [f"# tests/data/campaign.py: {TOOLS}", columns]
    lines += [",".join(field(v) for v in row) for row in rows]
    (HERE / name).write_text("\n".join(lines) + "\n")


def newcombe(x1, n1, x2, n2, level):
    return confint_proportions_2indep(x1, n1, x2, n2, method="newcomb", compare="diff", alpha=1 - level)


def log_ratio(x1, n1, x2, n2, level):
    ratio = mpf(x1) / n1 / (mpf(x2) / n2)
    reach = mpmath.sqrt(2) * mpmath.erfinv(mpf(level)) * mpmath.sqrt(mpf(n1 - x1) / n1 / x1 + mpf(n2 - x2) / n2 / x2)
    return [float(ratio * mpmath.exp(sign * reach) - 1) for sign in (-1, 1)]


def rate_rows():
    shares = ((0, 10), (1, 10), (10, 10), (3, 7), (448, 27400), (13200, 415500), (999999, 1000000), (5, 10**9))
    for x1, n1 in shares:
        for x2, n2 in shares:
            for level in LEVELS:
                low, high = newcombe(x1, n1, x2, n2, level)
                katz = (None, None)
                if x1 and x2 and not (x1 == n1 and x2 == n2):
                    katz = log_ratio(x1, n1, x2, n2, level)
                    same = confint_proportions_2indep(x1, n1, x2, n2, method="log", compare="ratio", alpha=1 - level)
                    assert all(abs(a - (b - 1)) < 1e-10 * b for a, b in zip(katz, same)), (katz, same)
                yield x1, n1, x2, n2, level, float(low), float(high), *katz


def change_rows():
    groups = (((200, 10000), (500, 10000), (100, 10000), (200, 10000)), ((0, 10), (4, 10), (3, 20), (0, 20)),
              ((10, 10), (10, 10), (0, 5), (0, 5)), ((448, 27400), (700, 27400), (13000, 415500), (13200, 415500)))
    for group in groups:
        (a, m), (b, n), (c, o), (d, p) = group
        for level in LEVELS:
            d1, d2 = b / n - a / m, d / p - c / o
            (l1, u1), (l2, u2) = newcombe(b, n, a, m, level), newcombe(d, p, c, o, level)
            low = d1 - d2 - math.hypot(d1 - l1, u2 - d2)
            high = d1 - d2 + math.hypot(u1 - d1, d2 - l2)
            yield *(v for pair in group for v in pair), level, low, high


def arms():
    """Amounts in cents."""
    chance = random.Random(4)
    spend = lambda share, mu: round(100 * chance.lognormvariate(mu, 1.2)) if chance.random() < share else 0
    yield "small", [3000, 0, 4500, 2500, 6000, 2000], [1000, 0, 0, 2000, 1500, 0]
    yield "skewed", [spend(0.3, 3.4) for _ in range(300)], [spend(0.25, 3.2) for _ in range(200)]
    yield "returns", [spend(0.5, 3) - 2000 for _ in range(80)], [spend(0.5, 3) - 1500 for _ in range(60)]
    yield "alike", [1000] * 20, [spend(0.9, 3) for _ in range(30)]
    yield "large", [10**12 + chance.randrange(300) for _ in range(50)], [10**12 + chance.randrange(200) for _ in range(9)]
    yield "pair", [100, 250], [90, 110]


def money_rows():
    for name, treated, control in arms():
        x, y = numpy.array(treated, float), numpy.array(control, float)
        # In whole cents up to here, so that the digits of large amounts are kept.
        (m1, v1), (m2, v2) = ((z.mean(), (z - z.mean()).var(ddof=1) / len(z)) for z in (x, y))
        shift = min(m1, m2)
        for level in LEVELS:
            welch = stats.ttest_ind(x - shift, y - shift, equal_var=False).confidence_interval(level)
            r = m1 / m2
            df = (v1 + r * r * v2) ** 2 / (v1**2 / (len(x) - 1) + r**4 * v2**2 / (len(y) - 1))
            t = stats.t.ppf((1 + level) / 2, df)
            fieller = (None, None)
            if m2 > 0 and m2 > t * math.sqrt(v2):
                excess = lambda r: abs(m1 - r * m2) - t * math.sqrt(v1 + r * r * v2)
                step = math.sqrt(v1 + r * r * v2) / m2
                bounds = []
                for sign in (-1, 1):
                    far = step
                    while excess(r + sign * far) < 0:
                        far *= 2
                    bounds.append(brentq(lambda d: excess(r + sign * d), 0, far, xtol=1e-18, rtol=1e-15) * sign + r - 1)
                fieller = tuple(bounds)
            yield name, level, float(welch.low) / 100, float(welch.high) / 100, *fieller


def mixed(z):
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return z ^ (z >> 31)


def bca(replicates, estimate, treated, control, weight, level):
    replicates = numpy.sort(replicates)
    below = ((replicates < estimate).sum() + (replicates <= estimate).sum()) / 2
    z0 = stats.norm.ppf(min(max(below, 0.5), len(replicates) - 0.5) / len(replicates))
    x, y = numpy.array(treated, float) / 100, numpy.array(control, float) / 100
    u = numpy.concatenate([(x - x.mean()) / len(x), weight * (y.mean() - y) / len(y)])
    a = (u**3).sum() / (6 * (u**2).sum() ** 1.5)
    z = stats.norm.ppf((1 + level) / 2)
    at = lambda z: stats.norm.cdf(z0 + (z0 + z) / (1 - a * (z0 + z)))
    return [float(numpy.quantile(replicates, at(z))) for z in (-z, z)]


def bootstrap_rows():
    for name, treated, control in arms():
        if name in ("large", "pair"):
            continue
        for seed, count, level in ((0, 2000, 0.95), (7, 500, 0.8)):
            state = seed
            means = ([], [])
            for _ in range(count):
                for drawn, arm in zip(means, (treated, control)):
                    total = 0
                    for _ in arm:
                        state = state + 0x9E3779B97F4A7C15 & MASK
                        total += arm[mixed(state) * len(arm) >> 64]
                    drawn.append(total / len(arm) / 100)
            x, y = numpy.array(means[0]), numpy.array(means[1])
            m1, m2 = sum(treated) / len(treated) / 100, sum(control) / len(control) / 100
            low, high = bca(x - y, m1 - m2, treated, control, 1, level)
            lift = (None, None)
            if m2 > 0 and (y > 0).all():
                lift = [bound - 1 for bound in bca(x / y, m1 / m2, treated, control, m1 / m2, level)]
            difference = lambda x, y, axis: (x.mean(axis=axis) - y.mean(axis=axis)) / 100
            own = stats.bootstrap((treated, control), difference, n_resamples=20000, confidence_level=level, method="BCa",
                                  vectorized=True, rng=numpy.random.default_rng(1)).confidence_interval
            yield name, seed, count, level, low, high, *lift, float(own.low), float(own.high)


def power_rows():
    for baseline in (0.001, 0.0164, 0.05, 0.3, 0.9):
        for lift in (-0.5, -0.05, 0.01, 0.1, 0.94):
            if not baseline * (1 + lift) < 1:
                continue
            for alpha, power in ((0.05, 0.8), (0.01, 0.95), (0.2, 0.5)):
                for k in (1.0, 1 / 9, 3.0):
                    p = baseline * (1 + lift)
                    n = samplesize_proportions_2indep_onetail(p - baseline, baseline, power, ratio=k, alpha=alpha)
                    reached = [power_proportions_2indep(
                        abs(p - baseline), min(p, baseline), n1, ratio=1.0, alpha=alpha / 2, alternative="larger",
                        return_results=False) for n1 in (100, 20000)]
                    yield baseline, lift, alpha, power, k, float(n), *(float(v) for v in reached)


def lot_rows():
    for campaign in ("", "spring sale", "spring sale 2", "双十一"):
        for id in ("", "0", "1", "42", "18446744073709551615", "ann", "客户-7"):
            h = 0xCBF29CE484222325
            for byte in campaign.encode() + b"\xff" + id.encode():
                h = (h ^ byte) * 0x100000001B3 & MASK
            yield campaign, id, mixed(h)


write("campaign_rates.csv", "x1,n1,x2,n2,level,difference_low,difference_high,lift_low,lift_high", rate_rows())
write("campaign_changes.csv", "x1,n1,x2,n2,x3,n3,x4,n4,level,low,high", change_rows())
write("campaign_amounts.csv", "set,arm,cents",
      ((name, arm, cents) for name, *both in arms() for arm, all in zip(("treated", "control"), both) for cents in all))
write("campaign_money.csv", "set,level,difference_low,difference_high,lift_low,lift_high", money_rows())
write("campaign_bootstrap.csv",
      "set,seed,replicates,level,difference_low,difference_high,lift_low,lift_high,scipy_low,scipy_high", bootstrap_rows())
write("campaign_power.csv", "baseline,lift,alpha,power,control_per_treated,treated,power_100,power_20000", power_rows())
write("campaign_lots.csv", "campaign,id,lot", lot_rows())
