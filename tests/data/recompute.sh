#!/usr/bin/env bash
# Writes tests/data/segment/*, or with --check compares what is there. Needs python3 alone.
#
# The parameters of CDNOW are the maxima of the likelihoods, found apart from this crate at 50 digits from many starts; those
# of Online Retail are any.
set -euo pipefail
cd "$(dirname "$0")/../.."

recompute() { python3 tests/data/recompute.py "$1" "tests/data/segment/$2" "${@:3}"; }

cdnow=examples/data/cdnow_orders.csv
online_retail=tests/data/online_retail_orders.csv
mbg=(--params r=0.6178433315932507,alpha=8.656960309778238,a=0.5515249476805579,b=1.0090591466434746)
mbg+=(--spend-params p=4.683453310000245,q=4.189783282207885,gamma=24.39055376442196)
pareto=(--model pareto-nbd --params r=0.5532770468531796,alpha=10.577683463302315,s=0.6062399891278263,beta=11.66873528885501)
pareto+=(--spend-params p=6.249572271323756,q=3.7442246671320245,gamma=15.443520962589238)
given=(--params r=0.8274,alpha=9.862,a=0.03,b=11.9 --spend-params p=2.1,q=3.45,gamma=485.9 --horizon 30)

recompute $cdnow cdnow "${mbg[@]}" "$@"
recompute $cdnow cdnow_1997-09-30_day --as-of 1997-09-30 --occasion day "${pareto[@]}" "$@"
recompute $cdnow cdnow_4_bins --bins 4 "${mbg[@]}" "$@"
recompute $online_retail online_retail "${given[@]}" "$@"
recompute $online_retail online_retail_2011-08-31 --as-of 2011-08-31 --model bg-nbd "${given[@]}" "$@"

# Of these, the summary is enough.
rm -f tests/data/segment/{cdnow_4_bins,online_retail_2011-08-31}/customers.csv
