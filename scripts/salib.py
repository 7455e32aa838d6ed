#!/usr/bin/env python3
"""Samples and indices of SALib, for `tests/sensitivity_peers.rs` to compare with. `scripts/salib.sh` runs this.

    salib.py FOLDER    for the functions of Ishigami and Sobol (G) and the methods of Sobol and Morris writes two files:
                       METHOD_FUNCTION_sample.csv, the points in the unit cube and the result of each, and
                       METHOD_FUNCTION_salib.csv, what SALib makes of them, a row for each factor
"""

import csv
import math
import sys
from pathlib import Path

import numpy as np
from SALib.analyze import morris as morris_indices
from SALib.analyze import sobol as sobol_indices
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample
from SALib.test_functions import Ishigami, Sobol_G

SEED = 20120303
BASE_ROWS = 1024
TRAJECTORIES = 50
LEVELS = 4

FUNCTIONS = {
    "ishigami": (3, lambda x: Ishigami.evaluate((2 * x - 1) * math.pi)),
    "sobol_g": (8, Sobol_G.evaluate),
    # Three factors that rule among twenty.
    "sobol_g_20": (20, lambda x: Sobol_G.evaluate(x, np.array([0.0] * 3 + [6.52] * 17))),
}
# SALib's names of what is compared, each estimate before its half-width.
SOBOL = ["S1", "S1_conf", "ST", "ST_conf"]
MORRIS = ["mu", "mu_star", "mu_star_conf", "sigma"]


def write(path, head, rows):
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(head)
        out.writerows([repr(float(v)) for v in row] for row in rows)


def main(folder):
    for name, (factors, function) in FUNCTIONS.items():
        inputs = [f"x{i + 1}" for i in range(factors)]
        problem = {"num_vars": factors, "names": inputs, "bounds": [[0, 1]] * factors}

        def store(method, x, y, found, columns):
            write(folder / f"{method}_{name}_sample.csv", [*inputs, "y"], ([*p, v] for p, v in zip(x, y)))
            write(folder / f"{method}_{name}_salib.csv", columns, zip(*(found[c] for c in columns)))

        x = sobol_sample.sample(problem, BASE_ROWS, calc_second_order=False, seed=SEED)
        y = function(x)
        found = sobol_indices.analyze(problem, y, calc_second_order=False, num_resamples=1000, seed=SEED)
        store("sobol", x, y, found, SOBOL)

        x = morris_sample.sample(problem, TRAJECTORIES, num_levels=LEVELS, seed=SEED)
        y = function(x)
        found = morris_indices.analyze(problem, x, y, num_levels=LEVELS, num_resamples=1000, seed=SEED)
        store("morris", x, y, found, MORRIS)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
