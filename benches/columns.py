#!/usr/bin/env python3
"""The value and the gradients of a million rows in memory, one thread, beside others: nanoseconds a row, and ratios.

    python3 benches/columns.py [PROGRAM] [--rows N] [--rounds N] [--bench FILE]

Three expressions: the staged example of the notes, a neuron of five inputs, sixty operations. Rounds are shuffled, the middle one counts. The
peers: C that is staged by hand and compiled with gcc -O3 -march=native -ffast-math; JAX's jit(vmap(value_and_grad)) in 64 bits; NumPy,
polars, DuckDB, DataFusion and ClickHouse with what `--as numpy`, `--as polars` and `--as sql` print. What each answers is compared. A peer that is not
installed is named and left out. PROGRAM, target/release/gradcalc unless it is given, prints the texts; ours is the library, `cargo bench --bench
columns` unless FILE, which that has built, is given. It has pages as large as NumPy asks for.
"""
import argparse
import ctypes
import os
import subprocess
import tempfile

import measure

import numpy as np

PEERS = ["C", "NumPy", "JAX", "polars", "DuckDB", "DataFusion", "ClickHouse"]
EXPRESSIONS = {
    "staged": ("(x+sigma(y))/(sigma(x)+(x+y)^2)", "xy"),
    "neuron": ("sigma(w0*x0 + w1*x1 + w2)", ["w0", "x0", "w1", "x1", "w2"]),
    "sixty": (
        "sin(x)*cos(y) + exp(-x^2)*sqrt(1+y^2) - z*sin(x*y)*exp(-z^2) + cos(z)*sqrt(x^2+z^2+1)"
        " + sin(x+y*z)/(2+cos(x)*cos(z)) + exp(-(x-y)^2/2)*cos(x-z)",
        "xyz",
    ),
}
TIMES = 3


def printed(program, text, *options):
    return subprocess.run([program, *options, text], capture_output=True, text=True, check=True).stdout


def with_c(program, text, names, columns, folder, name):
    """The printed C function in a loop over columns, without its guards, as somebody who needs speed would write it."""
    function = printed(program, text, "--as", "c").replace("double f(", "static inline double f(")
    parameters = ", ".join(f"const double *restrict {n}" for n in names) + ", double *restrict out" + "".join(f", double *restrict d{n}" for n in names)
    call = ", ".join(f"{n}[i]" for n in names) + "".join(f", &d{n}[i]" for n in names)
    loop = f"\nvoid rows(long count, {parameters})\n{{\n    for (long i = 0; i < count; ++i) out[i] = f({call});\n}}\n"
    source = os.path.join(folder, f"{name}.c")
    with open(source, "w") as file:
        file.write(function + loop)
    library = source.replace(".c", ".so")
    flags = ["-O3", "-march=native", "-ffast-math", "-fopenmp-simd", "-shared", "-fPIC"]
    subprocess.run(["gcc", *flags, source, "-o", library, "-lmvec", "-lm"], check=True)
    rows = ctypes.CDLL(library).rows
    rows.restype = None
    count = len(columns[0])
    out = [np.empty(count) for _ in range(len(names) + 1)]
    pointers = [column.ctypes.data_as(ctypes.c_void_p) for column in [*columns, *out]]
    return lambda: rows(ctypes.c_long(count), *pointers) or out


def with_numpy(program, text, names, columns, folder, name):
    space = {}
    exec(printed(program, text, "--as", "numpy"), space)

    def run():
        value, gradients = space["f"](*columns)
        return [value, *(gradients[n] for n in names)]

    return run


def with_jax(program, text, names, columns, folder, name):
    import jax
    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    known = dict(sigma=jax.nn.sigmoid, sin=jnp.sin, cos=jnp.cos, exp=jnp.exp, sqrt=jnp.sqrt)
    one = eval(f"lambda {', '.join(names)}: {text.replace('^', '**')}", known)
    mapped = jax.jit(jax.vmap(jax.value_and_grad(one, argnums=tuple(range(len(names))))))

    def run():
        value, gradients = mapped(*columns)
        return [np.asarray(value), *map(np.asarray, gradients)]

    return run


def with_polars(program, text, names, columns, folder, name):
    import polars
    space = {}
    exec(printed(program, text, "--as", "polars"), space)
    frame = polars.DataFrame(dict(zip(names, columns)))

    def run():
        made = space["with_f"](frame.lazy()).collect()
        return [made[n].to_numpy() for n in ["f", *(f"d{n}" for n in names)]]

    return run


def query(program, text, dialect):
    return printed(program, text, "--as", "sql", "--dialect", dialect, "--table", "t")


def arrow_table(names, columns):
    import pyarrow
    return pyarrow.table(dict(zip(names, columns)))


def asked(names, made):
    """The columns that are asked for of a table of Arrow's."""
    return [made[n].to_numpy() for n in ["f", *(f"d{n}" for n in names)]]


def with_duckdb(program, text, names, columns, folder, name):
    import duckdb
    base = duckdb.connect()
    base.execute("set threads=1")
    base.register("given", arrow_table(names, columns))
    base.execute("create table t as select * from given")
    text = query(program, text, "duckdb")

    def run():
        made = base.execute(text).fetchnumpy()
        return [made[n] for n in ["f", *(f"d{n}" for n in names)]]

    return run


def with_datafusion(program, text, names, columns, folder, name):
    import datafusion
    base = datafusion.SessionContext(datafusion.SessionConfig().with_target_partitions(1))
    base.register_record_batches("t", [arrow_table(names, columns).to_batches(max_chunksize=8192)])
    text = query(program, text, "datafusion")
    return lambda: asked(names, base.sql(text).to_arrow_table())


def with_clickhouse(program, text, names, columns, folder, name):
    import pyarrow.ipc
    from chdb import session
    base = session.Session()
    base.query("set max_threads = 1")
    table = arrow_table(names, columns)
    file = os.path.join(folder, f"{name}.arrow")
    with pyarrow.ipc.new_file(file, table.schema) as sink:
        sink.write_table(table)
    base.query(f"create or replace table t engine = Memory as select * from file('{file}', 'Arrow')")
    text = query(program, text, "clickhouse").rstrip().rstrip(";")

    def run():
        found = base.query(text, "Arrow").bytes()
        return asked(names, pyarrow.ipc.open_file(found).read_all())

    return run


MAKERS = dict(zip(PEERS, [with_c, with_numpy, with_jax, with_polars, with_duckdb, with_datafusion, with_clickhouse]))
NEEDED = {"JAX": "jax", "polars": "polars", "DuckDB": "duckdb", "DataFusion": "datafusion", "ClickHouse": "chdb"}


def missing():
    """Why peers are left out, by name."""
    found = {peer: f"{module} is not installed" for peer, module in NEEDED.items() if not measure.has(module)}
    if not measure.has("pyarrow"):
        found.update({peer: "pyarrow is not installed" for peer in ("DuckDB", "DataFusion", "ClickHouse")})
    return found


def rows(program, rounds, count=1_000_000, bench=None):
    """The rows of a table, each as soon as it is measured."""
    if bench is None:
        made = subprocess.run(["cargo", "bench", "--no-run", "--bench", "columns"], capture_output=True, text=True, check=True).stderr
        bench = made.rsplit("(", 1)[1].split(")")[0]
    absent = missing()
    large_pages = {**os.environ, "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
    with tempfile.TemporaryDirectory() as folder:
        for name, (text, names) in EXPRESSIONS.items():
            names = list(names)
            columns = list(np.random.default_rng(1).uniform(-3, 3, (len(names), count)))
            runs = {peer: make(program, text, names, columns, folder, name) for peer, make in MAKERS.items() if peer not in absent}
            truth = [np.array(column) for column in runs["NumPy"]()]
            for peer, run in runs.items():
                for ours, theirs in zip(truth, run()):
                    assert np.max(np.abs(ours - theirs)) <= 1e-9 * np.max(np.abs(ours)), (name, peer)
            timed = {peer: measure.of_call(run, TIMES) for peer, run in runs.items()}
            command = [bench, text, str(count), str(TIMES)]
            timed["gradcalc"] = lambda: float(subprocess.run(command, capture_output=True, text=True, check=True, env=large_pages).stdout) * count / 1e9
            figures = {peer: seconds * 1e9 / count for peer, seconds in measure.medians(timed, rounds).items()}
            yield f"rows in memory, {name}", "ns/row", figures, sorted(set(absent.values()))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?", default=measure.PROGRAM)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--bench")
    options = parser.parse_args()
    measure.hold()
    measure.show(PEERS, rows(options.program, options.rounds, options.rows, options.bench))


if __name__ == "__main__":
    main()
