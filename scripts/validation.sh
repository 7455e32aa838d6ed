#!/usr/bin/env bash
# Makes the studies that docs/validation.md has its fits and forecasts from, and writes their tables into it.
#
#   scripts/validation.sh            everything: some five hours on two cores; what is done is kept, so it can be broken off
#   scripts/validation.sh --tables   the tables alone, from the studies that are there; the others stay as they are
#
# A table stands in the page between `<!-- made: STUDY... / TITLE / ROWS -->` and `<!-- end -->`: of report.md of each study the table of
# that title, of it the rows that match the pattern (all when left out). With several studies the first column names them.
set -euo pipefail
cd "$(dirname "$0")/.."
page=docs/validation.md
out=output/validation
export SIROCCO_DATA=$PWD/data

cargo build --release --locked --quiet
sirocco=target/release/sirocco

study() { # NAME STUDY [ARGUMENTS]
    local name=$1 file=$2
    shift 2
    "$sirocco" study "scenarios/studies/$file.toml" "$@" --out "$out/$name"
}

if [ "${1:-}" != --tables ]; then
    study fit-central-med fit-central-med
    # The sample that is shipped is the one that the fit comes to.
    cmp "$out/fit-central-med/posterior.csv" scenarios/posteriors/central-med.csv
    study fit-libya-2011 fit-libya-2011
    cmp "$out/fit-libya-2011/posterior.csv" scenarios/posteriors/libya-2011.csv
    study fit-niger-law fit-niger-law
    for year in 2014 2015 2016; do
        study "without-$year" fit-central-med --without "$year"
    done
    study forecast-central-med forecast-central-med
    study ranks-central-med ranks-central-med
    # The same with the contested effects the other way round.
    study ranks-central-med-pull ranks-central-med --set hypotheses.rescue_pull=1
    study ranks-libya-2011 ranks-libya-2011
    study ranks-libya-2011-no-arms ranks-libya-2011 --set hypotheses.arms_to_revolt=0 --set hypotheses.arms_with_returnees=0
fi

for folder in "$out"/*/; do
    [ -f "$folder/manifest.json" ] && "$sirocco" report "$folder" --markdown
done

# The rows of a table of report.md: STUDY TITLE ROWS; the first time with their head.
rows() {
    awk -v title="## $2" -v pattern="$3" -v study="$4" -v head="$5" '
        $0 == title { on = 1; next }
        /^## / { on = 0 }
        on && /^\|/ {
            n++
            if (n <= 2 && !head) next
            if (n > 2 && pattern != "" && $0 !~ pattern) next
            print study == "" ? $0 : (n == 1 ? "| study " : n == 2 ? "|---" : "| " study " ") $0
            if (n > 2) found = 1
        }
        END { exit !found }' "$1"
}

while IFS= read -r line; do
    case $line in
    '<!-- made: '*)
        printf '%s\n' "$line"
        skip=1
        inner=${line#'<!-- made: '}
        inner=${inner%' -->'}
        IFS='|' read -r studies title pattern <<<"${inner// \/ /|}"
        head=1
        several=$([ "$(wc -w <<<"$studies")" -gt 1 ] && echo yes || true)
        for name in $studies; do
            if [ ! -f "$out/$name/report.md" ]; then
                echo "left as it was, since $name has not been run: $title" >&2
                skip=0
                continue 2
            fi
        done
        for name in $studies; do
            if ! rows "$out/$name/report.md" "$title" "${pattern:-}" "${several:+$name}" "$head"; then
                echo "no such table: $line" >&2
                exit 1
            fi
            head=0
        done
        ;;
    '<!-- end -->')
        skip=0
        printf '%s\n' "$line"
        ;;
    *) [ "${skip:-0}" = 1 ] || printf '%s\n' "$line" ;;
    esac
done <"$page" >"$page.new"
mv "$page.new" "$page"
