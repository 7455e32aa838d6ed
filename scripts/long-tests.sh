#!/usr/bin/env bash
# The long form of the tests: all tests in a release build (golden digests hold there as in debug), then those that take
# minutes and are left out of `cargo test`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cargo test --locked --release
cargo test --locked --release -- --ignored --nocapture
