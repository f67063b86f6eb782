"""Writes campaign_pooled.csv, campaign_qini.csv and campaign_money_power.csv beside itself.

    pip install scipy==1.17.1 statsmodels==0.15.0 scikit-uplift==0.5.1
    python tests/data/campaign_response.py

Pooled: `statsmodels.stats.meta_analysis.combine_effects`, DerSimonian-Laird in one step, of differences of two shares; the
scale of Hartung, Knapp, Sidik and Jonkman held at 1 or above, and the interval of a further effect, by numpy and scipy from
their formulas. Qini: `sklift.metrics.qini_curve` of made-up customers by level of score, area by `sklearn.metrics.auc`.
Power: `statsmodels.stats.power.NormalIndPower`.
"""

import math
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn.metrics import auc
from sklift.metrics import qini_curve
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.power import NormalIndPower

HERE = Path(__file__).parent
VERSIONS = "scipy {}, statsmodels {}".format(version("scipy"), version("statsmodels"))
random = np.random.default_rng(20261129)

with open(HERE / "campaign_pooled.csv", "w") as out:
    out.write(f"# random-effects means of differences of two shares, level 95%: {VERSIONS}\n")
    out.write("arms,mean,standard_error,low,high,next_low,next_high,between,q\n")
    for k in (2, 3, 4, 8, 20):
        for spread in (0.0, 0.02, 0.08):
            arms = []
            for _ in range(k):
                treated, control = (int(n) for n in random.integers(40, 4000, 2))
                base = random.uniform(0.02, 0.3)
                lifted = min(max(base + 0.03 + spread * random.standard_normal(), 0.0), 1.0)
                arms.append((int(random.binomial(treated, lifted)), treated, int(random.binomial(control, base)), control))
            share = lambda x, n: x / n
            variance = lambda x, n: (x + 1) / (n + 2) * ((n - x + 1) / (n + 2)) / (n + 2)
            d = np.array([share(a, b) - share(c, e) for a, b, c, e in arms])
            v = np.array([variance(a, b) + variance(c, e) for a, b, c, e in arms])
            found = combine_effects(d, v, method_re="dl", use_t=True)
            # statsmodels leaves a negative variance as it is; held at 0, weights are those of one common effect.
            if found.tau2 > 0:
                between, mean, own, hksj = found.tau2, found.mean_effect_re, found.sd_eff_w_re, found.sd_eff_w_re_hksj
            else:
                between, mean, own, hksj = 0.0, found.mean_effect_fe, found.sd_eff_w_fe, found.sd_eff_w_fe_hksj
            error = own * max(1.0, hksj / own)
            reach = stats.t.ppf(0.975, k - 1) * error
            beyond = stats.t.ppf(0.975, k - 2) * math.sqrt(between + error**2) if k > 2 else None
            ends = ["", ""] if beyond is None else [repr(float(mean - beyond)), repr(float(mean + beyond))]
            numbers = [mean, error, mean - reach, mean + reach]
            text = ";".join(" ".join(map(str, one)) for one in arms)
            row = [text, *(repr(float(n)) for n in numbers), *ends, repr(float(between)), repr(float(found.q))]
            out.write(",".join(row) + "\n")

with open(HERE / "campaign_qini.csv", "w") as out:
    out.write(f"# Qini curves of made-up customers, scikit-uplift {version('scikit-uplift')}: by set and score, customers and "
              "buyers of both groups;\n# the curve there, and the area between the whole curve and its straight line, over "
              "customers and treated ones\n")
    out.write("set,score,treated,treated_buyers,control,control_buyers,curve,coefficient\n")
    for number, (levels, size, effect) in enumerate([(1, 50, 0.1), (4, 40, 0.2), (10, 30, 0.0), (40, 8, 0.3), (150, 3, 0.2)]):
        table = []
        for level in range(levels):
            n1, n0 = int(random.integers(0, size)), int(random.integers(0, size))
            if level == levels - 1:
                n0 += 1
            lift = effect * (level + 1) / levels
            table.append((level / 8 - 2, n1, int(random.binomial(n1, 0.2 + lift)), n0, int(random.binomial(n0, 0.2))))
        y, score, treatment = [], [], []
        for s, n1, y1, n0, y0 in table:
            y += [1] * y1 + [0] * (n1 - y1) + [1] * y0 + [0] * (n0 - y0)
            score += [s] * (n1 + n0)
            treatment += [1] * n1 + [0] * n0
        x, curve = qini_curve(np.array(y), np.array(score), np.array(treatment))
        total = sum(treatment)
        coefficient = (auc(x, curve) - x[-1] * curve[-1] / 2) / (x[-1] * total)
        # Of customers so far, of the highest scores down.
        at = dict(zip(x.tolist(), curve.tolist()))
        so_far = 0
        for s, n1, y1, n0, y0 in reversed(table):
            so_far += n1 + n0
            if n1 + n0:
                out.write(f"{number},{s},{n1},{y1},{n0},{y0},{float(at[so_far])!r},{float(coefficient)!r}\n")

with open(HERE / "campaign_money_power.csv", "w") as out:
    out.write(f"# treated customers needed to see a difference of means, and the power with 1000: {VERSIONS}\n")
    out.write("mean,deviation,lift,alpha,power,control_per_treated,treated,power_of_1000\n")
    for mean, deviation, lift, alpha, power, ratio in [
        (12.5, 40.0, 0.2, 0.05, 0.8, 1.0), (12.5, 40.0, 0.2, 0.05, 0.8, 0.1), (3.0, 1.0, -0.3, 0.01, 0.9, 2.0),
        (80.0, 300.0, 0.5, 0.1, 0.95, 0.25), (1e6, 5e6, 0.05, 0.001, 0.99, 1.0), (0.02, 0.3, 1.5, 0.05, 0.5, 4.0),
    ]:
        size = abs(mean * lift) / deviation
        # The other side's alarms are no findings: one-sided, at half of alpha.
        needed = NormalIndPower().solve_power(size, alpha=alpha / 2, power=power, ratio=ratio, alternative="larger")
        of_1000 = NormalIndPower().power(size, 1000, alpha / 2, ratio=ratio, alternative="larger")
        out.write(",".join(repr(float(n)) for n in (mean, deviation, lift, alpha, power, ratio, needed, of_1000)) + "\n")
