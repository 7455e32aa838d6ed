#!/usr/bin/env bash
# Three questions to the sea on the same luck: where ships stand (M2), boats brought back (M4), the pull of rescues (M3).
# Prints a table for each: departures, arrivals, pulled back, deaths per 1,000 attempts, rafts, detention, and what the cells
# differ by with 95 % intervals. Number of replicates: first argument, 8 when left out. Eight take about half an hour on two
# cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
SIROCCO_REPLICATES="${1:-8}" cargo test --locked --release --test migration -- --ignored --nocapture --test-threads=1 experiment_
