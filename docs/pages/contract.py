"""`docs/contract.md`, made from the contract."""

from originrisk.data.contract import RULES, TABLES, Table


def document() -> str:
    """The contract as a Markdown page (`docs/contract.md`)."""
    return "\n".join([_PREFACE, *(_section(table) for table in TABLES.values()), _FATES])


def _section(table: Table) -> str:
    rows = [
        f"| `{column.name}` | {column.type} | {'yes' if column.required else 'no'} | {column.meaning} "
        f"| {RULES[column.rule].replace('|', chr(92) + '|')} |"
        for column in table.columns
    ]
    head = ["| column | type | required | meaning | a cell is |", "|---|---|---|---|---|"]
    either = [f"\nOne of {' and '.join(f'`{name}`' for name in group)} must be present." for group in table.one_of]
    key = ", ".join(f"`{name}`" for name in table.key)
    return "\n".join([f"\n## `{table.name}`\n", f"Key: {key}.\n", *head, *rows, *either])


_PREFACE = """# Data contract

Four tables; nothing else crosses the system's edge. A CSV, CSV.GZ or Parquet file in this shape, or a folder
of them, is read as it is; a file in another shape comes in through a mapping. Text is UTF-8, dates are ISO,
numbers are plain decimals with `.`, codes keep their leading zeros, and an empty cell is null."""

_FATES = """
## What happens to a cell that is not in this shape

| case | fate |
|---|---|
| a required cell is missing, unreadable or out of range | the line is rejected, with every broken rule |
| an optional cell is unreadable or out of range | the cell becomes null and is counted; the line stays |
| a repair that is certain | made, and counted by rule |
| an outcome's date that is unreadable or before its selection | rejected: empty, its result would be pending |
| a label of an outcome that nobody knows | the delivery is refused with each word and its count; nothing is stored |
| anything doubtful | rejected where required, null where optional; a mapping may settle it |
| entry number with a wrong check digit | rejected, unless the mapping says that the numbers are not CBP's |
| the same key twice in one delivery | the first is taken, later ones are rejected as duplicates |
| the same key in a later delivery | a correction: it replaces the line, the old version stays readable |
| a record with the wrong number of cells, foreign bytes, a NUL, an endless field | it alone is rejected |
| a file without a usable header, or not a table | refused whole; the store is unchanged |
| formulas, markup, right-to-left marks in a text | it is text: kept, and made harmless where it is shown |

Certain repairs: case of codes, surrounding blanks, Unicode NFKC, zero-width and direction marks, dots,
hyphens and blanks in codes, typographic hyphens, Excel's leading apostrophe, `.0` behind a code, thousands separators
and currency signs, ISO dates with a time, alpha-3 codes and names of countries in everyday use (words in any order, and
in 30 languages), the customs service's own codes (Canadian provinces, `UK`, `WE`, `GZ`, `KV`), a lost leading zero
where the length proves it (Schedule D, entry type), words for nothing with what stands around them (`N/A`, `(null)`,
`-`, `UNKNOWN`, `T.B.D.`, `#REF!`, `XXX`, several makers at once; as a text or a party's number also zeros; in codes and
numbers also `NAN`, `NaT`, `NA`).

Doubtful: day and month order; a moment with a time zone, unless the whole column stands at midnight; decimal commas,
and `12,500` in a file between semicolons (with every `1.250` of its column) or beside a `7,25`; scientific notation
in a code; a code as a number whose type cannot hold it (ten digits in 32 bits); HTSUS numbers of odd length, letters
among digits, unknown codes, several countries of origin.

Typed cells (Parquet, workbooks) are values: no rule about ways of writing touches them. A decimal, and a number of few
digits, becomes the number that is written like it.

## What a delivery's counts mean

The paths of one command are one delivery: one commit, or none. `--json` prints these counts as one object.

| count | of | meaning |
|---|---|---|
| `read` | records of the source | `accepted` + `rejected`, always |
| `accepted` | records | taken into the store, or into another record's line |
| `rejected` | records | kept in `rejected` with file, row number, raw values and every broken rule |
| `repaired` | accepted records | with one cell or more repaired or emptied |
| `duplicates` | rejected records | whose key came earlier in the delivery |
| `new`, `corrected`, `unchanged` | rows of the store | what the accepted records made of it |
| `rules` | cells | for each `column: rule`, cells repaired, emptied or broken |
| `fates` | rules | what each of them did: `repaired`, `emptied`, `rejected`, or `told` (kept as it is) |
| `warnings` | files | what was passed over or guessed ([files](files.md)) |

`originrisk rejects` lists every reason of a rejected record and every emptied cell (of one rule at most 10,000 a
delivery) with file, row, value and what to do; `--table`, `--file`, `--column`, `--reason` and `--fate` filter, `--out`
writes CSV or Parquet. An importer number is masked wherever it stands.

`originrisk ingest … --check` tells all of this and stores nothing, with a profile of each heading: the column it fills,
empty cells, how many cells are understood and how many codes stand in a table, types, and examples. Mistakes of a
mapping and of the files are told in one run.

Row numbers are those a person sees: the line of a text file and the row of a sheet, headings included; in Parquet
the row from 1. Reading a file again replaces what it had rejected before.
"""
