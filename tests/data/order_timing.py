"""Writes cdnow_order_timing.csv beside itself: how long the customers of the CDNOW sample take to the next purchase day.

    pip install lifelines==0.30.3
    python tests/data/order_timing.py

From the first purchase day to the second, and from the second to the third, as of 1998-06-30: Kaplan-Meier curves, their log-log
intervals and medians by lifelines. One row for each number of days after which somebody came again. Shares no code with the crate.
"""

from pathlib import Path

import lifelines
import pandas
from lifelines import KaplanMeierFitter
from lifelines.utils import qth_survival_times

HERE = Path(__file__).parent
AS_OF = pandas.Timestamp("1998-06-30")

orders = pandas.read_csv(HERE / "../../examples/data/cdnow_orders.csv", dtype=str, comment="#")
orders.columns = ["customer", "day", "amount"][: len(orders.columns)]
days = orders[["customer", "day"]].drop_duplicates()
days = days.assign(day=pandas.to_datetime(days.day)).sort_values(["customer", "day"])
days["place"] = days.groupby("customer").cumcount() + 1
days["next"] = days.groupby("customer").day.shift(-1)

with open(HERE / "cdnow_order_timing.csv", "w") as out:
    out.write(f"# order_timing.py: lifelines {lifelines.__version__}; at 0 days: customers, those who came again, and the days by\n"
              "# which a quarter of them have\n")
    out.write("nth,days,at_risk,returned,survival,low,high\n")
    for nth in [1, 2]:
        own = days[days.place == nth]
        waits = (own.next.fillna(AS_OF) - own.day).dt.days
        fitter = KaplanMeierFitter().fit(waits, own.next.notna())
        quarter = qth_survival_times(0.75, fitter.survival_function_)
        quarter = float(quarter if not hasattr(quarter, "iloc") else quarter.iloc[0, 0])
        out.write(f"{nth},0,{len(own)},{int(own.next.notna().sum())},{quarter!r},,\n")
        for time, row in fitter.event_table.iterrows():
            if row.observed > 0:
                ends = fitter.confidence_interval_.loc[time]
                numbers = [fitter.survival_function_.loc[time].iloc[0], ends.iloc[0], ends.iloc[1]]
                out.write(",".join([str(nth), str(int(time)), str(int(row.at_risk)), str(int(row.observed)),
                                    *(repr(float(number)) for number in numbers)]) + "\n")
