#!/bin/sh
# The long form of the tests: what `cargo test` leaves out because it takes minutes. Run from anywhere; needs the release
# profile for speed, and checks on the way that golden digests hold there as in debug (promise 2).
set -eu
cd "$(dirname "$0")/.."
cargo test --release --test determinism
cargo test --release --test patterns -- --ignored --nocapture m1_summer_over_winter_on_the_grid
