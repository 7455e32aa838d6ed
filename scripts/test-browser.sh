#!/usr/bin/env bash
# Reports in a real browser: makes a run, an ensemble, a comparison and a study, and opens their pages in Debian's Chromium. Screenshots
# are kept under output/browser. Needs Node.js with npm and Chromium; what is missing is installed from Debian's packages, and
# playwright-core (the browser's remote control) from npm into a folder that is deleted at the end.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

need=()
command -v node >/dev/null || need+=(nodejs)
command -v npm >/dev/null || need+=(npm)
command -v chromium >/dev/null || need+=(chromium)
if [ ${#need[@]} -gt 0 ]; then
    root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "error: ${need[*]} missing, and neither root nor sudo to install" >&2; exit 1; }
        root=(sudo)
    fi
    "${root[@]}" apt-get update -q
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${need[@]}"
fi
cargo build --locked --release
sirocco="$PWD/${CARGO_TARGET_DIR:-target}/release/sirocco"
[ -x "$sirocco" ] || sirocco="$CARGO_TARGET_DIR/release/sirocco"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --no-save --prefix "$work" playwright-core@1.64.1 >/dev/null

export SIROCCO_DATA="$PWD/data"
cp -r scenarios "$work/scenarios"
cat > "$work/scenarios/hostile.toml" <<'TOML'
extends = "libya-2011.toml"
title = "<img src=x onerror=alert(1)> </script><script>alert(2)</script> {{ 7 * 7 }} & \"quotes\""
about = "<b onmouseover=alert(3)>A title that nobody should trust</b>"
TOML
cat > "$work/scenarios/study.toml" <<'TOML'
title = "Guards <script>alert(4)</script>"
scenario = "libya-2011.toml"
policies = ["policies/libya-2011-guard-all.toml"]
set = ["run.persons_per_agent=30", "run.resolution=3", "run.end=2011-12-31"]
measures = ["arms_looted_small_arms"]

[design]
kind = "latin_hypercube"
points = 4

[[factor]]
key = "processes.stockpiles.raid_rate"

[[pattern]]
name = "guards cut loot"
measure = "arms_looted_small_arms"
policy = "libya-2011-guard-all"
over = "libya-2011"
at_most = 1
TOML
small=(--set run.persons_per_agent=30 --set run.resolution=3 --set run.end=2012-01-31 --quiet)
made="$work/made"
"$sirocco" run "$work/scenarios/hostile.toml" "${small[@]}" --out "$made/run"
"$sirocco" run "$work/scenarios/policies/libya-2011-guard-all.toml" "${small[@]}" --out "$made/policy"
"$sirocco" report "$made/policy" --baseline "$made/run" >/dev/null
"$sirocco" run "$work/scenarios/libya-2011.toml" "${small[@]}" --replicates 3 --out "$made/replicates"
"$sirocco" compare "$work/scenarios/libya-2011.toml" "$work/scenarios/policies/libya-2011-guard-all.toml" \
    "$work/scenarios/policies/libya-2011-borders-first.toml" "${small[@]}" --replicates 3 --out "$made/comparison"
"$sirocco" study "$work/scenarios/study.toml" --quiet --out "$made/study"

cp tests/browser/report.mjs "$work/report.mjs"
node "$work/report.mjs" "$made" output/browser
