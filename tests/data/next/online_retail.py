"""Writes online_retail_firsts.csv and online_retail_trials.csv beside itself, from UCI Online Retail's lines, and the
sample of lines that examples/next_product.rs and examples/response.rs read: of every eighth customer number.

    python3 tests/data/next/online_retail.py online_retail_lines.csv.gz

The input has a row for each line: invoice, stock_code, quantity, invoice_date, unit_price, customer_id, country. Kept are
lines of a known customer, of a quantity above 0 and of a stock code that begins with five digits; their first three, or
two, are the category. Only Python's standard library; shares no code with the crate. Entries are replayed one by one from
the written definition, customers' categories as sets, and categories are ranked by sorting all of them.
"""

import csv
import gzip
import math
import sys
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).parent
SAMPLE = HERE.parent.parent.parent / "examples" / "data" / "online_retail_sample.csv"
SOURCE = "UCI Online Retail (Chen, Sain and Guo 2012, doi 10.1057/dbm.2012.17, CC BY 4.0)"
WEIGHT, RECENT, BEFORE = 20.0, 60, 5.0
TRIALS = [("2011-06-10", "2011-09-10", 3), ("2011-09-10", "2011-12-10", 3), ("2011-06-10", "2011-09-10", 2), ("2011-09-10", "2011-12-10", 2)]
MOST = 5

firsts = defaultdict(dict)
sample = defaultdict(lambda: [0, Decimal(0)])
with gzip.open(sys.argv[1], "rt") as lines:
    for line in csv.DictReader(lines):
        code = line["stock_code"]
        if line["customer_id"] and int(line["quantity"]) > 0 and code[:5].isdigit() and len(code) >= 5:
            customer, day, category = int(line["customer_id"]), line["invoice_date"][:10], code[:3]
            known = firsts[customer].get(category)
            firsts[customer][category] = min(day, known or day)
            if customer % 8 == 0:
                known = sample[customer, day, category]
                known[0] += int(line["quantity"])
                known[1] += int(line["quantity"]) * Decimal(line["unit_price"])

with open(HERE / "online_retail_firsts.csv", "w") as out:
    out.write(f"# {SOURCE}: for each customer, the first day on which a category (three digits of the stock code) was bought:\n")
    out.write("# days since 2010-12-01, each with its categories\n")
    for customer in sorted(firsts):
        days = defaultdict(list)
        for category, day in firsts[customer].items():
            days[(date.fromisoformat(day) - date(2010, 12, 1)).days].append(category)
        out.write(f"{customer} " + " ".join(f"{day}:{','.join(sorted(days[day]))}" for day in sorted(days)) + "\n")

with open(SAMPLE, "w") as out:
    out.write("customer_id,day,category,quantity,amount\n")
    for (customer, day, category), (quantity, amount) in sorted(sample.items()):
        out.write(f"{customer},{day},{category},{quantity},{amount.normalize():f}\n")


def entries(customer_firsts, until):
    """The days after the first with something new, and what was there before and came."""
    days = defaultdict(set)
    for category, day in customer_firsts.items():
        if day <= until:
            days[day].add(category)
    had = set()
    for day in sorted(days):
        if had:
            yield day, set(had), days[day]
        had |= days[day]


def logit(share):
    return math.log(share) - math.log1p(-share)


def trial(shop, start, end, most):
    split = (date.fromisoformat(start) - timedelta(days=1)).isoformat()
    last = (date.fromisoformat(end) - timedelta(days=1)).isoformat()
    recent_from = (date.fromisoformat(split) - timedelta(days=RECENT - 1)).isoformat()
    categories = sorted({c for own in shop.values() for c, day in own.items() if day <= split})
    taken, could, now_taken, now_could = (defaultdict(int) for _ in range(4))
    path_taken, path_could = defaultdict(int), defaultdict(int)
    total = 0
    for own in shop.values():
        for day, had, new in entries(own, split):
            total += 1
            for to in categories:
                if to not in had:
                    could[to] += 1
                    taken[to] += to in new
                    now_could[to] += day >= recent_from
                    now_taken[to] += day >= recent_from and to in new
                    for of in had:
                        path_could[of, to] += 1
                        path_taken[of, to] += to in new
    share = {c: (taken[c] + 0.5) / (could[c] + 1) for c in categories}
    popular = {c: logit((now_taken[c] + BEFORE * share[c]) / (now_could[c] + BEFORE)) for c in categories}
    path = {}
    for of in categories:
        for to in categories:
            path[of, to] = logit((path_taken[of, to] + WEIGHT * share[to]) / (path_could[of, to] + WEIGHT)) - logit(share[to])
    bought = {c: sum(own.get(c, "9") <= split for own in shop.values()) for c in categories}

    rows, expected, hit = [], 0.0, 0
    for own in shop.values():
        had = {c for c, day in own.items() if day <= split}
        later = [entry for entry in entries(own, last) if entry[0] > split]
        if not had or not later:
            continue
        new = later[0][2]
        model = {c: popular[c] + sum(path[of, c] for of in sorted(had)) / math.sqrt(len(had)) for c in categories if c not in had}
        ranks = []
        for score in (model, popular, bought):
            order = sorted((c for c in categories if c not in had), key=lambda c: (-score[c], c))
            ranks.append(next((at + 1 for at, c in enumerate(order) if c in new), None))
            if score is model:
                expected += sum(1 / (1 + math.exp(-model[c])) for c in order[:most])
                hit += sum(c in new for c in order[:most])
        rows.append(ranks)
    n = len(rows)
    hits = [sum(ranks[at] is not None and ranks[at] <= most for ranks in rows) for at in range(3)]
    reciprocal = [[1 / ranks[at] if ranks[at] else 0.0 for ranks in rows] for at in range(3)]
    means = [math.fsum(values) / n for values in reciprocal]
    better = 2 if means[2] > means[1] else 1
    gains = [one - other for one, other in zip(reciprocal[0], reciprocal[better])]
    gain = math.fsum(gains) / n
    error = math.sqrt(math.fsum((one - gain) ** 2 for one in gains) / (n - 1) / n)
    return [total, n, *hits, *means, gain, error, expected, hit]


with open(HERE / "online_retail_trials.csv", "w") as out:
    out.write(f"# next categories of {SOURCE}, by Python's standard library from the written definition\n")
    out.write("start,end,digits,most,entries,customers,hits_paths,hits_popularity,hits_most_bought,"
              "rank_paths,rank_popularity,rank_most_bought,gain,standard_error,expected,taken\n")
    for start, end, digits in TRIALS:
        shop = {}
        for customer, own in firsts.items():
            short = shop.setdefault(customer, {})
            for category, day in own.items():
                short[category[:digits]] = min(day, short.get(category[:digits], day))
        found = trial(shop, start, end, MOST)
        out.write(f"{start},{end},{digits},{MOST}," + ",".join(map(repr, found)) + "\n")
        print(start, end, digits, found)
