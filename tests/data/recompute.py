#!/usr/bin/env python3
"""Recomputes, the slow and obvious way, what the `segment` example writes.

    recompute.py ORDERS.csv OUTDIR [--as-of YYYY-MM-DD] [--bins K] [--occasion order|day]
                 [--model mbg-nbd|bg-nbd --params r=..,alpha=..,a=..,b=.. | --model pareto-nbd --params r=..,alpha=..,s=..,beta=..]
                 [--spend-params p=..,q=..,gamma=..] [--horizon DAYS] [--check]

Reads an order log and writes OUTDIR/customers.csv and OUTDIR/summary.json. It shares no code with the
library: it was written from the written definitions alone, in Python's standard library, so that a number
both arrive at is right because of its definition and not because of a common mistake. Money is exact decimal
(an inexact operation is an exception), every other fraction is an exact rational that is rounded once, to the
nearest f64, when it is printed.

Input columns: customer_id, placed_at, amount, and optionally status (paid, unpaid, cancelled; empty = paid)
and refunded (empty = 0). Instants with an offset are turned into days in UTC.

What the models predict (p_alive, expected_*, p_buys, purchases_*, next_purchase; `churn`, `spend` and `next` in the
summary) is recomputed at the parameters given, in floating point and good to some 12 digits, without a check on the past.
It does not fit.
"""

import argparse
import csv
import decimal
import io
import json
import math
import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

decimal.setcontext(decimal.Context(prec=200, traps=[
    decimal.Inexact, decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow]))

COLUMNS = (
    "customer_id first_purchase last_purchase purchases purchase_days revenue days_since_last mean_gap_days "
    "r f m octant segment frequency_band new_customer_state tier cycles_missed "
    "x t_x t mean_spend p_alive expected_purchases expected_spend expected_value "
    "p_buys purchases_low purchases_high next_purchase churn_risk credits credited"
).split()

# The default RF grid, for 5 bins: name -> rectangles of (R scores, F scores).
SEGMENTS = {
    "hibernating": [((1, 2), (1, 2))],
    "at_risk": [((1, 2), (3, 4))],
    "cant_lose": [((1, 2), (5,))],
    "about_to_sleep": [((3,), (1, 2))],
    "need_attention": [((3,), (3,))],
    "loyal": [((3, 4), (4, 5))],
    "promising": [((4,), (1,))],
    "new": [((5,), (1,))],
    "potential_loyalist": [((4, 5), (2, 3))],
    "champions": [((5,), (4, 5))],
}
GRID = {}
for _name, _rectangles in SEGMENTS.items():
    for _rs, _fs in _rectangles:
        for _r in _rs:
            for _f in _fs:
                assert (_r, _f) not in GRID, f"cell {_r}{_f} is named twice"
                GRID[_r, _f] = _name
assert set(GRID) == {(r, f) for r in range(1, 6) for f in range(1, 6)}, "the grid has a hole"

OCTANTS = ["111", "101", "011", "001", "110", "100", "010", "000"]

# Half-open bands [edge, next): (name, lower edge); the last one is open.
FREQUENCY_BANDS = [("high", 0), ("medium", 30), ("low", 50), ("occasional", 80)]
NEW_CUSTOMER_STATES = [("active", 0), ("cooling", 30), ("at_risk", 50), ("lost", 80)]
CHURN_RISKS = ["in_cycle", "due", "overdue", "churn_inclined"]
TIERS = [("ordinary", 0), ("senior", Fraction(8, 10)), ("vip", Fraction(96, 100)), ("supreme", Fraction(992, 1000))]


# The days after which a customer is expected back, by frequency band; the own mean gap in the open last one.
EXPECTED_CYCLES = {"high": 30, "medium": 50, "low": 80}


def band(bands, value):
    """The name of the band that holds `value`."""
    return [name for name, lower_edge in bands if lower_edge <= value][-1]


# ------------------------------------------------------------------------------------------------ records

def parse_day(text):
    """The calendar day of `YYYY-MM-DD`, `YYYY-MM-DD HH:MM[:SS]` (both: as written) or RFC 3339 (in UTC)."""
    if len(text) == 10:
        return date.fromisoformat(text)
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is not None:
        instant = instant.astimezone(timezone.utc)
    return instant.date()


def parse_money(text):
    value = Decimal(text)
    if not value.is_finite():
        raise ValueError(f"not an amount: {text}")
    return value


def decimals(value):
    """The number of decimals that a number was written with."""
    return max(0, -value.as_tuple().exponent)


def read_rows(path):
    """Every row as (customer, day, amount, status, refunded)."""
    rows = []
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        for row in reader:
            try:
                customer = row["customer_id"]
                day = parse_day(row["placed_at"])
                amount = parse_money(row["amount"])
                status = row.get("status") or "paid"
                refunded = parse_money(row.get("refunded") or "0")
                if not customer:
                    raise ValueError("customer_id is empty")
                if status not in ("paid", "unpaid", "cancelled"):
                    raise ValueError(f"status {status}")
                if not 0 <= refunded <= max(amount, 0):
                    raise ValueError(f"refunded {refunded} of {amount}")
            except (ArithmeticError, KeyError, TypeError, ValueError) as error:
                raise SystemExit(f"{path}, line {reader.line_num}: {error!r}")
            rows.append((customer, day, amount, status, refunded))
    return rows


# ------------------------------------------------------------------------------------------------ measures

def count_below(values):
    """For every value that occurs: how many of `values` are strictly smaller."""
    return {value: sum(1 for other in values if other < value) for value in set(values)}


def scores_and_cuts_from_top(values, bins):
    """The scores bins - (bins * above) / N of all values, in their order, and the first value of each score but the
    lowest: that of R, where `above` bought strictly later."""
    n = len(values)
    if n == 0:
        return [], []
    above = {value: sum(1 for other in values if other > value) for value in set(values)}
    scores = [bins - (bins * above[value]) // n for value in values]
    # the smallest value that scores at least j, from the definition: fewer than (bins - j + 1) / bins of all are above
    cuts = [min(value for value in above if bins * above[value] < (bins - j + 1) * n) for j in range(2, bins + 1)]
    for value, score in zip(values, scores):
        assert score == 1 + sum(1 for cut in cuts if cut <= value)
    return scores, cuts


def scores_and_cuts(values, bins):
    """The scores 1 + (bins * below) / N of all values, in their order, and the bins - 1 cuts that say the same."""
    n = len(values)
    if n == 0:
        return [], []
    below = count_below(values)
    scores = [1 + (bins * below[value]) // n for value in values]
    ascending = sorted(values)
    # the ceil(j * n / bins)-th smallest value, counted from 1
    cuts = [ascending[-(-j * n // bins) - 1] for j in range(1, bins)]
    for value, score in zip(values, scores):
        assert score == 1 + sum(1 for cut in cuts if cut < value)
    return scores, cuts


def high_or_low(scores):
    """1 where a score is above the mean of all scores, else 0."""
    return [1 if score * len(scores) > sum(scores) else 0 for score in scores]


def concentration(revenues):
    """How much of the revenue comes from how few, over the customers of positive revenue."""
    ascending = sorted(Fraction(revenue) for revenue in revenues if revenue > 0)
    descending = ascending[::-1]
    n = len(ascending)
    total = sum(ascending)
    if n == 0:
        return {"top_20_percent_share": None, "customers_for_80_percent": None, "gini": None, "of": 0}
    top = -(-n // 5)  # ceil(n / 5)
    needed = 0
    running = Fraction(0)
    while running < Fraction(4, 5) * total:
        running += descending[needed]
        needed += 1
    weighted = sum(i * x for i, x in enumerate(ascending, start=1))
    gini = 2 * weighted / (n * total) - Fraction(n + 1, n)
    return {
        "top_20_percent_share": float(sum(descending[:top]) / total),
        "customers_for_80_percent": needed,
        "gini": float(gini),
        "of": n,
    }


# ------------------------------------------------------------------------------------------------ models

def tanh_sinh(f):
    """The integral over p from 0 to 1 of e^l v, where f(ln p, ln(1 - p)) gives l, which may be infinite at the ends, and v."""
    step, terms = 1 / 32, []
    for i in range(-8 * 32, 8 * 32 + 1):
        u = math.pi * math.sinh(i * step)
        less, small = min(u, 0.0), math.log1p(math.exp(-abs(u)))
        ln_p, ln_q = less - small, less - u - small
        ln_weight, value = f(ln_p, ln_q)
        if ln_weight + ln_p + ln_q > -745:
            terms.append(math.pi * math.cosh(i * step) * math.exp(ln_weight + ln_p + ln_q) * value)
    return step * math.fsum(terms)


def ln_beta(a, b):
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


class BetaGeometric:
    """BG/NBD (`first` = 0) and MBG/NBD (`first` = 1, the first purchase is a chance to leave) at given parameters."""

    def __init__(self, first, params):
        self.first = first
        self.r, self.alpha, self.a, self.b = (params[name] for name in ("r", "alpha", "a", "b"))
        self.cache = {}

    def parts(self, x, t_x, t):
        """ln of the densities of having bought so and being alive, and of having bought so and having left."""
        k, c = self.r + x, x + self.first
        rest = math.lgamma(k) - math.lgamma(self.r) + self.r * math.log(self.alpha) - ln_beta(self.a, self.b)
        alive = rest + ln_beta(self.a, self.b + c) - k * math.log(self.alpha + t)
        if c == 0:
            return alive, None
        return alive, rest + ln_beta(self.a + 1, self.b + c - 1) - k * math.log(self.alpha + t_x)

    def log_likelihood(self, x, t_x, t):
        alive, left = self.parts(x, t_x, t)
        if left is None:
            return alive
        high, low = max(alive, left), min(alive, left)
        return high + math.log1p(math.exp(low - high))

    def p_alive(self, x, t_x, t):
        alive, left = self.parts(x, t_x, t)
        return 1.0 if left is None else 1 / (1 + math.exp(left - alive))

    def expected_while_alive(self, x, t, horizon):
        """The mean over p ~ Beta(a, b + c) of (1 - (1 + p h / (alpha + t))^-(r + x)) / p."""
        key = (x, t)
        if key not in self.cache:
            k, rate, bb = self.r + x, self.alpha + t, self.b + x + self.first

            def integrand(ln_p, ln_q):
                p = math.exp(ln_p)
                purchases = -math.expm1(-k * math.log1p(p * horizon / rate)) / p if p > 1e-300 else k * horizon / rate
                return (self.a - 1) * ln_p + (bb - 1) * ln_q - ln_beta(self.a, bb), purchases
            self.cache[key] = tanh_sinh(integrand)
        return self.cache[key]


    def more_while_alive(self, x, t, n, horizon):
        """P(more than n purchases within the horizon): after each of the first n the customer has stayed."""
        bb = self.b + x + self.first
        stays = math.exp(ln_beta(self.a, bb + n) - ln_beta(self.a, bb))
        return stays * more_by_rate(self.r + x, self.alpha + t, n, horizon)


def more_by_rate(k, rate, n, horizon):
    """P(N > n) of a Poisson number N within the horizon, at a rate of Gamma(k, rate)."""
    ln_none = -k * math.log1p(horizon / rate)
    if n == 0:
        return -math.expm1(ln_none)
    term, terms = math.exp(ln_none), []
    for count in range(n + 1):
        terms.append(term)
        term *= (k + count) / (count + 1) * horizon / (rate + horizon)
    if math.fsum(terms) < 0.9:
        return 1 - math.fsum(terms)
    # Of little, the rest is added up, from the next term on.
    count, rest = n + 1, []
    while term > 1e-18 * (math.fsum(rest) + 1e-300):
        rest.append(term)
        term *= (k + count) / (count + 1) * horizon / (rate + horizon)
        count += 1
    return math.fsum(rest)


class ParetoNbd:
    """Pareto/NBD at given parameters."""

    def __init__(self, params):
        self.r, self.alpha, self.s, self.beta = (params[name] for name in ("r", "alpha", "s", "beta"))

    def parts(self, x, t_x, t):
        """As of BetaGeometric: the customer left at some time u from t_x to t."""
        k = self.r + x
        rest = math.lgamma(k) - math.lgamma(self.r) + self.r * math.log(self.alpha) + self.s * math.log(self.beta)
        alive = rest - k * math.log(self.alpha + t) - self.s * math.log(self.beta + t)
        if t == t_x:
            return alive, None

        def integrand(ln_p, _):
            u = (t - t_x) * math.exp(ln_p)
            return -k * math.log1p(u / (self.alpha + t_x)) - (self.s + 1) * math.log1p(u / (self.beta + t_x)), 1.0
        left = rest - k * math.log(self.alpha + t_x) - (self.s + 1) * math.log(self.beta + t_x)
        return alive, left + math.log(self.s * (t - t_x) * tanh_sinh(integrand))

    log_likelihood = BetaGeometric.log_likelihood
    p_alive = BetaGeometric.p_alive

    def expected_while_alive(self, x, t, horizon):
        u = math.log1p(horizon / (self.beta + t))
        s = self.s - 1
        return (self.r + x) * (self.beta + t) / (self.alpha + t) * (-math.expm1(-s * u) / s if s else u)


    def more_while_alive(self, x, t, n, horizon):
        """As of BetaGeometric: the customer stays for the whole horizon, or leaves after a part u of it."""
        k, rate, bb = self.r + x, self.alpha + t, self.beta + t

        def integrand(ln_p, _):
            u = horizon * math.exp(ln_p)
            return math.log(self.s * horizon / bb) - (self.s + 1) * math.log1p(u / bb), more_by_rate(k, rate, n, u)
        stays = math.exp(-self.s * math.log1p(horizon / bb))
        return stays * more_by_rate(k, rate, n, horizon) + tanh_sinh(integrand)


LATEST = date.max


def quantile(more, share):
    """The smallest number n with P(N <= n) >= share."""
    n = 0
    while more(n) > 1 - share:
        n += 1
    return n


def next_purchase(buys, as_of):
    """The first day by which a purchase has come with a probability of one half; None where there is none up to 9999."""
    end = (LATEST - as_of).days
    if buys(end / 7) < 0.5:
        return None
    low, high = 0, end
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if buys(middle / 7) >= 0.5 else (middle, high)
    return as_of + timedelta(days=high)


class GammaGamma:
    """Of a mean spend over x purchases; population mean where x is 0."""

    def __init__(self, params):
        self.p, self.q, self.gamma = (params[name] for name in ("p", "q", "gamma"))

    def log_likelihood(self, x, mean):
        px = self.p * x
        return (math.lgamma(px + self.q) - math.lgamma(px) - math.lgamma(self.q) + self.q * math.log(self.gamma)
                + (px - 1) * math.log(mean) + px * math.log(x) - (px + self.q) * math.log(self.gamma + mean * x))

    def expected_spend(self, x, mean):
        bottom = self.p * x + self.q - 1
        return self.p * (self.gamma + mean * x) / bottom if bottom > 0 else None


def predict(customers, credits, as_of, arguments):
    """Fills what models say of every customer, and gives the summary's `churn`, `spend` and `next`."""
    weeks = arguments.horizon / 7
    if arguments.model == "pareto-nbd":
        model = ParetoNbd(arguments.params)
    else:
        model = BetaGeometric(1 if arguments.model == "mbg-nbd" else 0, arguments.params)
    spend = GammaGamma(arguments.spend_params)
    likelihoods, spend_likelihoods = [], []
    # What is kept after credits: the customer's own share, shrunk by one mean customer's spend towards the shop's.
    given_back = {c["customer_id"]: sum(credits.get(c["customer_id"], []), Decimal(0)) for c in customers}
    all_back = sum(given_back.values(), Decimal(0))
    all_spend = sum((c["revenue"] for c in customers), Decimal(0)) + all_back
    share = Fraction(all_back) / Fraction(all_spend) if all_spend else Fraction(0)
    weight = Fraction(all_spend) / len(customers)

    def kept(c):
        back = Fraction(given_back[c["customer_id"]])
        whole = Fraction(c["revenue"]) + back + weight
        return float(max(1 - (back + share * weight) / whole, 0)) if all_back else 1.0

    ahead = {}
    for c in customers:
        x, t_x, t = c["x"], float(c["t_x"]), float(c["t"])
        mean = None if c["mean_spend"] is None else float(c["mean_spend"])
        known = mean is not None and mean > 0
        likelihoods.append(model.log_likelihood(x, t_x, t))
        if known:
            spend_likelihoods.append(spend.log_likelihood(x, mean))
        c["p_alive"] = model.p_alive(x, t_x, t)
        c["expected_purchases"] = c["p_alive"] * model.expected_while_alive(x, t, weeks)
        c["expected_spend"] = spend.expected_spend(x if known else 0, mean if known else 0.0)
        if c["expected_spend"] is not None:
            c["expected_value"] = c["expected_purchases"] * c["expected_spend"] * kept(c)
        if (x, t_x, t) not in ahead:
            def more(n, horizon=weeks):
                return c["p_alive"] * model.more_while_alive(x, t, n, horizon)
            day = next_purchase(lambda horizon: more(0, horizon), as_of)
            ahead[x, t_x, t] = more(0), quantile(more, 0.05), quantile(more, 0.95), day
        c["p_buys"], c["purchases_low"], c["purchases_high"], c["next_purchase"] = ahead[x, t_x, t]
    values = [c.get("expected_value") for c in customers]
    return {
        "churn": {"model": arguments.model, "params": arguments.params, "log_likelihood": math.fsum(likelihoods),
                  "customers": len(likelihoods), "status": "given", "reason": "given"},
        "spend": {"params": arguments.spend_params, "log_likelihood": math.fsum(spend_likelihoods),
                  "customers": len(spend_likelihoods), "status": "given", "reason": "given"},
        "next": {"horizon_days": arguments.horizon, "purchases": math.fsum(c["expected_purchases"] for c in customers),
                 "purchases_low": None, "purchases_high": None,
                 "revenue": None if None in values else math.fsum(values), "revenue_low": None, "revenue_high": None,
                 "buyers": math.fsum(c["p_buys"] for c in customers), "level": 0.9, "reason": "unchecked"},
    }


# ------------------------------------------------------------------------------------------------ printing

def float_text(fraction):
    """The nearest f64 of an exact fraction: shortest digits that read back, no exponent, no trailing `.0`."""
    text = format(Decimal(repr(float(fraction))), "f")
    return text.removesuffix(".0")


def money_text(value, places):
    assert decimals(value) <= places
    return format(value, f".{places}f")


# ------------------------------------------------------------------------------------------------ the program

def recompute(rows, as_of, arguments):
    """The rows of customers.csv (lists, in the order of COLUMNS) and the summary."""
    bins, occasion = arguments.bins, arguments.occasion
    purchases = {}  # customer -> [(day, net amount)]
    credits = {}  # customer -> [amount]
    places = 0
    for customer, day, amount, status, refunded in rows:
        is_purchase = status == "paid" and (refunded < amount or amount == 0)
        if amount >= 0 and not is_purchase:
            continue
        places = max(places, decimals(amount), decimals(refunded))  # of the whole file, whatever the as-of day
        if day > as_of:
            continue
        if amount < 0:
            credits.setdefault(customer, []).append(-amount)
        else:
            purchases.setdefault(customer, []).append((day, amount - refunded))

    # One customer after the other, sorted by the bytes of the id.
    customers = []
    for customer in sorted(purchases, key=lambda name: name.encode("utf-8")):
        own = purchases[customer]
        days = sorted({day for day, _ in own})
        first, last = days[0], days[-1]
        x = len(days) - 1
        span = (last - first).days
        spend_later = sum((net for day, net in own if day != first), Decimal(0))
        customers.append({
            "customer_id": customer,
            "first": first,
            "last": last,
            "purchases": len(own),
            "purchase_days": len(days),
            "occasions": len(days) if occasion == "day" else len(own),
            "revenue": sum((net for _, net in own), Decimal(0)) - sum(credits.get(customer, []), Decimal(0)),
            "days_since_last": (as_of - last).days,
            "mean_gap": Fraction(span, x) if x > 0 else None,
            "x": x,
            "t_x": Fraction(span, 7),
            "t": Fraction((as_of - first).days, 7),
            "mean_spend": Fraction(spend_later) / x if x > 0 else None,
        })

    # What needs all customers: scores, octants, tiers.
    n = len(customers)
    revenues = [c["revenue"] for c in customers]
    r_scores, r_cuts = scores_and_cuts_from_top([c["last"] for c in customers], bins)
    f_scores, f_cuts = scores_and_cuts([c["occasions"] for c in customers], bins)
    m_scores, m_cuts = scores_and_cuts(revenues, bins)
    below = count_below(revenues)
    high_and_low = zip(high_or_low(r_scores), high_or_low(f_scores), high_or_low(m_scores))
    for c, r, f, m, digits in zip(customers, r_scores, f_scores, m_scores, high_and_low):
        c["r"], c["f"], c["m"] = r, f, m
        c["octant"] = "".join(str(digit) for digit in digits)
        c["segment"] = GRID[r, f] if bins == 5 else ""
        c["tier"] = band(TIERS, Fraction(below[c["revenue"]], n))
        if c["purchase_days"] == 1:
            c["frequency_band"] = ""
            c["new_customer_state"] = band(NEW_CUSTOMER_STATES, c["days_since_last"])
            c["cycles_missed"] = ""
        else:
            c["frequency_band"] = band(FREQUENCY_BANDS, c["mean_gap"])
            c["new_customer_state"] = ""
            expected_cycle = EXPECTED_CYCLES.get(c["frequency_band"], c["mean_gap"])
            c["cycles_missed"] = math.floor(c["days_since_last"] / Fraction(expected_cycle))
        # Missed cycles of those who came again; the new-customer state, which is one step each, of those who came once.
        steps = c["cycles_missed"] if c["purchase_days"] > 1 else [name for name, _ in NEW_CUSTOMER_STATES].index(c["new_customer_state"])
        c["churn_risk"] = CHURN_RISKS[min(steps, 3)]

    models = predict(customers, credits, as_of, arguments)

    table = []
    for c in customers:
        cells = {
            "customer_id": c["customer_id"],
            "first_purchase": c["first"].isoformat(),
            "last_purchase": c["last"].isoformat(),
            "purchases": c["purchases"],
            "purchase_days": c["purchase_days"],
            "revenue": money_text(c["revenue"], places),
            "days_since_last": c["days_since_last"],
            "mean_gap_days": "" if c["mean_gap"] is None else float_text(c["mean_gap"]),
            "r": c["r"],
            "f": c["f"],
            "m": c["m"],
            "octant": c["octant"],
            "segment": c["segment"],
            "frequency_band": c["frequency_band"],
            "new_customer_state": c["new_customer_state"],
            "tier": c["tier"],
            "cycles_missed": c["cycles_missed"],
            "x": c["x"],
            "t_x": float_text(c["t_x"]),
            "t": float_text(c["t"]),
            "mean_spend": "" if c["mean_spend"] is None else float_text(c["mean_spend"]),
        }
        own = credits.get(c["customer_id"], [])
        cells["churn_risk"], cells["credits"] = c["churn_risk"], len(own)
        cells["credited"] = money_text(sum(own, Decimal(0)), places)
        cells["purchases_low"], cells["purchases_high"] = c["purchases_low"], c["purchases_high"]
        cells["next_purchase"] = c["next_purchase"].isoformat() if c["next_purchase"] else ""
        for column in ("p_alive", "expected_purchases", "expected_spend", "expected_value", "p_buys"):
            if c.get(column) is not None:
                cells[column] = float_text(c[column])
        assert set(cells) <= set(COLUMNS)
        table.append([cells.get(column, "") for column in COLUMNS])

    def by(label, names):
        groups = {}
        for name in names:
            members = [c for c in customers if c[label] == name]
            revenue = sum((c["revenue"] for c in members), Decimal(0))
            groups[name] = {"customers": len(members), "revenue": money_text(revenue, places)}
        return groups

    occasions = sum(c["occasions"] for c in customers)
    summary = {
        "as_of": as_of.isoformat(),
        "customers": n,
        "purchases": sum(c["purchases"] for c in customers),
        "credits": sum(len(own) for own in credits.values()),
        "skipped_rows": 0,
        "user_repurchase": {"count": sum(1 for c in customers if c["occasions"] >= 2), "of": n},
        # each customer's occasions but the first are a "second or later"
        "order_repurchase": {"count": occasions - n, "of": occasions},
        "rfm": {
            "bins": bins,
            "recency_cuts": [cut.isoformat() for cut in r_cuts],
            "frequency_cuts": f_cuts,
            "monetary_cuts": [money_text(cut, places) for cut in m_cuts],
        },
        "segments": by("segment", SEGMENTS) if bins == 5 else {},
        "octants": by("octant", OCTANTS),
        "frequency_bands": by("frequency_band", [name for name, _ in FREQUENCY_BANDS]),
        "new_customer_states": by("new_customer_state", [name for name, _ in NEW_CUSTOMER_STATES]),
        "tiers": by("tier", [name for name, _ in TIERS]),
        "concentration": concentration(revenues),
        **models,
    }
    return table, summary


def params_argument(text):
    """`r=0.5,alpha=6` as a dictionary."""
    return {name: float(value) for name, value in (part.split("=") for part in text.split(","))}


def bins_argument(text):
    bins = int(text)
    if not 2 <= bins <= 10:
        raise ValueError(text)
    return bins


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("orders", metavar="ORDERS.csv")
    parser.add_argument("outdir", metavar="OUTDIR", type=Path)
    parser.add_argument("--as-of", metavar="YYYY-MM-DD", type=date.fromisoformat, help="default: the last day in the file")
    parser.add_argument("--bins", metavar="K", type=bins_argument, default=5, help="RFM bins, 2 to 10 (default 5)")
    parser.add_argument("--occasion", choices=["order", "day"], default="order", help="what counts as one purchase")
    parser.add_argument("--model", choices=["mbg-nbd", "bg-nbd", "pareto-nbd"], default="mbg-nbd", help="which model of purchases")
    parser.add_argument("--params", type=params_argument, required=True, help="its parameters, in weeks")
    parser.add_argument("--spend-params", type=params_argument, required=True, help="those of Gamma-Gamma")
    parser.add_argument("--horizon", metavar="DAYS", type=int, default=90, help="of what is expected (default 90)")
    parser.add_argument("--check", action="store_true", help="compare with the files in OUTDIR; write nothing")
    arguments = parser.parse_args()

    rows = read_rows(arguments.orders)
    as_of = arguments.as_of or max((day for _, day, *_ in rows), default=None)
    if as_of is None:
        raise SystemExit(f"{arguments.orders}: no rows, so there is no last day; give --as-of")
    table, summary = recompute(rows, as_of, arguments)

    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(table)
    files = {"customers.csv": written.getvalue(), "summary.json": json.dumps(summary, indent=2) + "\n"}
    if not arguments.check:
        arguments.outdir.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = arguments.outdir / name
        if not arguments.check:
            path.write_text(text, encoding="utf-8", newline="")
        elif path.exists():
            check(path, path.read_text(encoding="utf-8"), text)


def check(path, stored, text):
    """Stops unless the texts differ in nothing but the last digits of some fractions."""
    number = re.compile(r"-?[0-9]+\.[0-9]+(?:e-?[0-9]+)?")
    if number.sub("#", stored) != number.sub("#", text):
        raise SystemExit(f"{path} differs")
    for found, expected in zip(number.findall(stored), number.findall(text)):
        if found != expected and not math.isclose(float(found), float(expected), rel_tol=1e-11):
            raise SystemExit(f"{path} holds {found}, not {expected}")


if __name__ == "__main__":
    main()
