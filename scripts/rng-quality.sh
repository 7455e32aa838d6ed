#!/bin/sh
# Feeds the keyed generator to dieharder, along each argument of a draw: see `examples/draws.rs` and `docs/performance.md`.
#
#   scripts/rng-quality.sh             the short list on every sequence
#   scripts/rng-quality.sh all KIND    everything dieharder has, on one sequence (hours)
#
# Prints dieharder's lines, one for each p-value, and a count of the verdicts. With hundreds of p-values a few WEAK ones
# are to be expected (p below 0.005 or above 0.995: one in a hundred). A WEAK one is a fault when it comes back with
# another seed (SEED=2 scripts/rng-quality.sh); a FAILED one (p below 0.000001) is a fault.
# Needs dieharder (Debian: apt-get install dieharder).
set -eu
cd "$(dirname "$0")/.."
command -v dieharder >/dev/null || { echo "dieharder is not installed" >&2; exit 2; }
cargo build --release --quiet --example draws
draws=target/release/examples/draws
seed=${SEED:-1}
results=$(mktemp)
trap 'rm -f "$results"' EXIT

# Sequence and dieharder's further arguments.
try() {
    kind=$1
    shift
    # draws ends when dieharder closes the pipe.
    "$draws" "$kind" "$seed" | dieharder -g 200 "$@" 2>/dev/null |
        awk -v kind="$kind" '/PASSED|WEAK|FAILED/ { print kind "|" $0; fflush() }' | tee -a "$results"
}

if [ "${1:-}" = all ]; then
    try "${2:?which sequence}" -a
else
    # Birthdays, the 1s of a stream, runs, monobit, runs (STS), serial patterns of 1 to 16 bits, bytes, monobit 2.
    for kind in ${KINDS:-sequential interleaved ordinals days hashed high streams}; do
        for test in ${TESTS:-0 8 15 100 101 102 205 209}; do
            try "$kind" -d "$test"
        done
    done
fi
awk '/PASSED/ { p++ } /WEAK/ { w++ } /FAILED/ { f++ } END { printf "%d passed, %d weak, %d failed\n", p, w, f; exit f > 0 }' "$results"
