"""Ingest of a large delivery: rows per second and memory, beside a plain DuckDB COPY of the same file.

    python benchmarks/ingest.py --lines 4000000

Lines are made up here, all of them clean but for one in a thousand; both runs are processes of their own.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from originrisk.data.identifiers import entry_number

ROOT = Path(__file__).resolve().parents[1]

LINES = """
SELECT number AS entry_number, (i % 5 + 1)::INTEGER AS line_number, '01' AS entry_type,
  DATE '2019-01-01' + (i * 1826 // {n})::INTEGER AS entry_date,
  DATE '2019-01-01' + (i * 1826 // {n})::INTEGER AS received_on,
  DATE '2018-12-10' + (i * 1826 // {n})::INTEGER AS export_date,
  printf('%02d-%07d00', 10 + i % 80, (i * 7919) % 60000) AS importer_number,
  printf('%02d-%07d00', 10 + i % 80, (i * 7919) % 60000) AS consignee_number,
  printf('CNLAMKNI%dNIN', i % 9973) AS manufacturer_id,
  printf('LAMBDA %d KNITTING, CO. LTD', (i * 31) % 90000) AS manufacturer_name,
  printf('NO %d INDUSTRY ROAD', i % 9973) AS manufacturer_address, 'NINGBO' AS manufacturer_city,
  printf('%06d', 310000 + i % 5000) AS manufacturer_postal_code,
  printf('SELLER %d LIMITED', i % 40000) AS seller_name, NULL::VARCHAR AS consolidator_name,
  CASE WHEN i % 1000 = 7 THEN 'QQ' WHEN i % 3 = 0 THEN 'VN' ELSE 'CN' END AS country_of_origin,
  'CN' AS country_of_export, '57020' AS port_of_lading, '2704' AS port_of_unlading, '2704' AS port_of_entry,
  '11' AS mode_of_transport, printf('6109%02d%04d', i % 90 + 10, i % 97) AS htsus,
  printf('KNITTED GARMENT, STYLE %d', i % 300000) AS description, (i % 4000 + 1)::DOUBLE AS quantity,
  'DOZ' AS unit_of_measure, round(i % 4000 * 2.37 + 1, 2) AS gross_weight_kg,
  round((i % 4000 + 1) * (9 + i % 17 * 0.31), 2) AS entered_value_usd, round(i % 500 * 1.1, 2) AS charges_usd,
  i % 9 = 0 AS related_parties, NULL::VARCHAR AS special_program
FROM (SELECT unnest(range({n})) AS i) JOIN numbers ON numbers.e = i // 5
"""


def numbers(count: int) -> pa.Table:
    """Entry numbers with their check digits."""
    codes = np.array([list(f"ABC{e:07d}".encode()) for e in range(count)], dtype=np.uint8)
    digits = entry_number._check_digits(codes)
    return pa.table({"e": np.arange(count), "number": [f"ABC{e:07d}{d}" for e, d in enumerate(digits.tolist())]})


def make(folder: Path, lines: int) -> None:
    """The same lines as Parquet and as CSV."""
    with duckdb.connect() as connection:
        connection.register("numbers", numbers(lines // 5 + 1))
        query = LINES.format(n=lines)
        connection.execute(f"COPY ({query} ORDER BY i) TO '{folder}/lines.parquet'")
        connection.execute(f"COPY (FROM '{folder}/lines.parquet') TO '{folder}/lines.csv'")


# A process of its own around each command, for resource usage is summed over all children that have ended.
MEASURE = """
import json, resource, subprocess, sys, time
begun = time.perf_counter()
output = subprocess.run(sys.argv[1:], check=True, capture_output=True, text=True).stdout
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6, output]))
"""


def measured(*command: str) -> tuple[float, float, float, str]:
    """Seconds, CPU seconds, peak memory in GB and output of a command."""
    output = subprocess.run([sys.executable, "-c", MEASURE, *command], check=True, capture_output=True, text=True)
    seconds, cpu, peak, text = json.loads(output.stdout)
    return seconds, cpu, peak, text


def main() -> None:
    """Print one row for each kind of file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=4_000_000)
    lines = parser.parse_args().lines
    print(f"{'':>9}{'COPY s':>9}{'ingest s':>9}{'rows/s':>9}{'ratio':>7}{'CPU ratio':>10}{'peak GB':>8}{'again s':>8}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, lines)
        for kind in ("parquet", "csv"):
            report(folder, kind, lines)


def report(folder: Path, kind: str, lines: int) -> None:
    """Copy, ingest and ingest again one kind of file."""
    file, home = folder / f"lines.{kind}", folder / f"home-{kind}"
    copy = f"import duckdb; duckdb.execute(\"COPY (FROM '{file}') TO '{folder}/copy.parquet'\")"
    plain, plain_cpu, _, _ = measured(sys.executable, "-c", copy)
    ingest = (sys.executable, "-m", "originrisk", "--home", str(home), "ingest", "entries", str(file), "--json")
    taken, cpu, peak, output = measured(*ingest)
    counts = json.loads(output)
    assert counts["read"] == counts["accepted"] + counts["rejected"] == lines, counts
    again, _, _, _ = measured(*ingest)
    print(
        f"{kind:>9}{plain:9.1f}{taken:9.1f}{lines / taken:9,.0f}{plain / taken:7.2f}{plain_cpu / cpu:10.2f}"
        f"{peak:8.2f}{again:8.1f}"
    )


if __name__ == "__main__":
    main()
