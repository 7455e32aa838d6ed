#!/usr/bin/env bash
# The long form of the tests: all tests in a release build (golden digests hold there as in debug), those that draw their
# cases with many more of them, then those that take minutes and are left out of `cargo test`. With an argument only the ignored
# tests of that file (a second one: those whose names
# hold it, as in `scripts/long-tests.sh migration arrivals`): the figures of
# docs/validation.md are printed by `scripts/long-tests.sh smuggling`, those of the sea by `scripts/long-tests.sh migration`
# (M5 and M6 on the grid, then the tables of scripts/sea-experiments.sh; about an hour on two cores), those of politics by
# `scripts/long-tests.sh politics` (deaths against UCDP's, every policy of docs/papers.md), that no lever is dead by
# `scripts/long-tests.sh levers`. `scripts/long-tests.sh promises` runs what docs/reliability.md promises in full: a thousand
# kills, 10,000 damaged checkpoints, 10,000 random scenarios, an hour of runs (shorter with SIROCCO_SOAK_SECONDS), 64 pairs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [ "${1:-}" = promises ]; then
  export SIROCCO_KILLS="${SIROCCO_KILLS:-1000}" SIROCCO_STOPS="${SIROCCO_STOPS:-20}" SIROCCO_FLIPS="${SIROCCO_FLIPS:-10000}"
  export SIROCCO_FAULTS="${SIROCCO_FAULTS:-100}" SIROCCO_SOAK_SECONDS="${SIROCCO_SOAK_SECONDS:-3600}"
  # Those of fuzz_replay are mutations, those of any_scenario whole scenarios: 10,000 of each.
  export SIROCCO_CASES="${SIROCCO_CASES:-10000}"
  cargo test --locked --release --test resume --test any_scenario --test fuzz_replay --test toys --test soak -- --nocapture
  exec cargo test --locked --release --test reliability -- --ignored --nocapture
fi
if [ $# -gt 0 ]; then
  exec cargo test --locked --release --test "$1" -- --ignored --nocapture "${@:2}"
fi
cargo test --locked --release
cargo test --locked --release --lib --features parquet columns
SIROCCO_CASES=10000 cargo test --locked --release --test any_scenario
SIROCCO_CASES=100000 cargo test --locked --release --test fuzz_replay
cargo test --locked --release -- --ignored --nocapture
