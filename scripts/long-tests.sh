#!/usr/bin/env bash
# The tests that take too long for every change: long runs on the real grid. In a release build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cargo test --locked --release -- --ignored
