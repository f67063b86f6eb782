"""Writes outlook.csv to its standard output: how many purchases a customer makes, by which day the next comes and what
they bring, by mpmath at 30 digits. Values are exact functions of the binary64 arguments as written; nothing here is the
crate's own output.

Times are days. P(alive), the probabilities of a count and of no purchase are the definitions: a living customer of
NBD, BG/NBD or MBG/NBD by the negative binomial and the beta functions, tails as sums of what is below; of Pareto/NBD by
quadrature over the moment of the nth purchase. A quantile is the smallest count whose sum of probabilities reaches it, a
day the smallest whose probability does, found by bisection; an amount is where the mixture of incomplete beta functions
over the counts reaches it, by the secant method.

    pip install mpmath && python3 tests/data/predict/outlook.py > tests/data/predict/outlook.csv
"""
from mpmath import mp, mpf, loggamma, log, log1p, exp, quad, betainc, findroot, nstr, inf

mp.dps = 30
PROBABILITIES = [0.05, 0.5, 0.95, 0.999]


def ln_beta(a, b):
    return loggamma(a) + loggamma(b) - loggamma(a + b)


class Customer:
    """A customer of a model: P(alive), and P(Y >= n) while alive."""

    def __init__(self, model, params, x, t_x, T):
        self.model, (r, alpha) = model, map(mpf, params[:2])
        t_x, T = mpf(t_x), mpf(T)
        self.k, self.rate = r + x, alpha + T
        self.alive = mpf(1)
        if model in ("bg_nbd", "mbg_nbd"):
            a, b = map(mpf, params[2:])
            chances = x + (model == "mbg_nbd")
            self.a, self.b = a, b + chances
            if chances:
                odds = a / (b + chances - 1) * exp(self.k * log((alpha + T) / (alpha + t_x)))
                self.alive = 1 / (1 + odds)
        if model == "pareto_nbd":
            s, beta = map(mpf, params[2:])
            self.s, self.beta = s, beta + T
            still = exp(-self.k * log((alpha + T) / (alpha + t_x)) - s * log((beta + T) / (beta + t_x)))
            left = quad(
                lambda u: exp(-self.k * log((alpha + u) / (alpha + t_x)) - s * log((beta + u) / (beta + t_x))) * s / (beta + u),
                [t_x, t_x + (T - t_x) / 8, t_x + (T - t_x) / 2, T],
            )
            self.alive = still / (still + left)

    def exactly(self, n, t):
        """P(N = n) without dropout."""
        z = t / (self.rate + t)
        return exp(loggamma(self.k + n) - loggamma(self.k) - loggamma(mpf(n) + 1) + n * log(z) + self.k * log1p(-z))

    def at_least(self, n, t):
        """P(Y >= n) of a customer who may have left."""
        t = mpf(t)
        if t == 0:
            return mpf(0)
        if self.model == "pareto_nbd":
            # The nth purchase comes at u, and the customer is still there.
            front = loggamma(self.k + n) - loggamma(self.k) - loggamma(mpf(n)) + self.k * log(self.rate)
            moment = lambda u: exp(
                front + (n - 1) * log(u) - (self.k + n) * log(self.rate + u) - self.s * log1p(u / self.beta)
            )
            cuts = [mpf(0)] + [t / 4**j for j in range(8, 0, -1)] + [t / 2, 3 * t / 4, t]
            return self.alive * quad(moment, cuts)
        below = mpf(0)
        while_alive = None
        for count in range(n):
            below += self.exactly(count, t)
        while_alive = 1 - below
        if self.model != "nbd":
            while_alive *= exp(ln_beta(self.a, self.b + n - 1) - ln_beta(self.a, self.b))
        return self.alive * while_alive

    def buys(self, t):
        t = mpf(t)
        if t == 0:
            return mpf(0)
        if self.model == "pareto_nbd":
            return self.at_least(1, t)
        return self.alive * (1 - (self.rate / (self.rate + t)) ** self.k)

    def tails(self, t):
        """P(Y >= 1), P(Y >= 2), ... down to 1e-12."""
        found = []
        while not found or found[-1] > mpf(10) ** -12:
            found.append(self.at_least(len(found) + 1, t))
        return found

    def first_day(self, probability):
        low, high = 0, 1
        while self.buys(high) < probability:
            low, high = high, 2 * high
            if high >= 2**32:
                return ""
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.buys(middle) >= probability else (middle, high)
        return high


def amount(tails, p, shape, scale, probability):
    """The amount that is not exceeded with this probability."""
    counts = [tail - (tails[n + 1] if n + 1 < len(tails) else 0) for n, tail in enumerate(tails)]
    if 1 - tails[0] >= probability:
        return mpf(0)

    def excess(ln_s):
        s = exp(ln_s)
        below = sum(w * betainc(p * (n + 1), shape, 0, s / (s + scale), regularized=True) for n, w in enumerate(counts))
        return 1 - tails[0] + below - probability

    low, high = log(scale) - 60, log(scale) + 60
    for _ in range(10):
        middle = (low + high) / 2
        low, high = (low, middle) if excess(middle) > 0 else (middle, high)
    return exp(findroot(excess, (low, high), solver="anderson", tol=mpf(10) ** -25))


MODELS = [
    ("nbd", [0.385, 84.5]),
    ("mbg_nbd", [0.525, 43.25, 0.891, 1.614]),
    ("bg_nbd", [0.2426, 30.9, 0.793, 2.426]),
    ("pareto_nbd", [0.553, 74.05, 0.606, 81.7]),
    ("mbg_nbd", [3.0, 20.0, 0.002, 11.9]),
    ("pareto_nbd", [2.5, 15.0, 0.08, 900.0]),
]
CUSTOMERS = [(0, 0, 0, 90), (0, 0, 272, 90), (2, 213, 272, 90), (7, 250, 272, 28), (1, 6, 272, 365), (25, 260, 270, 180)]
SPEND = [(6.25, 3.74, 15.44, 30.0), (0.8, 0.7, 40.0, 55.5)]

print("# " + __doc__.strip().splitlines()[0].replace("Writes outlook.csv to its standard output: h", "H"))
print("# by mpmath 1.3.0 at 30 digits; made by tests/data/predict/outlook.py.")
head = ["model", "p1", "p2", "p3", "p4", "x", "t_x", "T", "horizon", "buys"]
head += ["q05", "q50", "q95", "q999", "median", "early", "late", "p", "q", "gamma", "m", "v05", "v50", "v95"]
print(",".join(head))
for number, (model, params) in enumerate(MODELS):
    for row, (x, t_x, T, horizon) in enumerate(CUSTOMERS):
        customer = Customer(model, params, x, t_x, T)
        tails = customer.tails(horizon)
        quantiles = [next(n for n, tail in enumerate(tails) if 1 - tail >= mpf(p)) for p in PROBABILITIES]
        buys = customer.buys(horizon)
        days = [customer.first_day(p) for p in (mpf(0.5), mpf(0.1) * buys, mpf(0.9) * buys)]
        p, q, gamma, m = SPEND[(number + row) % 2]
        scale = mpf(gamma) + x * mpf(m)
        amounts = [amount(tails, mpf(p), mpf(p) * x + mpf(q), scale, mpf(level)) for level in (0.05, 0.5, 0.95)]
        cells = [model, *(params + ["", ""])[:4], x, t_x, T, horizon, nstr(buys, 20), *quantiles, *days, p, q, gamma, m]
        print(",".join(map(str, cells + [nstr(v, 17) for v in amounts])), flush=True)
