"""Writes cdnow_holdout_log_scores.csv beside itself: what four models, fitted to the CDNOW sample up to 1997-09-30, say of
the 39 weeks after it, from their textbook densities in mpmath at 30 digits. Nothing here is the crate's own output.

- log_score: mean over customers of ln f(x, t_x | T) on 1998-06-30 less that on 1997-09-30
- brier, auc_buys_again: of 1 - P(no purchase in 39 weeks), against purchases in them

Parameters of BG/NBD, MBG/NBD and Pareto/NBD are maxima found by Newton's method in mpmath; NBD's is found here.

    pip install mpmath && python3 tests/data/holdout.py
"""
import csv, functools, pathlib
from mpmath import mp, mpf, loggamma, log, exp, quad, psi, findroot, nstr

HERE = pathlib.Path(__file__).parent
mp.dps = 30


def rows(name):
    lines = [line for line in (HERE / name).read_text().splitlines() if not line.startswith("#")]
    return {row["customer"]: (int(row["x"]), float(row["t_x"]), float(row["T"])) for row in csv.DictReader(lines)}


CAL, FULL = rows("cdnow_summary_cal.csv"), rows("cdnow_summary_full.csv")
HORIZON = mpf(39)


def gamma_part(r, alpha, x, time):
    return loggamma(r + x) - loggamma(r) + r * log(alpha) - (r + x) * log(alpha + time)


def lbeta(a, b):
    return loggamma(a) + loggamma(b) - loggamma(a + b)


class Nbd:
    def __init__(self, r, alpha):
        self.r, self.alpha = r, alpha

    def parts(self, x, t_x, age):
        """Log densities of the purchases and being alive, and of them and having left."""
        return gamma_part(self.r, self.alpha, x, age), None

    def none_if_alive(self, x, age):
        return ((self.alpha + age) / (self.alpha + age + HORIZON)) ** (self.r + x)


class Geometric(Nbd):
    def __init__(self, extra, r, alpha, a, b):
        super().__init__(r, alpha)
        self.extra, self.a, self.b = extra, a, b

    def parts(self, x, t_x, age):
        a, b, c = self.a, self.b, x + self.extra
        alive = gamma_part(self.r, self.alpha, x, age) + lbeta(a, b + c) - lbeta(a, b)
        left = gamma_part(self.r, self.alpha, x, t_x) + lbeta(a + 1, b + c - 1) - lbeta(a, b) if c > 0 else None
        return alive, left


class Pareto(Nbd):
    def __init__(self, r, alpha, s, beta):
        super().__init__(r, alpha)
        self.s, self.beta = s, beta

    def parts(self, x, t_x, age):
        s, beta = self.s, self.beta
        alive = gamma_part(self.r, self.alpha, x, age) - s * log((beta + age) / beta)
        density = lambda u: exp(gamma_part(self.r, self.alpha, x, u)) * s / beta * (beta / (beta + u)) ** (s + 1)
        left = log(quad(density, [mpf(t_x), (mpf(t_x) + age) / 2, mpf(age)])) if age > t_x else None
        return alive, left

    def none_if_alive(self, x, age):
        k, rate, s, beta = self.r + x, self.alpha + age, self.s, self.beta + age
        leaves = lambda u: s / beta * (beta / (beta + u)) ** (s + 1) * (rate / (rate + u)) ** k
        stays = (rate / (rate + HORIZON)) ** k * (beta / (beta + HORIZON)) ** s
        return stays + quad(leaves, [0, HORIZON / 4, HORIZON])


def nbd():
    def slopes(r, alpha):
        by_r = sum(psi(0, r + x) - psi(0, r) + log(alpha / (alpha + age)) for x, _, age in CAL.values())
        return by_r, sum(r / alpha - (r + x) / (alpha + age) for x, _, age in CAL.values())
    return Nbd(*findroot(slopes, (mpf("0.4"), mpf(15))))


def scores(model):
    @functools.cache
    def parts(x, t_x, age):
        alive, left = model.parts(x, t_x, age)
        total = alive if left is None else alive + log(1 + exp(left - alive))
        return total, exp(alive - total)

    @functools.cache
    def buys(x, t_x, age):
        return parts(x, t_x, age)[1] * (1 - model.none_if_alive(x, age))

    n = len(CAL)
    log_score = sum(parts(*FULL[id])[0] - parts(*CAL[id])[0] for id in CAL) / n
    p = {id: buys(*CAL[id]) for id in CAL}
    again = {id: FULL[id][0] > CAL[id][0] for id in CAL}
    brier = sum((p[id] - again[id]) ** 2 for id in CAL) / n
    yes, no = [p[id] for id in CAL if again[id]], [p[id] for id in CAL if not again[id]]
    auc = mpf(sum((y > z) * 2 + (y == z) for y in yes for z in no)) / (2 * len(yes) * len(no))
    return log_score, auc, brier


MODELS = {
    "nbd": nbd(),
    "mbg_nbd": Geometric(1, *map(mpf, ("0.5248431591062975858587", "6.183085279576004952045", "0.8913593907322158482923", "1.614002240170343860841"))),
    "pareto_nbd": Pareto(*map(mpf, ("0.5532770468531795996517", "10.57768346330231496677", "0.6062399891278262994649", "11.66873528885501092573"))),
    "bg_nbd": Geometric(0, *map(mpf, ("0.2425945224301570836258", "4.41360201901350375613", "0.7929220172255975872943", "2.42590677682633206942"))),
}
lines = ["# tests/data/holdout.py: mpmath at 30 digits", "model,log_score,auc_buys_again,brier"]
for name, model in MODELS.items():
    lines.append(",".join([name, *(nstr(v, 17) for v in scores(model))]))
    print(lines[-1], model.r, model.alpha, flush=True)
(HERE / "cdnow_holdout_log_scores.csv").write_text("\n".join(lines) + "\n")
