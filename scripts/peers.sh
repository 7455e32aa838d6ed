#!/usr/bin/env bash
# The walk kernel in other programs beside the engine's: krABMaga, Mesa and numpy. See `docs/performance.md`.
#
#   scripts/peers.sh         five rounds, in each of which every program runs; about four minutes
#   scripts/peers.sh 1       one round
#
# Installs Mesa and numpy into a folder of its own, which it deletes at the end. The first call builds krABMaga and
# sirocco, which takes some minutes more. Needs Python 3.11 or later with venv and pip.
# Fails when a program does not walk as the kernel is to walk; never because one is slow.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rounds=${1:-5}

# krABMaga's charts ask for the system's fonts: found at run time, so that the build needs no package for them.
export RUST_FONTCONFIG_DLOPEN=1
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}"
cargo build --release --quiet --manifest-path benches/peers/Cargo.toml
peers="$CARGO_TARGET_DIR/release/peers"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
# Pinned: what the tables say is of these. This Mesa is the newest for Python 3.11.
"$work/venv/bin/pip" install --quiet --disable-pip-version-check mesa==3.3.1 numpy==2.4.6

"$peers" export "$work"
for round in $(seq "$rounds"); do
    echo "round $round of $rounds" >&2
    "$peers" --tsv >"$work/round$round"
    "$work/venv/bin/python" scripts/peers.py measure "$work" >>"$work/round$round"
done
"$work/venv/bin/python" scripts/peers.py table "$work"/round*
