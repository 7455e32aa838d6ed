#!/usr/bin/env bash
# Looks for input that crashes the program, with libFuzzer on the stable toolchain: scripts/fuzz.sh TARGET [SECONDS], TARGET one of
# scenario, study, network, checkpoint, geodata, sites, instance (all of them in turn when left out), 60 s each unless said. What it learns is kept in
# fuzz/found/TARGET; bytes that crash it are left in fuzz/found/crash-*: put them into tests/corpus/TARGET (fuzz_replay feeds them for
# ever after) with the mending.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../fuzz"

targets=(scenario study network checkpoint geodata sites instance)
[ $# -gt 0 ] && targets=("$1")
seconds="${2:-60}"

# What `cargo fuzz` would set. libFuzzer needs the counters of the compiler's coverage, which stable keeps behind RUSTC_BOOTSTRAP.
# With --target the flags are not given to build scripts.
host=$(rustc -vV | sed -n 's/^host: //p')
export RUSTC_BOOTSTRAP=1
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}"

for target in "${targets[@]}"; do
    # Not --locked: its lock file follows the dependencies of the main package.
    cargo build --release --target "$host" --bin "$target"
    mkdir -p "found/$target"
    seeds=("found/$target")
    [ -d "../tests/corpus/$target" ] && seeds+=("../tests/corpus/$target")
    "$CARGO_TARGET_DIR/$host/release/$target" -max_total_time="$seconds" -max_len=65536 -timeout=20 -rss_limit_mb=4096 \
        -artifact_prefix=found/crash- "${seeds[@]}"
done
