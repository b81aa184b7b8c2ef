"""Reads and writes files in Parquet beside pyarrow and polars: the rows of a file are those of the same table as CSV, and what `-o` writes
is what they read.

python parquet.py PROGRAM      a program that was built with the feature `parquet`
"""

import csv
import io
import math
import pathlib
import random
import subprocess
import sys
import tempfile

import polars
import pyarrow
import pyarrow.parquet

EXE = str(pathlib.Path(sys.argv[1]).resolve())
draw = random.Random(3)


def run(folder, *arguments):
    done = subprocess.run([EXE, *arguments], cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def some(make, count, missing):
    return [None if missing and draw.random() < 0.1 else make() for _ in range(count)]


def table(count, missing):
    """A column of each type that is read, and some that are kept."""
    text = lambda: draw.choice(["a", "", "b,c", 'say "so"', "two\nlines", " padded ", "αβγ", "NA"])
    number = lambda: draw.choice([draw.gauss(0, 1), draw.gauss(0, 1) * 10 ** draw.randrange(-200, 200), 0.0, -0.0, 1.0])
    return {
        "x": pyarrow.array(some(number, count, missing), pyarrow.float64()),
        "y": pyarrow.array(some(lambda: draw.gauss(0, 1), count, missing), pyarrow.float32()),
        "n": pyarrow.array(some(lambda: draw.randrange(-9, 9), count, missing), pyarrow.int64()),
        "m": pyarrow.array(some(lambda: draw.randrange(0, 200), count, missing), pyarrow.uint8()),
        "id": pyarrow.array([2**60 + at for at in range(count)], pyarrow.int64()),
        "u": pyarrow.array([2**64 - 1 - at for at in range(count)], pyarrow.uint64()),
        "b": pyarrow.array(some(lambda: draw.random() < 0.5, count, missing), pyarrow.bool_()),
        "s": pyarrow.array(some(text, count, missing), pyarrow.string()),
    }


def shown(cell):
    """A cell as CSV."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(int(cell))
    return repr(cell) if isinstance(cell, float) else str(cell)


def as_csv(columns):
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    rows = zip(*(column.to_pylist() for column in columns.values()))
    writer.writerows([shown(cell) for cell in row] for row in rows)
    return file.getvalue()


def cells(text):
    return list(csv.reader(io.StringIO(text)))


def same(one, other):
    if one == other:
        return True
    try:
        return float(one) == float(other)
    except ValueError:
        return False


def alike(mine, theirs, what):
    assert len(mine) == len(theirs), (what, len(mine), len(theirs))
    for at, (one, other) in enumerate(zip(mine, theirs)):
        assert len(one) == len(other) and all(map(same, one, other)), (what, at, one, other)


EXPRESSIONS = ["x*y + n", "exp(-x^2)*m*b", "max(x, y)*n", "sqrt(x)*y"]


def reads(folder):
    count = 0
    for rows in (1, 100, 5000, 20000):
        for missing in (False, True):
            columns = table(rows, missing)
            whole = pyarrow.table(columns)
            (folder / "t.csv").write_text(as_csv(columns), newline="")
            kinds = [("snappy", {}), ("zstd", {"data_page_version": "2.0"}), ("none", {"use_dictionary": False, "version": "1.0"}), ("gzip", {})]
            for compression, more in kinds:
                pyarrow.parquet.write_table(whole, folder / "t.parquet", compression=compression, row_group_size=max(1, rows // 3), **more)
                for text in EXPRESSIONS:
                    for threads in ("1", "2"):
                        mine = run(folder, text, "--rows", "t.parquet", "--threads", threads)
                        theirs = run(folder, text, "--rows", "t.csv")
                        assert mine[0] == theirs[0], (mine[2], theirs[2])
                        alike(cells(mine[1]), cells(theirs[1]), (compression, text, rows))
                        count += 1
            polars.from_arrow(whole).write_parquet(folder / "t.parquet", row_group_size=max(1, rows // 2))
            mine, theirs = (run(folder, "x*y + n", "--rows", name) for name in ("t.parquet", "t.csv"))
            alike(cells(mine[1]), cells(theirs[1]), ("polars", rows))
            count += 1
    return count


def writes(folder):
    count = 0
    for rows in (1, 300, 150_000):
        columns = table(rows, True)
        pyarrow.parquet.write_table(pyarrow.table(columns), folder / "t.parquet")
        (folder / "t.csv").write_text(as_csv(columns), newline="")
        for source in ("t.parquet", "t.csv"):
            code, _, said = run(folder, "x*y + n", "--rows", source, "-o", "out.parquet")
            assert code == 0, said
            mine = cells(run(folder, "x*y + n", "--rows", source)[1])
            for read in (pyarrow.parquet.read_table(folder / "out.parquet"), polars.read_parquet(folder / "out.parquet").to_arrow()):
                assert read.column_names == mine[0], read.column_names
                kinds = {name: str(read.schema.field(name).type).replace("large_", "").replace("_view", "") for name in mine[0]}
                results = {name: "double" for name in ("x", "y", "f", "dx", "dy", "dn")}
                of_types = {"n": "int64", "m": "int64", "id": "int64", "b": "bool", "s": "string", "u": "string"}
                assert all(kinds[name] == kind for name, kind in results.items()), kinds
                assert source == "t.csv" or all(kinds[name] == kind for name, kind in of_types.items()), kinds
                theirs = [mine[0], *([shown(cell) for cell in row] for row in zip(*(column.to_pylist() for column in read.columns)))]
                alike(mine, theirs, (source, rows))
                count += 1
    return count


def refusals(folder):
    columns = {"x": pyarrow.array([1.0, 2.0]), "v": pyarrow.array([[1], [2, 3]]), "big": pyarrow.array([2**53 + 1, 2**60])}
    columns["day"] = pyarrow.array([0, 1], pyarrow.date32())
    pyarrow.parquet.write_table(pyarrow.table(columns), folder / "t.parquet")
    code, printed, said = run(folder, "x^2", "--rows", "t.parquet")
    assert code == 0 and "`v.list.element` holds lists, and is left out" in said and "rounded" not in said, said
    assert cells(printed)[0] == ["x", "big", "day", "f", "dx"] and cells(printed)[1][1] == str(2**53 + 1), printed
    assert "1970-01-01" in printed, printed
    code, printed, said = run(folder, "x*big", "--rows", "t.parquet")
    assert code == 0 and "`big` has whole numbers that a 64-bit float cannot hold" in said and "in row 1" in said, said
    whole = (folder / "t.parquet").read_bytes()
    for bytes, told in ((whole[:-20], "is not whole"), (whole[:4], "is not whole"), (whole[:40] + bytes_turned(whole[40:]), "")):
        (folder / "t.parquet").write_bytes(bytes)
        code, printed, said = run(folder, "x^2", "--rows", "t.parquet", "-o", "o.csv")
        assert code != 0 and said.startswith("error: ") and told in said and not (folder / "o.csv").exists(), (code, said)
    pyarrow.parquet.write_table(pyarrow.table({"x": [1.0]}), folder / "t.parquet", compression="brotli")
    code, printed, said = run(folder, "x^2", "--rows", "t.parquet")
    assert code == 3 and "write it with snappy, gzip or zstd" in said, said
    for more, told in ((["--summary"], "neither objects nor a summary"), (["--as", "json"], "neither objects nor a summary")):
        code, printed, said = run(folder, "x^2", "--grid", "x=0:1:3", "-o", "o.parquet", *more)
        assert code == 2 and told in said and not (folder / "o.parquet").exists(), (code, said)
    done = subprocess.run([EXE, "x^2", "--rows", "-"], input=whole, capture_output=True)
    assert done.returncode == 2 and b"from a pipe" in done.stderr, done.stderr


def bytes_turned(bytes):
    return bytes[:-8].translate(bytes.maketrans(b"\x00\x15", b"\x01\x19")) + bytes[-8:]


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    refusals(folder)
    print(reads(folder), "tables read and", writes(folder), "written as pyarrow and polars have them")
