#!/usr/bin/env bash
# Counts the instructions of the kernels in benches/counts.rs under valgrind's callgrind, and fails when one takes more than 5 %
# more of them than benches/instruction_counts.txt says. Unlike times, counts are the same on a busy machine.
#
#   scripts/instruction-counts.sh            compares
#   scripts/instruction-counts.sh --bless    writes the file: after a change that is worth its cost
#
# Valgrind is installed through Debian's packages when it is missing and that can be done; else nothing is compared, and it is said.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export LC_ALL=C
stored=benches/instruction_counts.txt
most_percent=5
bless=
case "${1:-}" in
    "") ;;
    --bless) bless=yes ;;
    *) echo "usage: scripts/instruction-counts.sh [--bless]" >&2; exit 2 ;;
esac

# What nothing was compared for is said, and is no fault of the change; but who asked for a new file must get one.
skip() {
    echo "instruction counts SKIPPED, nothing was compared: $*" >&2
    [ -z "$bless" ] || exit 1
    exit 0
}

if ! command -v valgrind >/dev/null; then
    root=()
    [ "$(id -u)" -eq 0 ] || root=(sudo -n)
    if ! command -v apt-get >/dev/null; then skip "valgrind is missing, and so is apt-get"; fi
    if ! { "${root[@]}" apt-get update -q &&
        "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends valgrind; }; then
        skip "valgrind is missing and could not be installed"
    fi
fi

machine=$(uname -m)
rustc=$(rustc --version)
# The profile is that of `cargo bench`, which CI has built by then.
binary=$(cargo bench --locked --no-run --bench counts --message-format=json-render-diagnostics |
    sed -n 's/.*"name":"counts".*"executable":"\([^"]*\)".*/\1/p')
[ -x "$binary" ] || { echo "error: cargo built no benches/counts.rs" >&2; exit 1; }

# The C library picks its memmove by the processor: the plainest one, and limits that do not hang on the caches.
plain=glibc.cpu.hwcaps=-AVX2,-AVX512F,-AVX512VL,-AVX_Fast_Unaligned_Load,-ERMS,-FSRM,-RTM
plain=$plain:glibc.cpu.x86_non_temporal_threshold=0x400000
count() {
    local said
    said=$(GLIBC_TUNABLES=$plain valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect='*counted_part*' \
        "$binary" count "$1" 2>&1) || { printf '%s\n' "$said" >&2; return 1; }
    said=$(sed -n 's/.*Collected : \([0-9]*\)$/\1/p' <<<"$said")
    # Without its symbol nothing is counted, and no count would ever grow.
    [ "${said:-0}" -gt 1000000 ] || { echo "error: $1: counted only ${said:-nothing}" >&2; return 1; }
    echo "$said"
}

now=$(mktemp)
trap 'rm -f "$now"' EXIT
{
    echo "# Instructions of the kernels in benches/counts.rs. Written by scripts/instruction-counts.sh --bless."
    echo "# $rustc, $machine, profile bench"
} >"$now"
for kernel in $("$binary" list); do
    n=$(count "$kernel")
    echo "$kernel $n" >>"$now"
done

if [ -n "$bless" ]; then
    cp "$now" "$stored"
    cat "$stored"
    exit 0
fi
[ -f "$stored" ] || { echo "error: no $stored: run scripts/instruction-counts.sh --bless" >&2; exit 1; }
made_with=$(sed -n '2s/^# //p' "$stored")
case "$made_with" in
    *", $machine, "*) ;;
    *) skip "$stored was counted on another kind of processor ($made_with), this is $machine" ;;
esac
case "$made_with" in
    "$rustc,"*) ;;
    *) echo "note: counted with another compiler than now ($made_with; now $rustc): a change may be the compiler's" ;;
esac

awk -v most="$most_percent" '
    /^#/ { next }
    FNR == NR { before[$1] = $2; next }
    FNR != NR && !head++ { printf "%-10s %15s %15s %9s\n", "kernel", "stored", "now", "change %" }
    {
        seen[$1] = 1
        if (!($1 in before)) { printf "%-10s %15s %15.0f %9s  NOT STORED\n", $1, "-", $2, "-"; bad = 1; next }
        change = 100 * ($2 / before[$1] - 1)
        mark = ""
        if (change > most) { mark = "  GREW"; bad = 1 }
        if (change < -most) mark = "  fell: --bless keeps it so"
        printf "%-10s %15.0f %15.0f %+9.2f%s\n", $1, before[$1], $2, change, mark
    }
    END {
        for (k in before) if (!(k in seen)) { printf "%-10s %15.0f %15s %9s  GONE\n", k, before[k], "-", "-"; bad = 1 }
        if (bad) {
            printf "a kernel takes over %d %% more instructions than stored, or the list has changed\n", most
            print "if that is worth it: scripts/instruction-counts.sh --bless"
        }
        exit bad + 0
    }' "$stored" "$now"
