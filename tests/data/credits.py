"""Compares ways to net a customer's expected value of credits, on windows of Online Retail.

    pip install scipy==1.17.1
    python3 tests/data/credits.py

Prints, for the 30-day windows of the choice, those of the confirmation and two of 90 days, with credits as they are and
with those of whole orders tied to them (as known at the start of the window): the mean absolute error of net revenue per
customer, and the paired gains over ignoring credits, with standard errors by customer. "value" is NBD times Gamma-Gamma,
fitted at the start; "given spend" takes what the customer really spent in the window, so that only the share kept is
forecast. It shares no code with the crate.
"""
import csv
import datetime as dt
import os

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln

FOLDER = os.path.dirname(os.path.abspath(__file__))


def read():
    with open(os.path.join(FOLDER, "online_retail_orders.csv"), newline="") as file:
        return [
            (row["customer_id"], dt.datetime.fromisoformat(row["placed_at"]), round(100 * float(row["amount"])) / 100)
            for row in csv.DictReader(file)
        ]


def untied(rows):
    """without the orders that one credit gives back whole, and without these credits"""
    of_customer, gone = {}, set()
    for position, (customer, _, _) in enumerate(rows):
        of_customer.setdefault(customer, []).append(position)
    for at, credit in sorted((at, position) for position, (_, at, amount) in enumerate(rows) if amount < 0):
        customer, _, amount = rows[credit]
        orders = [
            (rows[order][1], order)
            for order in of_customer[customer]
            if abs(rows[order][2] + amount) < 1e-9 and rows[order][1] <= at and order not in gone
        ]
        if orders:
            gone |= {credit, max(orders)[1]}
    return [row for position, row in enumerate(rows) if position not in gone]


def customers(rows, cut):
    """id, x, T, mean spend of repeat days, spend and credits of each"""
    found = {}
    for customer, at, amount in rows:
        days, credits = found.setdefault(customer, ({}, []))
        if amount >= 0:
            days[at.date()] = days.get(at.date(), 0) + amount
        else:
            credits.append(-amount)
    for customer, (days, credits) in sorted(found.items()):
        if days:
            first, repeats = min(days), len(days) - 1
            mean = (sum(days.values()) - days[first]) / repeats if repeats else 0.0
            yield customer, repeats, (cut - first).days, mean, sum(days.values()), sum(credits)


def expected(x, age, mean, horizon):
    """purchases by NBD times spend by Gamma-Gamma, both at their maximum"""

    def nbd(logarithms):
        r, alpha = np.exp(logarithms)
        return -np.sum(gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + age))

    known = (x > 0) & (mean > 0)
    repeats, means = x[known], mean[known]

    def gamma_gamma(logarithms):
        p, q, gamma = np.exp(logarithms)
        total = repeats * means
        odds = p * repeats * np.log(total / (gamma + total)) + q * np.log(gamma / (gamma + total))
        return -np.sum(odds - np.log(means) - betaln(p * repeats, q))

    options = {"maxiter": 9999, "maxfev": 9999, "xatol": 1e-8, "fatol": 1e-8}
    r, alpha = np.exp(minimize(nbd, [0.0, 4.0], method="Nelder-Mead", options=options).x)
    p, q, gamma = np.exp(minimize(gamma_gamma, [1.0, 1.0, 4.0], method="Nelder-Mead", options=options).x)
    weight = p * x + q - 1
    return (r + x) / (alpha + age) * horizon * np.where(weight > 0, p * (gamma + mean * x) / weight, np.nan)


def study(rows, horizon, cuts):
    scores = {}
    for cut in cuts:
        end = cut + dt.timedelta(days=horizon)
        known = [row for row in rows if row[1].date() <= cut]
        net, spent = {}, {}
        for customer, at, amount in rows:
            if cut < at.date() <= end:
                net[customer] = net.get(customer, 0) + amount
                spent[customer] = spent.get(customer, 0) + max(amount, 0)
        for mode, records in (("as they are", known), ("tied", untied(known))):
            ids, *columns = zip(*customers(records, cut))
            x, age, mean, spend, credited = (np.array(column, float) for column in columns)
            value = expected(x, age, mean, horizon)
            share, weight = credited.sum() / spend.sum(), spend.sum() / len(ids)
            kept = {"ignored": np.ones(len(ids)), "shop's": np.full(len(ids), 1 - share)}
            order = spend.sum() / sum(amount >= 0 for _, _, amount in records)
            for name, size in (("own", weight), ("own, 1/4 order", order / 4), ("own, 4 orders", 4 * order)):
                kept[name] = np.clip(1 - (credited + size * share) / (spend + size), 0, 1)
            came = np.array([net.get(one, 0.0) for one in ids])
            for kind, base in (("value", value), ("given spend", np.array([spent.get(one, 0.0) for one in ids]))):
                before = base - came
                for name, part in kept.items():
                    after = base * part - came
                    rows_of = (abs(after), abs(before) - abs(after), before**2 - after**2, base * part, came, np.ones(len(ids)))
                    for one, *numbers in zip(ids, *rows_of):
                        if np.isfinite(numbers[0]):
                            sums = scores.setdefault((mode, kind, name), {}).setdefault(one, np.zeros(6))
                            sums += numbers
    for (mode, kind, name), by_customer in scores.items():
        sums = np.array(list(by_customer.values()))
        windows = sums[:, 5].sum()

        def gain(column):
            average = sums[:, column].sum() / windows
            return average, np.sqrt(((sums[:, column] - sums[:, 5] * average) ** 2).sum()) / windows

        print(
            "  %-11s %-11s %-14s n %d  absolute error %.2f  bias %+.3f  gain %.2f ± %.2f, squared %.0f ± %.0f"
            % (mode, kind, name, windows, sums[:, 0].sum() / windows, sums[:, 3].sum() / sums[:, 4].sum() - 1, *gain(1), *gain(2))
        )


def main():
    rows, day = read(), dt.date
    ends = {"chosen on": [(2, 28), (3, 31), (4, 30), (5, 31)], "later": [(6, 30), (7, 31), (8, 31), (9, 30), (10, 31)]}
    for name, cuts in ends.items():
        print(f"30 days, {name}")
        study(rows, 30, [day(2011, *cut) for cut in cuts])
    print("90 days, later")
    study(rows, 90, [day(2011, 6, 10), day(2011, 9, 9)])


if __name__ == "__main__":
    main()
