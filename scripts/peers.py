#!/usr/bin/env python3
"""The walk kernel of `benches/common/mod.rs` in Mesa and in numpy. `scripts/peers.sh` runs this.

    peers.py measure FOLDER    reads the net that `peers export FOLDER` wrote, prints one line per program, tab-separated:
                               program, version, agents, million agent-ticks a second, what differs
    peers.py table FILE ...    one table of such lines; each file is one round, in which every program ran

Before anything is measured, every program walks from known cells, and what comes out is held against the probabilities
in `expected.csv`. A program that walks otherwise ends the run with an error.
"""

import csv
import gc
import platform
import statistics
import sys
import time
from bisect import bisect_right
from itertools import accumulate
from pathlib import Path

SEED = 1
# Mesa's sizes, and numpy's.
OBJECTS = [100_000]
ARRAYS = [1_000_000, 10_000_000]
# Samples of each program, of one tick each.
SAMPLES = 3
# Most ways out of a cell.
WAYS = 8
REFERENCE = "engine::hop"


class Net:
    """The net, the agents of the check, and what is to come of them."""

    def __init__(self, folder):
        def rows(name):
            with open(Path(folder) / name, newline="") as file:
                return [tuple(map(float, row)) if name != "kernel.csv" else row for row in list(csv.reader(file))[1:]]

        kernel = {name: float(value) for name, value in rows("kernel.csv")}
        self.p, self.ticks = kernel["p"], int(kernel["ticks"])
        self.standard_errors, self.least_expected = kernel["standard_errors"], kernel["least_expected"]
        self.ways = []
        for cell, to, weight in rows("net.csv"):
            if cell == len(self.ways):
                self.ways.append([])
            self.ways[-1].append((int(to), weight))
        self.cells = len(self.ways)
        self.start = [int(cell) for cell, n in rows("start.csv") for _ in range(int(n))]
        self.expected = {int(cell): (mean, variance) for cell, mean, variance in rows("expected.csv")}

    def judge(self, name, program):
        """Ends the run when a program that was given `start` does not do what the kernel is to do."""
        before, moves = list(program.cells()), 0
        for _ in range(self.ticks):
            program.tick()
            now = list(program.cells())
            moves += sum(a != b for a, b in zip(now, before))
            before = now
        counts = [0] * self.cells
        for cell in before:
            counts[cell] += 1
        if counts != list(program.counts):
            sys.exit(f"{name}: the counts kept are not those of the agents")
        trials = len(self.start) * self.ticks
        error = (self.p * (1 - self.p) / trials) ** 0.5
        if abs(moves / trials - self.p) > self.standard_errors * error:
            sys.exit(f"{name}: {moves / trials:.4f} moves per agent and tick, not {self.p}")
        if any(n > 0 and cell not in self.expected for cell, n in enumerate(counts)):
            sys.exit(f"{name}: agents in cells that none can reach")
        squares = [
            (counts[cell] - mean) ** 2 / variance
            for cell, (mean, variance) in self.expected.items()
            if mean >= self.least_expected
        ]
        # Squared deviations in units of the variance: 1 on average, and each with a variance of about 2.
        mean = statistics.fmean(squares)
        if abs(mean - 1) > self.standard_errors * (2 / len(squares)) ** 0.5:
            sys.exit(f"{name}: squared deviations are {mean:.2f} variances on average, not 1")


def mesa_programs(net):
    """Mesa's model with three ways of calling the agents."""
    import mesa

    # The net as Python reads it fastest: neighbours, and bounds from 0 to 1 for a search by halves.
    to = [[cell for cell, _ in out] for out in net.ways]
    bounds = []
    for out in net.ways:
        sums = list(accumulate(weight for _, weight in out))
        # No last bound: what lies above all others goes to the last neighbour.
        bounds.append([s / sums[-1] for s in sums[:-1]])
    p = net.p

    class Walker(mesa.Agent):
        def __init__(self, model, cell):
            super().__init__(model)
            self.cell = cell

        def step(self):
            draw = self.model.random.random
            if draw() < p:
                counts, cell = self.model.counts, self.cell
                counts[cell] -= 1
                cell = self.cell = to[cell][bisect_right(bounds[cell], draw())]
                counts[cell] += 1

    class Field(mesa.Model):
        def __init__(self, start):
            super().__init__(seed=SEED)
            self.counts = [0] * net.cells
            for cell in start:
                self.counts[cell] += 1
            Walker.create_agents(self, len(start), start)
            self.walkers = list(self.agents)

        def cells(self):
            return [walker.cell for walker in self.walkers]

    class Plain(Field):
        def tick(self):
            for walker in self.walkers:
                walker.step()

    class Do(Field):
        def tick(self):
            self.agents.do("step")

    class Shuffled(Field):
        def tick(self):
            self.agents.shuffle_do("step")

    version = f"{mesa.__version__}, Python {platform.python_version()}"
    differs = "Python objects, one generator for all, the net in lists and not in Mesa's spaces"
    return [
        ("Mesa, agents in a list", version, OBJECTS, Plain, differs),
        ("Mesa, AgentSet.do", version, OBJECTS, Do, "as in a list; agents may come and go at any time"),
        ("Mesa, AgentSet.shuffle_do", version, OBJECTS, Shuffled, "as AgentSet.do, in a new order at every tick"),
    ]


def numpy_programs(net):
    """Whole columns at once, with two ways of choosing a neighbour."""
    import numpy as np

    cells = net.cells
    to = np.zeros((cells, WAYS), np.int64)
    weights = np.zeros((cells, WAYS))
    for cell, out in enumerate(net.ways):
        to[cell, : len(out)] = [way[0] for way in out]
        weights[cell, : len(out)] = [way[1] for way in out]
    weights /= weights.sum(axis=1, keepdims=True)
    flat = to.ravel()
    # Bounds above the last way are never reached by a number below 1.
    bounds = weights.cumsum(axis=1).astype(np.float32)
    for cell, out in enumerate(net.ways):
        bounds[cell, len(out) - 1 :] = 2
    keep, other = alias_tables(np, weights, to)
    p = np.float32(net.p)

    class Columns:
        def __init__(self, start):
            self.rng = np.random.Generator(np.random.SFC64(SEED))
            self.at = np.array(start, np.int64)
            self.counts = np.bincount(self.at, minlength=cells)

        def cells(self):
            return self.at.tolist()

        def tick(self):
            movers = np.flatnonzero(self.rng.random(len(self.at), dtype=np.float32) < p)
            left = self.at[movers]
            reached = self.choose(left)
            self.at[movers] = reached
            self.counts += np.bincount(reached, minlength=cells) - np.bincount(left, minlength=cells)

    class Bounds(Columns):
        def choose(self, left):
            draws = self.rng.random(len(left), dtype=np.float32)
            return flat[left * WAYS + (draws[:, None] >= bounds[left]).sum(axis=1)]

    class Alias(Columns):
        def choose(self, left):
            draws = self.rng.random(len(left)) * WAYS
            slot = draws.astype(np.int64)
            draws -= slot
            slot += left * WAYS
            return np.where(draws < keep[slot], flat[slot], other[slot])

    version = f"{np.__version__}, Python {platform.python_version()}"
    return [
        ("numpy, bounds", version, ARRAYS, Bounds, "whole columns at once, one generator for all, draws of 32 bits"),
        ("numpy, alias tables", version, ARRAYS, Alias, "as numpy, bounds; one comparison chooses, by tables made beforehand"),
    ]


def alias_tables(np, weights, to):
    """Walker (1977): each of 8 slots holds its own neighbour with probability `keep` and `other` one for the rest."""
    keep, other = np.ones(weights.shape), to.copy()
    for cell, row in enumerate((weights * WAYS).tolist()):
        small = [k for k, w in enumerate(row) if w < 1]
        large = [k for k, w in enumerate(row) if w >= 1]
        while small and large:
            s, l = small.pop(), large.pop()
            keep[cell, s], other[cell, s] = row[s], to[cell, l]
            row[l] -= 1 - row[s]
            (small if row[l] < 1 else large).append(l)
    return keep.ravel(), other.ravel()


def measure(folder):
    """Every program through the check, then its rate: the median of some ticks, by the time that it had a core."""
    import numpy as np

    net = Net(folder)
    for name, version, sizes, make, differs in mesa_programs(net) + numpy_programs(net):
        net.judge(name, make(net.start))
        for n in sizes:
            start = np.random.default_rng(SEED).integers(0, net.cells, n)
            # Lists for Mesa: an item of an array is slow to handle, and would slow down the lists it is looked up in.
            program = make(start.tolist() if sizes is OBJECTS else start)
            program.tick()
            took = []
            for _ in range(SAMPLES):
                before = time.process_time()
                program.tick()
                took.append(time.process_time() - before)
            print(name, version, n, n / statistics.median(took) / 1e6, differs, sep="\t", flush=True)
            del program
            gc.collect()


def table(files):
    """Medians over the rounds; a ratio is taken within a round, to the reference at the same number of agents."""
    rates, ratios, about = {}, {}, {}
    for name in files:
        with open(name) as file:
            lines = [line.rstrip("\n").split("\t") for line in file]
        here = {(program, int(agents)): float(rate) for program, _, agents, rate, _ in lines}
        for program, version, agents, rate, differs in lines:
            key = (int(agents), program)
            about[key] = (version, differs)
            rates.setdefault(key, []).append(float(rate))
            ratios.setdefault(key, []).append(float(rate) / here[REFERENCE, int(agents)])
    head = ("program", "version", "agents", "M agent-ticks/s", "ratio", "what differs")
    body = [
        (program, about[n, program][0], f"{n:,}", f"{statistics.median(rates[n, program]):.1f}",
         f"{statistics.median(ratios[n, program]):.4f}", about[n, program][1])
        for n, program in sorted(about, key=lambda key: (key[0], -statistics.median(ratios[key])))
    ]
    widths = [max(len(row[k]) for row in [head, *body]) for k in range(5)]
    for row in [head, *body]:
        cells = [row[k].rjust(widths[k]) if k in (2, 3, 4) else row[k].ljust(widths[k]) for k in range(5)]
        print("  ".join(cells), row[5], sep="   ")
    print(f"\nOne thread each, by the time that it had a core; medians of {len(files)} rounds. The ratio is that to {REFERENCE}")
    print("at the same number of agents in the same round.")


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "measure":
        measure(sys.argv[2])
    elif len(sys.argv) > 2 and sys.argv[1] == "table":
        table(sys.argv[2:])
    else:
        sys.exit(__doc__)
