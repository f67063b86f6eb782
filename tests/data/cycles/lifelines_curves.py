"""Writes online_retail_lines.csv and lifelines_curves.csv beside itself, from UCI Online Retail's lines.

    pip install lifelines==0.30.3 statsmodels==0.15.0
    python lifelines_curves.py online_retail_lines.csv.gz

The input has a row for each line: invoice, stock_code, quantity, invoice_date, unit_price, customer_id, country. Kept
are the lines of a few products with a known customer and a quantity above 0. Shares no code with the crate: purchases
and gaps by pandas, curves and log-log intervals by lifelines, Greenwood's standard error by statsmodels.
"""

import sys
from fractions import Fraction
from pathlib import Path

import lifelines
import pandas
import statsmodels
from lifelines import KaplanMeierFitter
from lifelines.utils import median_survival_times, qth_survival_times
from statsmodels.duration.survfunc import SurvfuncRight

PRODUCTS = {
    "85099B": "a bag that shops reorder",
    "22423": "a cake stand, the product with most customers",
    "C2": "carriage, few customers and many purchases",
    "23843": "one customer, once",
}
AS_OF = pandas.Timestamp("2011-12-09")
HERE = Path(__file__).parent

lines = pandas.read_csv(sys.argv[1], dtype=str)
lines = lines[lines.customer_id.notna() & (lines.quantity.astype(int) > 0) & lines.stock_code.isin(PRODUCTS)]
lines = lines[["customer_id", "invoice_date", "stock_code", "quantity", "unit_price"]]
with open(HERE / "online_retail_lines.csv", "w") as out:
    out.write("# UCI Online Retail (Chen, Sain and Guo 2012, doi 10.1057/dbm.2012.17, CC BY 4.0): lines of four products "
              "with a known customer and a quantity above 0\n")
    lines.to_csv(out, index=False, lineterminator="\n")

lines["day"] = pandas.to_datetime(lines.invoice_date).dt.normalize()
lines["quantity"] = lines.quantity.astype(int)
bought = lines.groupby(["stock_code", "customer_id", "day"], as_index=False).quantity.sum()
bought["next"] = bought.groupby(["stock_code", "customer_id"]).day.shift(-1)
bought["returned"] = bought.next.notna()
bought["gap"] = (bought.next.fillna(AS_OF) - bought.day).dt.days

with open(HERE / "lifelines_curves.csv", "w") as out:
    out.write(f"# lifelines_curves.py: lifelines {lifelines.__version__} (curve, log-log 95% interval, medians), statsmodels "
              f"{statsmodels.__version__} (standard error)\n")
    out.write("product,scale,kind,days,at_risk,returned,waiting,survival,standard_error,low,high\n")
    for product, own in bought.groupby("stock_code"):
        quantities = sorted(own.quantity)
        usual = quantities[(len(quantities) - 1) // 2]
        for scale in ["calendar", "quantity"]:
            if scale == "calendar":
                days = own.gap.astype(float)
            else:
                pairs = zip(own.gap, own.quantity)
                days = pandas.Series([float(Fraction(gap * usual, quantity)) for gap, quantity in pairs], own.index)
            fitter = KaplanMeierFitter().fit(days, own.returned)
            errors = SurvfuncRight(days, own.returned.astype(int)) if own.returned.any() else None
            # lifelines begins every timeline with 0 days.
            table = fitter.event_table[fitter.event_table.observed + fitter.event_table.censored > 0]
            for time, row in table.iterrows():
                bounds = fitter.confidence_interval_.loc[time]
                error = 0.0
                if errors is not None and (errors.surv_times <= time).any():
                    error = errors.surv_prob_se[errors.surv_times <= time][-1]
                values = [fitter.survival_function_.loc[time].iloc[0], error, bounds.iloc[0], bounds.iloc[1]]
                counts = [int(row.at_risk), int(row.observed), int(row.censored)]
                out.write(",".join([product, scale, "step", repr(float(time)), *map(str, counts),
                                    *(repr(float(value)) for value in values)]) + "\n")
            for share in [0.25, 0.5]:
                at = qth_survival_times(1 - share, fitter.survival_function_)
                at = float(at if not hasattr(at, "iloc") else at.iloc[0, 0])
                ends = qth_survival_times(1 - share, fitter.confidence_interval_).iloc[0]
                low, high = sorted([float(ends.iloc[0]), float(ends.iloc[1])])
                naive = float("nan")
                if own.returned.any():
                    gaps = sorted(days[own.returned])
                    naive = gaps[(len(gaps) - 1) // 2]
                out.write(f"{product},{scale},quantile_{share},{at!r},{len(own)},{int(own.returned.sum())},"
                          f"{int((~own.returned).sum())},,{naive!r},{low!r},{high!r}\n")
