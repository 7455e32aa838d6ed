#!/usr/bin/env bash
# The first paper's claim as an experiment: arms out of Libya or not, fighters home to Mali or not, on the same luck.
# Prints how often northern Mali has risen by 20 April 2012 in the four cells, with 95 % intervals, with the default effect
# of arms on revolt and, over a quarter as many, without any. Number of replicates: first argument, 200 when left out.
# Two hundred take about a quarter of an hour on two cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
SIROCCO_REPLICATES="${1:-200}" cargo test --locked --release --test war -- --ignored --nocapture a5_
