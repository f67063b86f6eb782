"""A model of visitors fitted by scikit-learn and by statsmodels, to a simulated shop.

    pip install scikit-learn==1.9.1 statsmodels==0.15.0
    python3 tests/data/visitors.py

writes visitors/{interactions,purchases,expected,probabilities}.csv. There are no public records of what visitors of a
shop did and bought that could be used here: visitors are drawn with a fixed seed. Each has a hidden interest, by which they
come, look, search, mark, put into the cart and buy; some buy out of nothing, and most carts are left. What a visitor did is
not all that decides, so that no model of it can be exact.

The numbers of a visitor are computed here from their definition. scikit-learn's LogisticRegression (newton-cholesky, tolerance
1e-12, C = 1 / penalty, numbers standardised) fits the same objective; statsmodels' Logit, whose maximum has no penalty,
checks a penalty of 1e-9. The AUC is scikit-learn's; DeLong's interval is written out pair by pair.
"""
import csv
import math
import os
import random
import sys
from datetime import date, timedelta

import numpy as np
import statsmodels.api as sm
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "visitors")
FIRST, AS_OF = date(2025, 1, 1), date(2025, 9, 30)
LOOKBACK, HORIZON, SPANS, PENALTY = 60, 30, 6, 1.0
KINDS = ["view", "search", "favourite", "cart"]


def draw():
    dice = random.Random(930)
    interactions, purchases = [], []
    days = (AS_OF - FIRST).days + 1
    for visitor in range(700):
        interest = dice.gauss(0, 1)
        at = dice.randrange(-60, days)
        leaves = at + dice.expovariate(1 / 80)
        while at < min(days, leaves):
            if at >= 0:
                day = FIRST + timedelta(at)
                for _ in range(1 + int(dice.expovariate(1.2))):
                    category = dice.randrange(12)
                    interactions.append((visitor, day, "view", category))
                    odds = math.exp(interest)
                    if dice.random() < 0.2:
                        interactions.append((visitor, day, "search", category))
                    if dice.random() < 0.12 * odds / (1 + odds):
                        interactions.append((visitor, day, "favourite", category))
                    if dice.random() < 0.25 * odds / (1 + odds):
                        interactions.append((visitor, day, "cart", category))
                        if dice.random() < 0.25 * odds / (1 + odds):
                            purchases.append((visitor, day + timedelta(dice.randrange(0, 12))))
                if dice.random() < 0.01 * odds:
                    purchases.append((visitor, day + timedelta(dice.randrange(0, 20))))
            at += 1 + int(dice.expovariate(1 / 14))
    for _ in range(40):
        purchases.append((700 + dice.randrange(30), FIRST + timedelta(dice.randrange(days))))
    dice.shuffle(interactions)
    dice.shuffle(purchases)
    return interactions, purchases


def numbers(acts, as_of):
    weigh = lambda day: 7 / (7 + (as_of - day).days)
    by_kind = [math.log1p(sum(sorted((weigh(day) for day, kind, _ in acts if kind == wanted), reverse=True))) for wanted in KINDS]
    latest = max(day for day, _, _ in acts)
    carts = [(as_of - day).days for day, kind, _ in acts if kind == "cart"]
    return by_kind + [weigh(latest), math.log(len({day for day, _, _ in acts})), math.log(len({what for _, _, what in acts}))], \
        bool(carts) and min(carts) < 7


def seen(by_visitor, first, as_of):
    for visitor in sorted(by_visitor):
        if visitor in first and first[visitor] <= as_of:
            continue
        acts = [act for act in by_visitor[visitor] if 0 <= (as_of - act[0]).days < LOOKBACK]
        if acts:
            yield visitor, *numbers(acts, as_of), visitor in first and first[visitor] <= as_of + timedelta(HORIZON)


def fit(rows, penalty):
    x, y = np.array([row[1] for row in rows]), np.array([row[3] for row in rows])
    mean, spread = x.mean(axis=0), x.std(axis=0)
    model = LogisticRegression(C=1 / penalty, solver="newton-cholesky", tol=1e-12, max_iter=1000).fit((x - mean) / spread, y)
    coefficients = model.coef_[0] / spread
    return np.concatenate([[model.intercept_[0] - coefficients @ mean], coefficients])


def log_odds(coefficients, rows):
    return np.array([coefficients[0] + np.dot(coefficients[1:], row[1]) for row in rows])


def scores(odds, bought):
    return np.where(bought, -np.logaddexp(0, -odds), -np.logaddexp(0, odds))


def components(odds, bought):
    wins = lambda one, other: (one > other) + 0.5 * (one == other)
    buyers, others = odds[bought], odds[~bought]
    return np.array([wins(one, others).mean() for one in buyers]), np.array([wins(buyers, other).mean() for other in others])


def write(name, header, rows):
    with open(os.path.join(HERE, name), "w", newline="") as file:
        file.write("# python3 tests/data/visitors.py; its docstring has the method\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main():
    interactions, purchases = draw()
    by_visitor, first = {}, {}
    for visitor, day, kind, category in interactions:
        by_visitor.setdefault(visitor, []).append((day, kind, category))
    for visitor, day in purchases:
        if day <= AS_OF:
            first[visitor] = min(day, first.get(visitor, day))
    spans = [list(seen(by_visitor, first, AS_OF - timedelta(HORIZON * span))) for span in range(1, SPANS + 1)]
    everything, before, last = sum(spans, []), sum(spans[1:], []), spans[0]
    expected = [("visitors", len(everything)), ("buyers", sum(row[3] for row in everything))]

    for name, penalty in (("fit", PENALTY), ("strong", 50.0), ("none", 1e-9)):
        for at, value in enumerate(fit(everything, penalty)):
            expected.append((f"{name}_{at}", repr(float(value))))
    x = sm.add_constant(np.array([row[1] for row in everything]))
    plain = sm.Logit(np.array([row[3] for row in everything], dtype=float), x).fit(disp=0, tol=1e-14, maxiter=100).params
    for at, value in enumerate(plain):
        expected.append((f"statsmodels_{at}", repr(float(value))))
    assert np.allclose(plain, fit(everything, 1e-9), rtol=1e-5), (plain, fit(everything, 1e-9))

    model = log_odds(fit(before, PENALTY), last)
    share = lambda named: [sum(row[2] == named and row[3] == buys for row in before) + 0.5 for buys in (True, False)]
    rule_odds = {named: math.log(share(named)[0] / share(named)[1]) for named in (True, False)}
    rule = np.array([rule_odds[row[2]] for row in last])
    named = np.array([float(row[2]) for row in last])
    bought = np.array([row[3] for row in last])
    gains = scores(model, bought) - scores(rule, bought)
    error = gains.std(ddof=1) / math.sqrt(len(gains))
    z = stats.norm.ppf(0.975)
    figures = {
        "last_visitors": len(last), "last_buyers": int(bought.sum()),
        "log_score": scores(model, bought).mean(), "rule_log_score": scores(rule, bought).mean(),
        "gain": gains.mean(), "gain_error": error, "gain_low": gains.mean() - z * error, "gain_high": gains.mean() + z * error,
        "auc": roc_auc_score(bought, model), "rule_auc": roc_auc_score(bought, named),
    }
    (of_buyers, of_others), (rule_buyers, rule_others) = components(model, bought), components(named, bought)
    auc_error = math.sqrt(np.var(of_buyers - rule_buyers, ddof=1) / len(of_buyers)
                          + np.var(of_others - rule_others, ddof=1) / len(of_others))
    difference = figures["auc"] - figures["rule_auc"]
    figures.update(auc_gain_low=difference - z * auc_error, auc_gain_high=difference + z * auc_error)
    expected += [(key, repr(float(value)) if isinstance(value, float) else value) for key, value in figures.items()]

    now = list(seen(by_visitor, first, AS_OF))
    chances = 1 / (1 + np.exp(-log_odds(fit(everything, PENALTY), now)))
    os.makedirs(HERE, exist_ok=True)
    write("interactions.csv", ("visitor", "day", "kind", "category"), interactions)
    write("purchases.csv", ("visitor", "day"), purchases)
    write("expected.csv", ("key", "value"), expected)
    write("probabilities.csv", ("visitor", "probability"), [(row[0], repr(float(p))) for row, p in zip(now, chances)])
    print({key: value for key, value in expected if not key.startswith(("fit", "strong", "none", "stats"))}, file=sys.stderr)


if __name__ == "__main__":
    main()
