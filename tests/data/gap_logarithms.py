"""Prints gap_logarithms.csv: ln(days) in units of 2^-32, to the nearest, of whole days below 2^16, by mpmath at 40 digits.

Of every thousandth row of days: the integer, and over all smaller days the sum of the integers and of each times its days,
which miss no wrong one. It fails where a logarithm of double precision, of an error below 1.9 units in the last place, could
give another integer.

    pip install mpmath && python3 tests/data/gap_logarithms.py > tests/data/gap_logarithms.csv
"""
import math

from mpmath import floor, log, mp, mpf

mp.dps = 40
LAST = 2**16 - 1

total, by_days, closest = 0, 0, mpf(100)
print("# tests/data/gap_logarithms.py: mpmath at 40 digits")
print("days,logarithm,sum_below,sum_of_products_below")
for days in range(1, LAST + 1):
    units = log(days) * 2**32
    nearest = int(floor(units + 0.5))
    if days > 1:
        ulp = math.ulp(float(units))
        closest = min(closest, abs(units - floor(units) - 0.5) / ulp)
    if days % 1000 == 1 or days == LAST:
        print(f"{days},{nearest},{total},{by_days}")
    total += nearest
    by_days += days * nearest
assert closest > 1.9, closest
