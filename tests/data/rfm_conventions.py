#!/usr/bin/env python3
"""Our R of the 4,338 customers of Online Retail beside that of four other tools, from the written definition alone.

    rfm_conventions.py

Reads online_retail_conventions.csv, which holds the other tools' scores, and prints what tests/segment/conventions.rs
expects: the cut points of R in days ago, and of the customers whose R differs, by tool, how many there are, how many
have a last day that is a cut point, and by how much their R differs. Python's standard library alone; it shares no code
with the crate.
"""

import csv
from collections import Counter
from pathlib import Path

BINS = 5

with open(Path(__file__).with_name("online_retail_conventions.csv"), encoding="utf-8") as file:
    rows = list(csv.reader(line for line in file if not line.startswith("#")))
header, rows = rows[0], rows[1:]
days_ago = [int(row[1]) for row in rows]
n = len(rows)

# R = k - (k * above) / N, where `above` customers bought strictly later: fewer days ago.
above = {days: sum(1 for other in days_ago if other < days) for days in set(days_ago)}
ours = [BINS - BINS * above[days] // n for days in days_ago]
# The longest ago that still has each score from 2 on.
cuts = [max(days for days, score in zip(days_ago, ours) if score >= least) for least in range(2, BINS + 1)]
print("cuts in days ago:", cuts, "customers at them:", [days_ago.count(cut) for cut in cuts])

for column in range(4, len(header)):
    theirs = [int(row[column][0]) for row in rows]
    differ = [(days, their - our) for days, our, their in zip(days_ago, ours, theirs) if our != their]
    at_cut = sum(1 for days, _ in differ if days in cuts)
    print(header[column], "differ:", len(differ), "at a cut:", at_cut, "by:", dict(Counter(by for _, by in differ)),
          "days:", sorted(set(days for days, _ in differ)))
