"""Writes special_*.csv beside itself: special functions at hard points, from their textbook formulas in mpmath at 60
digits. Values are exact functions of the binary64 arguments as written; nothing here is the crate's own output.

    pip install mpmath && python3 tests/data/special.py
"""
import pathlib
from mpmath import mp, mpf, loggamma, psi, log, exp, nstr

HERE = pathlib.Path(__file__).parent
mp.dps = 60


def field(v):
    return v if isinstance(v, str) else repr(v) if isinstance(v, float) else nstr(v, 18)


def write(name, columns, rows, how="mpmath at 60 digits"):
    lines = [f"# tests/data/special.py: {how}, of the binary64 arguments as written", columns]
    lines += [",".join(field(v) for v in row) for row in rows]
    (HERE / name).write_text("\n".join(lines) + "\n")


def gamma_rows():
    small = (1e-10, 1e-4, 0.03, 0.5, 0.999999, 1.0, 1.4616321449683622, 1.5, 2.0, 2.5, 9.99)
    for z in small + (10.0, 37.25, 1e3, 1e6 + 0.5, 1e10, 1e14):
        m = mpf(z)
        yield "ln_gamma", z, 0.0, loggamma(m)
        yield "trigamma", z, 0.0, psi(1, m)
    for z in (1e-10, 0.243, 1.46, 9.5, 10.0, 123.4, 1e6, 1e14):
        for d in (1e-9, 0.5, 1.0, 16.0, 17.0, 171.3, 1e6, 1e10):
            m, n = mpf(z), mpf(z) + mpf(d)
            yield "ln_rising", z, d, loggamma(n) - loggamma(m)
            yield "digamma_difference", z, d, psi(0, n) - psi(0, m)
            yield "trigamma_difference", z, d, psi(1, n) - psi(1, m)


def ln_beta(a, b):
    return loggamma(a) + loggamma(b) - loggamma(a + b)


def beta_rows():
    sizes = (1e-10, 1e-4, 0.3, 1.0, 2.5, 9.99, 10.5, 200.0, 1e4, 1e6, 1e10, 1e14)
    for i, a in enumerate(sizes):
        for b in sizes[i:]:
            yield "ln_beta", a, b, 0.0, ln_beta(mpf(a), mpf(b))
    for a in (1e-8, 1e-4, 0.793, 1e6, 1e14):
        for b in (1e-4, 2.426, 9.7, 1e6, 1e10, 1e14):
            for x in (1e-6, 2.5, 16.0, 17.0, 1e4):
                m, n, d = mpf(a), mpf(b), mpf(x)
                yield "ln_beta_ratio", a, b, x, ln_beta(m, n + d) - ln_beta(m, n)


def tails(a, b, z):
    """I_z(a, b) and its complement, by the continued fraction of DLMF 8.17.22 on the side of the mean."""
    y = 1 - z
    if z * (a + b + 2) > a + 1:
        return tails(b, a, y)[::-1]
    tiny, n = mpf(10) ** -200, 0
    fraction, c, d = mpf(1), mpf(1), mpf(0)
    while True:
        n += 1
        m = n // 2
        if n % 2:
            k = -(a + m) * (a + b + m) * z / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            k = m * (b - m) * z / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / ((1 + k * d) or tiny)
        c = (1 + k / c) or tiny
        fraction *= c * d
        if abs(c * d - 1) < mpf(10) ** (10 - mp.dps):
            break
    lower = exp(a * log(z) + b * log(y) - ln_beta(a, b)) / a / fraction
    return lower, 1 - lower


def incomplete_beta_rows():
    sizes = (1e-10, 1e-4, 0.3, 1.0, 9.0, 1e3, 1e6)
    for a in sizes:
        for b in sizes:
            mean = a / (a + b)
            spread = (mean * (1 - mean) / (a + b + 1)) ** 0.5
            for z in sorted({z for z in (mean, mean + 4 * spread, mean - 4 * spread, 1e-9, 0.5) if 0 < z < 1}):
                lower, upper = tails(mpf(a), mpf(b), mpf(z))
                # Beyond the exponents of binary64 there is nothing to compare.
                if min(lower, upper) > mpf("1e-290"):
                    yield a, b, z, lower, upper


def survival(b, c, discount):
    """The sum of (b)_n / (c)_n (1 + d)^-n itself, in integers of 200 binary places, until the tail is below 1e-22."""
    one, scale = 1 << 200, 1 << 100
    b, c, growth = (int(mpf(v) * scale) for v in (b, c, 1 + mpf(discount)))
    total, term = 0, one
    while term > total * int(discount * 2**60) >> 133:
        total += term
        term = term * b * scale // (c * growth)
        b, c = b + scale, c + scale
    return mpf(total) / one


def survival_rows():
    for b in (1e-4, 0.3, 2.5, 40.0, 1e6):
        for left in (0.0, 1e-4, 0.2, 6.0, 1e3, 1e6):
            for discount in (1e-4, 1e-2, 1.0, 30.0):
                if discount > 1e-3 or b in (0.3, 1e6):
                    yield b, b + left, discount, survival(b, b + left, discount)


write("special_gamma.csv", "function,z,d,value", gamma_rows())
write("special_beta.csv", "function,a,b,x,value", beta_rows())
write("special_incomplete_beta.csv", "a,b,z,lower,upper", incomplete_beta_rows())
write("special_survival.csv", "b,c,discount,value", survival_rows(), "the sum itself, in 200-bit integers")
