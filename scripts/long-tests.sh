#!/usr/bin/env bash
# The long form of the tests: all tests in a release build (golden digests hold there as in debug), those that draw their
# cases with many more of them, then those that take minutes and are left out of `cargo test`. With an argument only the ignored
# tests of that file (a second one: those whose names
# hold it, so `BLESS=1 scripts/long-tests.sh migration fit_the` fits the sea anew in twenty minutes): the figures of
# docs/validation.md are printed by `scripts/long-tests.sh smuggling`, those of the sea by `scripts/long-tests.sh migration`
# (M5 and M6 on the grid, then the tables of scripts/sea-experiments.sh; about an hour on two cores), those of politics by
# `scripts/long-tests.sh politics` (deaths against UCDP's, every policy of docs/papers.md), and that no lever is dead by
# `scripts/long-tests.sh levers`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [ $# -gt 0 ]; then
  exec cargo test --locked --release --test "$1" -- --ignored --nocapture "${@:2}"
fi
cargo test --locked --release
SIROCCO_CASES=10000 cargo test --locked --release --test any_scenario
SIROCCO_CASES=100000 cargo test --locked --release --test fuzz_replay
cargo test --locked --release -- --ignored --nocapture
