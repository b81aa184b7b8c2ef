"""Runs what `--as sql`, `--as polars` and `--as pyspark` print on engines, and compares every number with what `--rows` answers.

python compare.py PROGRAM ENGINE...      engines: sqlite duckdb datafusion clickhouse postgres spark spark-cluster
                                         and with functions in the place of queries: polars pyspark

Five expressions and fifty random programs, over rows of ordinary numbers and rows of special ones. A number agrees within 1e-12
of the largest of its column and row; what is not finite agrees as that. What an engine is known to do otherwise is in OTHERWISE, and counted.
"""

import csv
import io
import math
import os
import random
import subprocess
import sys

FIVE = [
    "(x+sigma(y))/(sigma(x)+(x+y)^2)",
    "sigma(x*y + z*x + 0.5*y - z)",
    "sin(x)*cos(y) + exp(-x^2)*sqrt(1 + y^2) - z*sin(x*y)*exp(-z^2) + cos(z)*sqrt(x^2 + z^2 + 1) + sin(x + y*z)/(2 + cos(x)*cos(z))",
    "x*0.5*(1 + erf((log(y^2 + 1) + z)/1.4142135623730951)) - y*exp(-z^2)*0.5*(1 + erf((log(y^2 + 1) - z)/1.4142135623730951))",
    "max(x, y) + where(x > 0, tanh(x*y), abs(y)) + min(z, x*y)",
]
SPECIAL = [0.0, -0.0, 1.0, -1.0, 2.5, math.inf, -math.inf, math.nan, 800.0, -800.0, 1e200, 1e-320]

# What an engine has no way to compute, which is refused.
REFUSED = {(engine, "mod(x, y)") for engine in ("postgres", "clickhouse", "polars")}

# Engines that know neither -0 nor nan: these are 0 and NULL, which is a number that is missing.
POOR = {"sqlite"}

# Engines that stop where a power leaves the range of 64 bits.
STOPPING = {"postgres"}

# Numbers whose products leave the range of 64 bits.
EXTREME = {800.0, -800.0, 1e200, 1e-320}


def program(draw):
    """A random expression of x, y and z, whose values are moderate where these are."""
    leaf = lambda: draw.choice(["x", "y", "z", "x", "y", "z", f"{draw.uniform(-2, 2):.3f}"])

    def grow(depth):
        if depth == 0:
            return leaf()
        one, two = lambda: grow(depth - 1), lambda: grow(draw.randrange(depth))
        return draw.choice([
            lambda: f"({one()} + {two()})", lambda: f"({one()} - {two()})", lambda: f"{one()}*{two()}",
            lambda: f"{one()}/(1 + ({two()})^2)", lambda: f"max({one()}, {two()})", lambda: f"min({one()}, {two()})",
            lambda: f"where({one()} > {two()}, {one()}, {two()})", lambda: f"erf({one()})", lambda: f"tanh({one()})",
            lambda: f"({one()})^2", lambda: f"(1 + ({one()})^2)^{draw.uniform(-1.5, 1.5):.2f}", lambda: f"({one()})^3",
            lambda: f"exp(-({one()})^2)", lambda: f"log(1 + ({one()})^2)", lambda: f"sigma({one()})", lambda: f"abs({one()})",
            lambda: f"relu({one()})", lambda: f"softplus({one()})", lambda: f"sqrt(1 + ({one()})^2)", lambda: f"sin({one()})",
            lambda: f"erfc({one()})", lambda: f"gelu({one()})", lambda: f"hypot({one()}, {two()})", lambda: f"atan2({one()}, 1 + ({two()})^2)",
            lambda: f"clamp({one()}, -1, 1)", lambda: f"expm1(-({one()})^2)", lambda: f"log1p(({one()})^2)", lambda: f"2^({one()}/4)",
        ])()

    text = grow(draw.choice([2, 3, 3, 4]))
    # Every program has all three inputs.
    return f"{text} + 0.1*x*y*z"


def rows():
    draw = random.Random(7)
    ordinary = [(draw.uniform(-3, 3), draw.uniform(-3, 3), draw.uniform(-3, 3)) for _ in range(400)]
    special = [(x, y, z) for x in SPECIAL for y in SPECIAL for z in (0.5, SPECIAL[(SPECIAL.index(x) * 5 + 3) % 12])]
    return ordinary, special


def asked(exe, text, engine, dialect):
    view = getattr(engine, "view", "sql")
    asks = ["--as", view] if view != "sql" else ["--as", "sql", "--dialect", dialect, "--table", "t", "--keep", "id"]
    done = subprocess.run([exe, *asks, "-e", text], capture_output=True, text=True)
    assert done.stdout or "cannot be printed" in done.stderr, (text, view, done.stderr)
    return done.stdout


def truth(exe, text, table):
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["id", "x", "y", "z"])
    writer.writerows([at, *map(repr, row)] for at, row in enumerate(table))
    done = subprocess.run([exe, "--rows", "-", "--na", "none", "-e", text], input=file.getvalue(), capture_output=True, text=True)
    assert done.stdout, (text, done.stderr)
    lines = list(csv.reader(io.StringIO(done.stdout)))
    return lines[0], [[float(cell) if cell else math.nan for cell in line] for line in lines[1:]]


class Sqlite:
    def __init__(self):
        import sqlite3
        self.base = sqlite3.connect(":memory:")
        self.base.execute("create table t (id int, x real, y real, z real)")

    def fill(self, table):
        self.base.execute("delete from t")
        null = lambda number: None if math.isnan(number) else number
        self.base.executemany("insert into t values (?,?,?,?)", [(at, *map(null, row)) for at, row in enumerate(table)])

    def fill_missing(self, rows):
        self.base.execute("delete from t")
        self.base.executemany("insert into t values (?,?,?,?)", rows)

    def run(self, query):
        cursor = self.base.execute(query)
        return [column[0] for column in cursor.description], cursor.fetchall()


class Duckdb:
    def __init__(self):
        import duckdb
        self.base = duckdb.connect()
        self.base.execute("create table t (id int, x double, y double, z double)")

    def fill(self, table):
        self.base.execute("delete from t")
        self.base.executemany("insert into t values (?,?,?,?)", [(at, *row) for at, row in enumerate(table)])

    def fill_missing(self, rows):
        self.base.execute("delete from t")
        self.base.executemany("insert into t values (?,?,?,?)", rows)

    def run(self, query):
        found = self.base.execute(query)
        return [column[0] for column in found.description], found.fetchall()


class Datafusion:
    def fill(self, table):
        import datafusion, pyarrow
        self.base = datafusion.SessionContext()
        columns = {name: [row[at] for row in table] for at, name in enumerate("xyz")}
        self.base.register_record_batches("t", [pyarrow.table({"id": range(len(table)), **columns}).to_batches()])

    def fill_missing(self, rows):
        self.fill([row[1:] for row in rows])

    def run(self, query):
        found = self.base.sql(query).to_arrow_table()
        return found.column_names, list(zip(*(column.to_pylist() for column in found.columns)))


class Clickhouse:
    def __init__(self):
        from chdb import session
        self.base = session.Session()

    def fill(self, table):
        self.base.query("drop table if exists t")
        self.base.query("create table t (id Int32, x Float64, y Float64, z Float64) engine=Memory")
        text = lambda number: {math.inf: "inf", -math.inf: "-inf"}.get(number, "nan" if math.isnan(number) else repr(number))
        self.base.query("insert into t values " + ",".join(f"({at},{','.join(map(text, row))})" for at, row in enumerate(table)))

    def fill_missing(self, rows):
        # Columns that may hold a NULL beside one that cannot.
        self.base.query("drop table if exists t")
        self.base.query("create table t (id Int32, x Nullable(Float64), y Nullable(Float64), z Float64) engine=Memory")
        text = lambda number: "NULL" if number is None else repr(number)
        self.base.query("insert into t values " + ",".join(f"({','.join(map(text, row))})" for row in rows))

    def run(self, query):
        import pyarrow
        found = self.base.query(query.rstrip().rstrip(";"), "Arrow")
        found = pyarrow.ipc.open_file(pyarrow.BufferReader(found.bytes())).read_all()
        return found.column_names, list(zip(*(column.to_pylist() for column in found.columns)))


class Postgres:
    def __init__(self):
        import psycopg
        self.base = psycopg.connect(os.environ["GRADCALC_POSTGRES"], autocommit=True)
        self.base.execute("create temp table t (id int, x float8, y float8, z float8)")

    def fill(self, table):
        self.base.execute("delete from t")
        with self.base.cursor() as cursor:
            cursor.executemany("insert into t values (%s,%s,%s,%s)", [(at, *row) for at, row in enumerate(table)])

    def fill_missing(self, rows):
        self.fill([row[1:] for row in rows])

    def run(self, query):
        found = self.base.execute(query)
        return [column.name for column in found.description], found.fetchall()


class Spark:
    def __init__(self, master="local[1]"):
        from pyspark.sql import SparkSession
        settings = {
            "spark.driver.memory": "2g", "spark.ui.showConsoleProgress": "false", "spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1", "spark.sql.shuffle.partitions": "2", "spark.executor.memory": "700m",
        }
        builder = SparkSession.builder.master(master)
        for name, value in settings.items():
            builder = builder.config(name, value)
        self.base = builder.getOrCreate()
        self.base.sparkContext.setLogLevel("OFF")

    def fill(self, table):
        rows = [(at, *row) for at, row in enumerate(table)]
        self.base.createDataFrame(rows, "id int, x double, y double, z double").createOrReplaceTempView("t")

    def fill_missing(self, rows):
        self.fill([row[1:] for row in rows])

    def run(self, query):
        found = self.base.sql(query)
        return found.columns, [tuple(row) for row in found.collect()]


class Polars:
    """The function that `--as polars` prints."""

    view = "polars"

    def fill(self, table):
        import polars
        columns = {name: [row[at] for row in table] for at, name in enumerate("xyz")}
        self.frame = polars.DataFrame({"id": range(len(table)), **columns}, schema_overrides={name: polars.Float64 for name in "xyz"})

    def fill_missing(self, rows):
        self.fill([row[1:] for row in rows])

    def run(self, text):
        space = {}
        exec(text, space)
        found = space["with_f"](self.frame)
        return found.columns, found.rows()


class Pyspark(Spark):
    """The function that `--as pyspark` prints."""

    view = "pyspark"

    def run(self, text):
        space = {}
        exec(text, space)
        found = space["with_f"](self.base.table("t"))
        return found.columns, [tuple(row) for row in found.collect()]


ENGINES = {
    "polars": Polars, "pyspark": Pyspark, "sqlite": Sqlite, "duckdb": Duckdb, "datafusion": Datafusion, "clickhouse": Clickhouse, "postgres": Postgres, "spark": Spark,
    "spark-cluster": lambda: Spark("local-cluster[2,1,700]"),
}


def differences(header, mine, columns, theirs, strict):
    """The cells that differ, as (row, column, ours, theirs)."""
    by_id = {row[columns.index("id")]: row for row in theirs}
    assert len(by_id) == len(mine), (len(by_id), len(mine))
    scales = [max((abs(row[at]) for row in mine if math.isfinite(row[at])), default=0) for at in range(len(header))]
    found = []
    for row in mine:
        other = by_id[int(row[0])]
        for at, name in list(enumerate(header))[4:]:
            ours, cell = row[at], other[columns.index(name)]
            cell = math.nan if cell is None else float(cell)
            if math.isfinite(ours) and math.isfinite(cell):
                scale = scales[at] if strict else max(abs(ours), 1e-300)
                same = abs(ours - cell) <= (1e-12 if strict else 1e-10) * scale or abs(ours - cell) < 1e-290
            else:
                same = ours == cell or math.isnan(ours) and math.isnan(cell)
            if not same:
                found.append((row[1:4], name, ours, cell))
    return found


def is_tame(row):
    return not any(number in EXTREME for number in row)


class Count:
    """What is counted of an engine."""

    cells = off = tame_off = extreme_off = stops = tame_stops = shown = 0

    def show(self, *case):
        if self.shown < 40:
            self.shown += 1
            print(" ", *case)


def special_rows(engine, name, dialect, text, exe, table, count):
    query = asked(exe, text, engine, dialect)
    if not query:
        assert (dialect, text) in REFUSED, (dialect, text)
        return
    tame = [row for row in table if is_tame(row)]
    for rows in (table, tame):
        engine.fill(rows)
        try:
            columns, theirs = engine.run(query)
        except Exception as fault:
            if rows is tame:
                count.tame_stops += 1
                count.show(name, text, "stops:", str(fault).strip().splitlines()[0][:200])
            else:
                count.stops += 1
            continue
        header, mine = truth(exe, text, rows)
        found = differences(header, mine, columns, theirs, False)
        count.cells += len(mine) * (len(header) - 4)
        for case in found:
            if is_tame(case[0]):
                count.tame_off += 1
                count.show(name, text, *case)
            else:
                count.extreme_off += 1
        return


def large_exponents(engine, name, dialect, exe, count):
    """A power of a large exponent is infinite or 0, of the right sign, unless the base is next to 1 or -1."""
    bases = [1.5, 0.3, 1e300, 1e-300, 1e-20, 1 + 2**-52, 1 - 2**-53, 1 + 1e-10, 1.0, 0.0, math.inf]
    exponents = [1e12, 1e12 + 0.5, 2.0**44 + 1, 2.0**47 + 3, 2.0**53 - 1, 2.0**53, 1e18, 2.0**62, 6.8e18, 2.0**63, 1e19, 1e200, sys.float_info.max]
    table = [(sign * x, turn * y, 0.0) for x in bases for y in exponents for sign in (1, -1) for turn in (1, -1)]
    unknown = lambda number: number == 0 and math.copysign(1, number) < 0
    table = [row for row in table if dialect not in POOR or not any(map(unknown, row))]
    # Where the sign of 0 is lost, so is that of a quotient by it.
    quotients = () if dialect in POOR else ("1/x^y + z",)
    for text in ("x^y + z", *quotients, "x^1e18 + y + z", "x^-140737488355331 + y + z", "1.5^y + x + z"):
        query = asked(exe, text, engine, dialect)
        engine.fill(table)
        columns, theirs = engine.run(query)
        header, mine = truth(exe, text, table)
        # The value alone: a gradient multiplies a power, which may have left the range, by what has not.
        value = [row[:5] for row in mine]
        found = differences(header[:5], value, columns, theirs, False)
        count.cells += len(value)
        count.tame_off += len(found)
        for case in found:
            count.show(name, text, *case)


def missing_numbers(engine, dialect, exe):
    """A row in which a number is missing has no result, whatever a choice would make of it."""
    engine.fill_missing([(0, None, 2.0, 1.0), (1, 1.0, None, 1.0), (2, 1.0, 2.0, 1.0)])
    for text in ("max(x, y)", "where(x > 0, 1, 2)*y", "relu(x) + y", "sigma(x)*y", "x + y", "clamp(x, -1, 1)*y", "erf(x) + y"):
        query = asked(exe, text, engine, dialect)
        columns, found = engine.run(query)
        for row in found:
            whole = row[columns.index("id")] == 2
            results = [row[columns.index(name)] for name in ("f", "dx", "dy")]
            assert all((cell is not None) == whole for cell in results), (dialect, text, row)


# Cells that a column of SQLite may hold, and the number that each is: a BLOB is none, a text where it is one as a whole.
CELLS = [
    (7, 7.0), (2.5, 2.5), (None, None), (b"abc", None), (b"12", None), ((7).to_bytes(8, "little"), None), ("7", 7.0), (" 7.0 ", 7.0), ("abc", None),
    ("7abc", None), ("", None), ("1e3", 1e3), ("1234567890123456789", 1234567890123456789.0), ("9007199254740993", 9007199254740992.0),
    ("0.1", 0.1), ("-1.5", -1.5), (".5", 0.5), ("1_000", None), ("0x10", None), (1234567890123456789, 1234567890123456789.0),
]


def cells_of_sqlite(engine, exe):
    query = asked(exe, "x*2 + 1", engine, "sqlite").replace("`t`", "`cells`")
    for kind in ("", "text", "numeric", "blob", "real", "integer"):
        engine.base.execute("drop table if exists cells")
        engine.base.execute(f"create table cells (id int, x {kind})")
        engine.base.executemany("insert into cells values (?, ?)", [(at, cell) for at, (cell, _) in enumerate(CELLS)])
        columns, found = engine.run(query)
        for row, (cell, number) in zip(found, CELLS):
            expected = None if number is None else number * 2 + 1
            assert row[columns.index("f")] == expected, (kind, cell, row)


def main():
    exe, wanted = sys.argv[1], sys.argv[2:]
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    draw = random.Random(2026)
    programs = FIVE + [program(draw) for _ in range(50)]
    ordinary, special = rows()
    failed = False
    for name in wanted:
        engine, dialect, count = ENGINES[name](), name.split("-")[0], Count()
        engine.fill(ordinary)
        for text in programs:
            columns, theirs = engine.run(asked(exe, text, engine, dialect))
            header, mine = truth(exe, text, ordinary)
            found = differences(header, mine, columns, theirs, True)
            count.cells += len(mine) * (len(header) - 4)
            count.off += len(found)
            for case in found[:2]:
                count.show(name, text, *case)
        unknown = lambda number: math.isnan(number) or number == 0 and math.copysign(1, number) < 0
        table = [row for row in special if dialect not in POOR or not any(map(unknown, row))]
        missing_numbers(engine, dialect, exe)
        if dialect == "sqlite":
            cells_of_sqlite(engine, exe)
        if dialect not in STOPPING:
            large_exponents(engine, name, dialect, exe, count)
        for text in programs[:20] + EDGES + BESIDE:
            special_rows(engine, name, dialect, text, exe, table, count)
        print(
            f"{name}: {count.cells} cells; of ordinary rows {count.off} off; of special rows {count.tame_off} off,"
            f" {count.extreme_off} where products leave the range; stopped by those {count.stops}, by others {count.tame_stops}"
        )
        failed |= count.off > 0 or count.tame_off > 0 or count.tame_stops > 0
    sys.exit(failed)


EDGES = [
    "max(1, sqrt(x))*y", "where(x > 0, log(x), y)", "1/x + y", "x^2.5 + x^3*y", "exp(-x^2)*y", "max(x, y) + min(x, 2*y)", "sqrt(x)^2",
    "0*sqrt(x) + y", "relu(x)*y + log(x)", "max(min(x, 1), -1) + clamp(y, 0, 2)*sqrt(x)", "x*y/z", "abs(x)/x + sign(y)", "round(x) + floor(y) + ceil(z)",
    "log1p(x) + expm1(y)", "hypot(x, y)", "atan2(x, y)", "asin(x) + acosh(y) + atanh(z)", "sin(x) + tan(y)", "cbrt(x) + log2(y) + log10(z)",
    "(y > 1)*sqrt(x)", "(x > 0)*log(x) + (x <= 0)*x", "(1 - (y > 1))*sqrt(x)", "where(y > 1, 1, 0)*log(x)", "max(y > 1, 0)*sqrt(x)",
    "floor(y)*sqrt(x)", "pi*x + y/e", "d(x^2*y, x) + d(max(x, y)^2, x)", "x^-1 + y^-2", "x^0.5*(y >= 1)*(z <= 2)", "1^y + x^2",
    "mod(x, y)", "logaddexp(x, y) + xlogy(z, y)", "sigma(x) + softplus(y) + silu(z)", "erf(x) + erfc(y) + gelu(z)",
]

# Gates of two operands, of which one may have no value and the other is a number as written, also nan, infinity, 0 and what makes a power 1.
TWO = [
    "max({}, {})", "min({}, {})", "({})/({})", "({})^({})", "where(({}) != ({}), x, y)", "where(({}) == ({}), x, y)", "where(({}) < ({}), x, y)",
    "where(({}) >= ({}), x, y)",
]
BESIDE = [form.format(*pair) for form in TWO for number in ("0", "1", "3", "sqrt(-1)", "(1/0)") for pair in ((number, "sqrt(x)"), ("sqrt(x)", number))]
BESIDE += [form.format("log(x)", "abs(x/y)") for form in TWO]

main()
