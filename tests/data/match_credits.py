"""Ties the credits of Online Retail to the orders that they give back whole, by the definition of `match_credits`.

    python3 tests/data/match_credits.py > tests/data/online_retail_matches.csv

Straight from the words, and slow: for each credit in the order of time, every order of the same customer that is not
after it and whose amount is the credit's, unless an earlier credit took it; of these the latest. Of one instant, the
later row is the later one. Positions are those of the rows of `online_retail_orders.csv`, from 0.
"""

import csv
import os
from decimal import Decimal

FOLDER = os.path.dirname(os.path.abspath(__file__))


def main():
    with open(os.path.join(FOLDER, "online_retail_orders.csv"), newline="") as file:
        rows = [(r["customer_id"], r["placed_at"], Decimal(r["amount"])) for r in csv.DictReader(file)]
    of_customer = {}
    for position, (customer, _, _) in enumerate(rows):
        of_customer.setdefault(customer, []).append(position)
    credits = sorted((placed_at, position) for position, (_, placed_at, amount) in enumerate(rows) if amount < 0)
    taken, tied = set(), []
    for issued_at, credit in credits:
        customer, _, amount = rows[credit]
        open_orders = [
            (rows[order][1], order)
            for order in of_customer[customer]
            if rows[order][2] == -amount and rows[order][1] <= issued_at and order not in taken
        ]
        if open_orders:
            order = max(open_orders)[1]
            taken.add(order)
            tied.append((credit, order))
    loose = [credit for _, credit in credits if credit not in dict(tied)]
    total = lambda positions: sum(-rows[position][2] for position in positions)
    print("# Made by tests/data/match_credits.py from online_retail_orders.csv (UCI Online Retail, CC BY 4.0).")
    print(f"# {len(tied)} credits of {total(c for c, _ in tied)} are tied, {len(loose)} of {total(loose)} are not.")
    print("credit,order")
    for credit, order in sorted(tied):
        print(f"{credit},{order}")


main()
