"""Word of mouth and a paid card in a simulated shop, from the written definitions.

    pip install scipy==1.17.1 statsmodels==0.15.0
    python3 tests/data/loyalty.py

writes loyalty/{orders,referrals,joined,expected}.csv. Orders, credits, referrals and memberships are drawn with a fixed
seed and prove nothing about any shop. Counts and money are plain Python, in whole cents; intervals are statsmodels'
confint_proportions_2indep (Newcombe), scipy's ttest_ind (Welch) and ttest_rel, all at 95%.
"""
import csv
import os
import random
from collections import Counter, defaultdict
from datetime import date, timedelta

from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "loyalty")
FIRST, AS_OF = date(2025, 1, 1), date(2025, 12, 31)
COHORT, WITHIN = (date(2025, 2, 1), date(2025, 12, 15)), 60
CARD_DAYS = 45


def draw():
    dice = random.Random(20251231)
    orders, referrals, joined = [], [], []
    for customer in range(400):
        start = FIRST + timedelta(dice.randrange(365))
        rate, day = dice.expovariate(1 / 40), start
        if dice.random() < 0.15:
            continue
        while day <= AS_OF:
            orders.append((customer, day, dice.randrange(500, 20000)))
            if dice.random() < 0.1:
                orders.append((customer, day, dice.randrange(500, 3000)))
            if dice.random() < 0.08:
                orders.append((customer, day + timedelta(dice.randrange(-3, 9)), -dice.randrange(100, 4000)))
            if dice.random() < 0.3:
                break
            day += timedelta(1 + int(dice.expovariate(1 / (10 + rate))))
    for _ in range(260):
        referrals.append((dice.randrange(400), dice.randrange(400), FIRST + timedelta(dice.randrange(-200, 380))))
    for a, b, c in [(1, 2, 3), (10, 11, 12), (200, 201, 202)]:
        referrals += [(a, b, date(2024, 1, 1)), (b, c, date(2024, 1, 2)), (c, a, date(2024, 1, 3)), (a, a, date(2024, 1, 4))]
    referrals.append(referrals[0])
    for _ in range(220):
        joined.append((dice.randrange(400), FIRST + timedelta(dice.randrange(60, 380))))
    for _ in range(80):
        joined.append(dice.choice(orders)[:2])
    for rows in (orders, referrals, joined):
        dice.shuffle(rows)
    return orders, referrals, joined


def write(name, header, rows):
    with open(os.path.join(HERE, name), "w", newline="") as file:
        file.write("# python3 tests/data/loyalty.py; its docstring has the method\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def who_brought_whom(referrals, first):
    brought_by, out = {}, Counter()
    for day, referrer, referred in sorted((day, a, b) for a, b, day in referrals if day <= AS_OF):
        if referrer == referred:
            out["self_referrals"] += 1
        elif referred in first and first[referred] < day:
            out["already_customers"] += 1
        elif referred in brought_by:
            out["brought_again"] += 1
        else:
            above, at = set(), referrer
            while at in brought_by:
                above.add(at)
                at = brought_by[at]
            above.add(at)
            if referred in above:
                out["circles"] += 1
            else:
                brought_by[referred] = referrer
    return brought_by, out


def main():
    orders, referrals, joined = draw()
    orders = [row for row in orders if FIRST <= row[1]]
    known = [row for row in orders if row[1] <= AS_OF]
    purchases = defaultdict(list)
    money = defaultdict(list)
    for customer, day, cents in known:
        money[customer].append((day, cents))
        if cents > 0:
            purchases[customer].append(day)
    first = {customer: min(days) for customer, days in purchases.items()}
    expected = []
    tell = lambda key, value: expected.append((key, value))

    brought_by, out = who_brought_whom(referrals, first)
    for key in ("self_referrals", "already_customers", "brought_again", "circles"):
        tell(key, out[key])
    numbers = Counter(brought_by.values())
    tell("customers", len(first))
    tell("brought", len(brought_by))
    tell("referrers", sum(1 for who in numbers if who in first))
    tell("all_referrers", len(numbers))
    tell("became_customers", sum(1 for who in brought_by if who in first))
    tell("most_by_one", max(numbers.values()))
    chains = defaultdict(lambda: [0, 0, 0, 0, 0])
    for who in brought_by:
        at, steps = who, 0
        while at in brought_by:
            at, steps = brought_by[at], steps + 1
        chain = chains[at]
        chain[0 if steps == 1 else 1] += 1
        chain[2] = max(chain[2], steps)
        if who in first:
            chain[3] += 1
            chain[4] += sum(cents for _, cents in money[who])
    for root in sorted(chains):
        tell(f"chain_{root}", " ".join(map(str, chains[root])))

    groups = {True: [], False: []}
    all_new = Counter()
    for who, start in first.items():
        if COHORT[0] <= start < COHORT[1]:
            referred = who in brought_by
            all_new[referred] += 1
            if (AS_OF - start).days >= WITHIN:
                days = sorted(purchases[who])
                second = len(days) > 1 and (days[1] - start).days <= WITHIN
                cents = sum(cents for day, cents in money[who] if 0 <= (day - start).days <= WITHIN)
                groups[referred].append((second, cents))
    for referred, name in ((True, "referred"), (False, "others")):
        tell(f"{name}_new", all_new[referred])
        tell(f"{name}_observed", len(groups[referred]))
        tell(f"{name}_returned", sum(second for second, _ in groups[referred]))
        tell(f"{name}_cents", sum(cents for _, cents in groups[referred]))
    share = lambda rows: (sum(second for second, _ in rows), len(rows))
    low, high = confint_proportions_2indep(*share(groups[True]), *share(groups[False]), method="newcomb", compare="diff")
    tell("return_low", repr(float(low)))
    tell("return_high", repr(float(high)))
    spend = [[cents / 100 for _, cents in groups[referred]] for referred in (True, False)]
    interval = stats.ttest_ind(*spend, equal_var=False).confidence_interval()
    tell("revenue_low", repr(float(interval.low)))
    tell("revenue_high", repr(float(interval.high)))

    members = {}
    for who, day in joined:
        if day <= AS_OF:
            members[who] = min(day, members.get(who, day))
    spans, pairs = [Counter(), Counter(), Counter()], []
    for who, day in members.items():
        if (AS_OF - day).days < CARD_DAYS:
            tell_later = "too_recent"
        elif who not in first or not first[who] < day - timedelta(CARD_DAYS):
            tell_later = "too_new"
        else:
            tell_later = "members"
            whole = []
            for span, (start, end) in enumerate(((-CARD_DAYS, -1), (0, 0), (1, CARD_DAYS))):
                inside = lambda other: start <= (other - day).days <= end
                count = sum(1 for other in purchases[who] if inside(other))
                cents = sum(cents for other, cents in money[who] if inside(other))
                spans[span].update(customers=int(count > 0), purchases=count, cents=cents)
                whole.append((count, cents))
            pairs.append(whole)
        out[tell_later] += 1
    for key in ("members", "too_recent", "too_new"):
        tell(key, out[key])
    for span, name in zip(spans, ("before", "joining_day", "after")):
        tell(name, " ".join(str(span[key]) for key in ("customers", "purchases", "cents")))
    for name, at, unit in (("purchases", 0, 1), ("revenue", 1, 100)):
        after, before = [[whole[span][at] / unit for whole in pairs] for span in (2, 0)]
        interval = stats.ttest_rel(after, before).confidence_interval()
        tell(f"{name}_change", repr((sum(whole[2][at] for whole in pairs) - sum(whole[0][at] for whole in pairs)) / unit / len(pairs)))
        tell(f"{name}_change_low", repr(float(interval.low)))
        tell(f"{name}_change_high", repr(float(interval.high)))

    os.makedirs(HERE, exist_ok=True)
    write("orders.csv", ("customer", "day", "cents"), orders)
    write("referrals.csv", ("referrer", "referred", "day"), referrals)
    write("joined.csv", ("customer", "day"), joined)
    write("expected.csv", ("key", "value"), expected)


if __name__ == "__main__":
    main()
