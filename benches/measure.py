"""What the scripts of this folder measure with: shuffled rounds, processor time, ratios. Import it before NumPy: it sets its threads to one."""
import os
import random
import resource
import statistics
import subprocess
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

PROGRAM = "target/release/gradcalc"


# Whether the seconds that pass count, and not those of processors.
PASSING = False

# The cores that there are before any of them is left out.
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else []


def hold(cores=1, passing=False):
    """Keeps this process, and those that it starts, on so many cores; on several, or where it is asked for, the seconds that pass count."""
    global PASSING
    PASSING = passing or cores > 1
    if CORES:
        os.sched_setaffinity(0, CORES[:cores])


def of_child(command, **options):
    """The time, in seconds, that a command takes."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - began if PASSING else after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def of_call(function, times=1):
    """A function that gives the time, in seconds, that a call of another takes."""

    def run():
        clock = time.perf_counter if PASSING else time.process_time
        before = clock()
        for _ in range(times):
            function()
        return (clock() - before) / times

    return run


def medians(runs, rounds):
    """The median of what each function gives, all of them called in every round in another order."""
    taken = {name: [] for name in runs}
    for _ in range(rounds):
        for name in random.sample(list(runs), len(runs)):
            taken[name].append(runs[name]())
    return {name: statistics.median(times) for name, times in taken.items()}


class Table:
    """A table of ratios: ours to each peer's, and the worst of those to the better peer."""

    def __init__(self, peers):
        self.peers = peers
        print(f"{'':44} {'unit':>10} {'gradcalc':>9}" + "".join(f" {peer:>9} {'ratio':>6}" for peer in peers) + "  to the best", flush=True)

    def row(self, name, unit, figures, missing=()):
        """A row: figures by name, ours under `gradcalc`; and why peers that belong here have none."""
        cells = ""
        if "gradcalc" not in figures:
            print(f"{name:44}" + "".join(f"  [{why}]" for why in missing), flush=True)
            return
        ours = figures["gradcalc"]
        for peer in self.peers:
            theirs = figures.get(peer)
            cells += f" {theirs:9.3g} {ours / theirs:5.2f}x" if theirs else f" {'-':>9} {'':6}"
        others = [figure for peer, figure in figures.items() if peer != "gradcalc"]
        best = f"{ours / min(others):12.2f}x" if others else f"{'-':>13}"
        print(f"{name:44} {unit:>10} {ours:9.3g}{cells}{best}" + "".join(f"  [{why}]" for why in missing), flush=True)


def has(module):
    """Whether this Python has a module."""
    try:
        __import__(module)
    except ImportError:
        return False
    return True


def show(peers, rows):
    """Prints a table of rows, each as soon as it is measured."""
    table = Table(peers)
    for row in rows:
        table.row(*row)
