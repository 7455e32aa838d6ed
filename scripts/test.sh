#!/usr/bin/env bash
# Everything that must hold before a change goes in. Needs the Rust toolchain (cargo, rustfmt, clippy); a C compiler
# and valgrind are installed through Debian's packages when there is none; without valgrind the counts of instructions are left
# out, and that is said. The browser test installs Chromium and Node.js the same way. The last lines are those of the test runner.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\n== %s\n' "$*"; }

say "Tools: cargo, rustfmt, clippy, a C compiler"
for tool in cargo rustfmt cargo-clippy; do
    if ! command -v "$tool" >/dev/null; then
        echo "error: $tool is missing; the Rust toolchain with rustfmt and clippy is needed" >&2
        exit 1
    fi
done
if ! command -v cc >/dev/null; then
    root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "error: no C compiler (cc), and neither root nor sudo to install one" >&2
            exit 1
        fi
        root=(sudo)
    fi
    "${root[@]}" apt-get update -q
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends build-essential
fi
cargo --version

# A build that nobody will debug or continue needs no debug information and no incremental state.
if [ "${CI:-}" = true ]; then
    export CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_RELEASE_DEBUG=0 CARGO_INCREMENTAL=0 CARGO_TERM_PROGRESS_WHEN=never
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

say "Format: cargo fmt"
cargo fmt --check

say "Lints: cargo clippy, warnings are errors"
cargo clippy --locked --all-targets -- -D warnings

say "The Parquet feature: lints"
cargo clippy --locked --lib --features parquet -- -D warnings

say "Documentation: cargo doc, warnings are errors"
# Private modules are in, since the pages are for those who change the code; links to them are then no mistake.
RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" \
    cargo doc --locked --no-deps --lib --document-private-items

say "Release build"
cargo build --locked --release
sirocco="${CARGO_TARGET_DIR:-target}/release/sirocco"

say "Every shipped scenario is valid"
"$sirocco" validate scenarios/*.toml scenarios/policies/*.toml scenarios/benchmarks/*.toml scenarios/studies/worlds/*.toml

say "Smoke run: two months of libya-2011, books and digest recounted every day"
"$sirocco" run scenarios/libya-2011.toml --until 2011-12-20 --audit --out "$scratch/smoke" </dev/null
for file in manifest.json series.csv summary.csv flows.csv events.csv cells.csv report.html charts/map_people.png; do
    [ -s "$scratch/smoke/$file" ] || { echo "error: the smoke run wrote no $file" >&2; exit 1; }
done

say "The report in a real browser"
scripts/test-browser.sh

say "Benchmark suite: results are those stored"
"$sirocco" check

if compgen -G "benches/*.rs" >/dev/null; then
    say "Benchmarks compile"
    cargo bench --locked --no-run --bench '*'

    say "Instruction counts: no kernel takes over 5 % more than it did"
    scripts/instruction-counts.sh
fi

if [ -f tests/determinism.rs ]; then
    say "Golden digests in a release build"
    cargo test --locked --release --test determinism golden
fi

say "All tests"
cargo test --locked
