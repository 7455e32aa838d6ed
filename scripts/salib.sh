#!/usr/bin/env bash
# Our sensitivity indices beside those of SALib, on samples that SALib makes: Sobol indices of the first order and in total,
# Morris's mu, mu* and sigma, for the functions of Ishigami and Sobol (G). Fails when two differ by more than rounding.
#
#   scripts/salib.sh         a minute, besides building the library for tests
#
# Installs SALib into a folder of its own, which it deletes at the end. Needs Python 3.11 or later with venv and pip.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
# Pinned: the estimators are those of this version.
"$work/venv/bin/pip" install --quiet --disable-pip-version-check SALib==1.6.0

mkdir "$work/files"
"$work/venv/bin/python" scripts/salib.py "$work/files"
SIROCCO_SALIB="$work/files" cargo test --locked --test sensitivity_peers -- --ignored --nocapture
