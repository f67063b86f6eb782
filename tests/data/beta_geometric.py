"""Writes beta_geometric_*.csv beside itself: what a living BG/NBD or MBG/NBD customer will do, by mpmath at 30 digits.
Values are exact functions of the binary64 arguments as written; nothing here is the crate's own output.

The expectation is the integral over the dropout probability p, by mpmath's adaptive quadrature between break points
at the scales of both factors; where an argument of the beta density is 1 or less, over p^a or (1 - p)^b. The
probability is the textbook's, its negative binomial tail by the continued fraction of DLMF 8.17.22.

    pip install mpmath && python3 tests/data/beta_geometric.py
"""
import pathlib, random
from mpmath import mp, mpf, loggamma, log, log1p, exp, expm1, sqrt, quad, nstr

HERE = pathlib.Path(__file__).parent
mp.dps = 30


def ln_beta(a, b):
    return loggamma(a) + loggamma(b) - loggamma(a + b)


def expected(shape, rate, a, b, t):
    k, a, b, odds = mpf(shape), mpf(a), mpf(b), mpf(t) / mpf(rate)
    whole, half = ln_beta(a, b), mpf(1) / 2
    purchases = lambda p: -expm1(-k * log1p(p * odds)) / p if p > 0 else k * odds
    # The scales of p on which the purchases and the beta density vary.
    scales = [1 / (k * odds), 1 / odds]
    multiples = [mpf(10) ** e * m for e in range(-6, 7) for m in (1, 2, 4)]
    middle, width = log(a / b), sqrt(1 / a + 1 / b)
    density = lambda y: -a * log1p(exp(-y)) - b * log1p(exp(y))

    def end(sign):
        """The log-odds beyond which the integrand is below e^-120 of its peak."""
        y, step = mpf(0), mpf(1)
        while (y - middle) * sign <= 0 or density(y) - density(middle) > -120 - abs(log(scales[0])):
            y, step = y + sign * step, step * mpf("1.3")
        return y

    value, low, high = mpf(0), mpf(0), mpf(0)
    if a > 1:
        low = end(-1)
    else:
        cuts = sorted({min(half, m * s) for m in multiples for s in scales + [1 / b]} | {half})
        near_zero = lambda u: purchases(u ** (1 / a)) * exp((b - 1) * log1p(-u ** (1 / a)) - whole)
        value += quad(near_zero, [mpf(0)] + [p**a for p in cuts]) / a
    if b > 1:
        high = end(1)
    else:
        cuts = sorted({min(half, m / a) for m in multiples} | {half})
        near_one = lambda w: purchases(1 - w ** (1 / b)) * exp((a - 1) * log1p(-w ** (1 / b)) - whole)
        value += quad(near_one, [mpf(0)] + [q**b for q in cuts]) / b
    if low < high:
        cuts = {middle + sign * width * j for sign in (1, -1) for j in (0, 0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24)}
        cuts |= {log(s) + d for s in scales for d in (-8, -4, -2, -1, 0, 1, 2, 4, 8)}
        cuts |= {mpf(3 * j) for j in range(-14, 15)}
        integrand = lambda y: exp(density(y) - whole) * purchases(1 / (1 + exp(-y)))
        value += quad(integrand, sorted({y for y in cuts if low < y < high} | {low, high}))
    return value


def tails(a, b, z):
    """I_z(a, b) and its complement, by the continued fraction on the side of the mean."""
    y = 1 - z
    if z * (a + b + 2) > a + 1:
        return tails(b, a, y)[::-1]
    n, fraction, c, d = 0, mpf(1), mpf(1), mpf(0)
    while abs(c * d - 1) > mpf(10) ** (8 - mp.dps):
        n += 1
        m = n // 2
        if n % 2:
            k = -(a + m) * (a + b + m) * z / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            k = m * (b - m) * z / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / (1 + k * d)
        c = 1 + k / c
        fraction *= c * d
    lower = exp(a * log(z) + b * log(y) - ln_beta(a, b)) / a / fraction
    return lower, 1 - lower


def probability(shape, rate, a, b, n, t):
    k, a, b, t, odds = mpf(shape), mpf(a), mpf(b), mpf(t), mpf(t) / mpf(rate)
    ln_exactly = loggamma(k + n) - loggamma(k) - loggamma(mpf(n) + 1) - k * log1p(odds) + n * log(odds / (1 + odds))
    value = exp(ln_beta(a, b + n) - ln_beta(a, b) + ln_exactly)
    if n > 0:
        value += exp(ln_beta(a + 1, b + n - 1) - ln_beta(a, b)) * tails(mpf(n), k, odds / (1 + odds))[0]
    return value


def size(low, high):
    return float("%.3g" % 10 ** random.uniform(low, high))


def customers():
    """CDNOW's parameters at growing histories, edges of the theory, and everything between the extremes."""
    for x in (0, 1, 30, 5000):
        for T in (0.14285714285714285, 38.86, 10000.0):
            for t in (0.14285714285714285, 39.0, 10000.0):
                yield 0.243 + x, 4.414 + T, 0.793, 2.426 + x, t
    for a in (1.0, 1.000000001, 0.999999, 0.0001):
        for b in (0.0001, 0.5, 30.0):
            for t in (1e-8, 5.0, 1e6):
                yield 2.5, 3.0, a, b, t
    yield 1e4, 3.0, 1e10, 1e10, 7.0
    yield 1e6, 1.0, 0.3, 1e10, 1e6
    random.seed(7)
    for i in range(110):
        shape, rate = size(-4, 6), size(-4, 6)
        a = (size(-4, 6), size(-1, 1))[i % 2]
        b = (size(-4, 6), size(-1, 2))[i // 2 % 2]
        t = (size(-6, 6), rate * size(-1, 1), rate * size(-1, 1) / shape)[i % 3]
        yield shape, rate, a, b, min(float("%.4g" % t), 1e6)


def write(name, columns, rows):
    lines = ["# tests/data/beta_geometric.py: mpmath at 30 digits, of the binary64 arguments as written", columns]
    lines += [",".join([repr(v) for v in row[:-1]] + [nstr(row[-1], 20)]) for row in rows]
    (HERE / name).write_text("\n".join(lines) + "\n")


def probability_rows():
    for i, (shape, rate, a, b, t) in enumerate(customers()):
        mean = min(shape * t / rate, 9000.0)
        for n in (0, (1, 2, 17)[i % 3], (int(mean), 171, 1000)[i % 3]):
            value = probability(shape, rate, a, b, n, t)
            # Beyond the exponents of binary64 there is nothing to compare.
            if value > mpf("1e-290") and (n > 0 or i % 5 == 0):
                yield shape, rate, a, b, n, t, value


write("beta_geometric_expected.csv", "shape,rate,a,b,t,value", ((*c, expected(*c)) for c in customers()))
write("beta_geometric_probability.csv", "shape,rate,a,b,n,t,value", probability_rows())
