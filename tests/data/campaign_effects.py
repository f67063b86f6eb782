"""Writes campaign_effects.csv beside itself: the effects of campaigns in each segment, jointly and drawn towards all.

    pip install scipy==1.17.1 statsmodels==0.15.0
    python tests/data/campaign_effects.py

Intervals: `statsmodels.stats.proportion.confint_proportions_2indep` (Newcombe) and `CompareMeans.tconfint_diff` (Welch), each at
the Sidak level 0.95^(1/k). The mean and the variance of true effects: `combine_effects`, DerSimonian-Laird in one step, the scale
of Hartung, Knapp, Sidik and Jonkman held at 1 or above. Effects drawn towards the mean: by numpy, as the mean and the variance
of a normal posterior, whose prior has that mean, itself uncertain.
"""

from importlib.metadata import version
from pathlib import Path

import numpy as np
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.proportion import confint_proportions_2indep
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

HERE = Path(__file__).parent
random = np.random.default_rng(20261201)


def pooled(d, v):
    found = combine_effects(d, v, method_re="dl", use_t=True)
    # statsmodels leaves a negative variance as it is; held at 0, weights are those of one common effect.
    if found.tau2 > 0:
        return found.mean_effect_re, found.tau2, max(found.sd_eff_w_re, found.sd_eff_w_re_hksj)
    return found.mean_effect_fe, 0.0, max(found.sd_eff_w_fe, found.sd_eff_w_fe_hksj)


def drawn(d, v, mean, between, error):
    """Of each segment: E and SD of its true effect, given its difference; the prior's mean is known up to `error`."""
    if between == 0:
        return [(mean, error)] * len(d)
    posterior = [1 / (1 / one + 1 / between) for one in v]
    # E[effect | mean] = posterior * (d / v + mean / between), so that the error of the mean comes in by posterior / between.
    return [(p * (x / one + mean / between), np.sqrt(p + (p / between * error) ** 2)) for x, one, p in zip(d, v, posterior)]


with open(HERE / "campaign_effects.csv", "w") as out:
    out.write(f"# effects by segment, jointly at 95%, and drawn towards all: scipy {version('scipy')}, statsmodels "
              f"{version('statsmodels')}\n")
    out.write("# arms of shares: buyers and customers, treated and control; of money: what each customer brought, in cents\n")
    out.write("set,measure,segment,treated,control,low,high,drawn,standard_error\n")
    for number, (measure, k, spread) in enumerate([
        ("conversion", 1, 0.1), ("conversion", 2, 0.2), ("conversion", 3, 0.0), ("conversion", 6, 0.1), ("conversion", 6, 0.0),
        ("revenue", 1, 5.0), ("revenue", 2, 40.0), ("revenue", 4, 0.0), ("revenue", 5, 30.0),
    ]):
        arms, d, v, ends = [], [], [], []
        alpha = 1 - 0.95 ** (1 / k)
        for _ in range(k):
            if measure == "conversion":
                m, n = (int(size) for size in random.integers(30, 300, 2))
                lifted = min(max(0.25 + spread * random.standard_normal(), 0.02), 0.98)
                x, y = int(random.binomial(m, lifted)), int(random.binomial(n, 0.25))
                arms.append((f"{x} {m}", f"{y} {n}"))
                d.append(x / m - y / n)
                v.append(sum((a + 1) / (b + 2) * (b - a + 1) / (b + 2) / (b + 2) for a, b in [(x, m), (y, n)]))
                ends.append(confint_proportions_2indep(x, m, y, n, method="newcomb", compare="diff", alpha=alpha))
            else:
                sizes, more = random.integers(4, 30, 2), spread * random.standard_normal()
                treated, control = (
                    [int(round(100 * max(1.0, shift + random.gamma(2.0, 20.0)))) for _ in range(size)]
                    for size, shift in zip(sizes, (more, 0.0))
                )
                arms.append((" ".join(map(str, treated)), " ".join(map(str, control))))
                one, other = (DescrStatsW(np.array(cents) / 100) for cents in (treated, control))
                d.append(one.mean - other.mean)
                v.append(one.std_mean**2 + other.std_mean**2)
                ends.append(CompareMeans(one, other).tconfint_diff(alpha=alpha, usevar="unequal"))
        d, v = np.array(d), np.array(v)
        # Of one segment there is nothing to pool.
        mean, between, error = pooled(d, v) if k > 1 else (d[0], 0.0, np.sqrt(v[0]))
        for at, (effect, its_error) in enumerate(drawn(d, v, mean, between, error)):
            numbers = [*ends[at], effect, its_error]
            out.write(",".join([str(number), measure, str(at), *arms[at], *(repr(float(one)) for one in numbers)]) + "\n")
