"""Prints cnbd_mixture.csv: what MBG/CNBD-k and BG/CNBD-k say of customers of unknown k, by mpmath at 40 digits.

By the formulas of a customer's story, in another form than the crate's: of each k the future is a sum over the phases that
pass after the last purchase, given the silence, not over the phase at the end. Values are exact functions of the binary64
arguments as printed; where ln_gaps is empty, the gaps are not known, and the density is that of their sum t_x.

    pip install mpmath && python3 tests/data/predict/cnbd.py > tests/data/predict/cnbd_mixture.csv
"""
from mpmath import beta, exp, gamma, log, loggamma, mp, mpf, nstr, rf

mp.dps = 40
PHASES = (1, 2, 3, 5, 8)


def of_kind(extra, k, r, alpha, a, b, x, t_x, T, ln_gaps, t, counts):
    """ln density, P(alive), E[Y(t)], and P(Y(t) = n) of the counts."""
    A, K, chances = alpha / k, r + k * x, x + extra
    if x == 0:
        ln_factor = mpf(0)
    elif ln_gaps is None:
        # Of the sum of x gaps, over the same of k = 1.
        ln_factor = (k - 1) * x * log(t_x) - loggamma(k * x) + loggamma(x)
    else:
        ln_factor = (k - 1) * ln_gaps - x * loggamma(k)
    common = ln_factor + r * log(A) - loggamma(r) + loggamma(K)
    silent = T - t_x
    alive = mpf(0)
    for j in range(k):
        # j phases passed in the silence.
        alive += exp(common - K * log(A + T)) * rf(K, j) / gamma(j + 1) * (silent / (A + T)) ** j
    alive *= beta(a, b + chances) / beta(a, b)
    left = mpf(0)
    if chances > 0:
        left = exp(common - K * log(A + t_x)) * beta(a + 1, b + chances - 1) / beta(a, b)
    p_alive = alive / (alive + left)
    # P(n phases pass after the last purchase until T + t, fewer than k of them until T), over that of fewer than k.
    q, part = (silent + t) / (A + T + t), silent / (silent + t)
    few = sum(rf(K, j) / gamma(j + 1) * (silent / (A + T)) ** j * ((A + t_x) / (A + T)) ** K for j in range(k))
    b2 = b + chances
    stay, made = [mpf(1)], [mpf(0)]
    probability, n, expected = ((A + t_x) / (A + T + t)) ** K, 0, mpf(0)
    without, total = {}, mpf(0)
    # Of n phases, the probability that j of them passed until T.
    early = [mpf(1)] + [mpf(0)] * (k - 1)
    while True:
        mass = probability * sum(early) / few
        early = [early[j] * (1 - part) + (early[j - 1] * part if j > 0 else 0) for j in range(k)]
        total += mass
        without[n // k] = without.get(n // k, mpf(0)) + mass
        if n // k == len(made):
            made.append(made[-1] + stay[-1])
            stay.append(stay[-1] * (b2 + n // k - 1) / (a + b2 + n // k - 1))
        expected += mass * made[n // k]
        probability *= q * (K + n) / (n + 1)
        n += 1
        if 1 - total < mpf(10) ** -32 and n > k * 14:
            break
    masses = []
    for m in counts:
        stays = beta(a, b2 + m) / beta(a, b2) * without[m]
        if m > 0:
            at_least = sum(mass for count, mass in without.items() if count >= m)
            stays += beta(a + 1, b2 + m - 1) / beta(a, b2) * at_least
        masses.append(p_alive * stays + (1 - p_alive if m == 0 else 0))
    return log(alive + left), p_alive, p_alive * expected, masses


COUNTS = (0, 1, 2, 5, 12)
print("# tests/data/predict/cnbd.py: mpmath at 40 digits, of the binary64 arguments as printed")
print("extra,r,alpha,a,b,s1,s2,s3,s5,s8,x,t_x,T,ln_gaps,t,ln_likelihood,p_alive,expected," +
      ",".join(f"p{n}" for n in COUNTS) + ",k1,k8")
SHOPS = [
    ((0.53, 43.3, 0.89, 1.6), (0.5, 0.2, 0.1, 0.1, 0.1)),
    ((2.5, 90.0, 0.05, 0.9), (0.0, 0.3, 0.0, 0.2, 0.5)),
    ((0.02, 20.0, 1.0, 40.0), (0.24, 0.2, 0.26, 0.0, 0.3)),
    ((30.0, 600.0, 1e-3, 1e-3), (0.9, 0.0, 0.0, 0.0, 0.1)),
]
CUSTOMERS = [
    (0, 0.0, 0.0, 0.0), (0, 0.0, 1.0, 0.0), (0, 0.0, 700.0, 0.0), (1, 30.0, 30.0, None), (1, 30.0, 900.0, None),
    (3, 90.0, 100.0, 3 * 3.4), (3, 90.0, 100.0, None), (3, 90.0, 100.0, 4.5), (12, 336.0, 362.0, 12 * 3.33),
    (12, 336.0, 362.0, 20.0), (12, 336.0, 362.0, None), (12, 336.0, 420.0, 12 * 3.33), (12, 336.0, 2000.0, 12 * 3.33),
    (200, 800.0, 803.0, 200 * 1.2), (200, 800.0, 803.0, 0.0), (200, 800.0, 1000.0, None), (5, 3650.0, 9000.0, 30.0),
]
for parameters, shares in SHOPS:
    for x, t_x, T, ln_gaps in CUSTOMERS:
        for extra in (1, 0):
            for t in (7.0, 90.0):
                numbers = [mpf(value) for value in parameters]
                known = mpf(ln_gaps) if ln_gaps is not None else None
                kinds = [(mpf(share), of_kind(extra, k, *numbers, x, mpf(t_x), mpf(T), known, mpf(t), COUNTS))
                         for k, share in zip(PHASES, shares) if share > 0]
                most = max(kind[0] for _, kind in kinds)
                density = {k: mpf(0) for k in PHASES}
                kept = [k for k, share in zip(PHASES, shares) if share > 0]
                for k, (share, kind) in zip(kept, kinds):
                    density[k] = share * exp(kind[0] - most)
                all_kinds = sum(density.values())
                weight = {k: value / all_kinds for k, value in density.items()}
                mean = lambda of: sum(weight[k] * of(kind) for k, (_, kind) in zip(kept, kinds))
                answers = [most + log(all_kinds), mean(lambda kind: kind[1]), mean(lambda kind: kind[2])]
                answers += [mean(lambda kind: kind[3][i]) for i in range(len(COUNTS))] + [weight[1], weight[8]]
                row = [str(extra)] + [repr(value) for value in (*parameters, *shares)]
                row += [str(x), repr(t_x), repr(T), "" if ln_gaps is None else repr(ln_gaps), repr(t)]
                print(",".join(row + [nstr(answer, 20) for answer in answers]))
