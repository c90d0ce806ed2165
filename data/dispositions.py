"""What an examination found, and what the customs service did: two things, and a line may have either.

`result` is evidence on origin alone. A denial says that the presumption was not rebutted, mostly for want of papers:
it is never told or counted as a finding of Xinjiang inputs. For learning it is a weak label, with the error rates of
`detention`. A row without a disposition whose detention has the result `xinjiang` is a denial of the contract's
first version, and is read as one without evidence.
"""

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

FOUND: Final = "xinjiang"
NOT_FOUND: Final = "not_xinjiang"
DENIALS: Final = ("denied", "excluded", "seized")
RELEASES: Final = ("released", "released_on_evidence", "protest_granted")
DISPOSITIONS: Final = (*RELEASES, *DENIALS, "detained", "exported", "abandoned")

AS_TOLD: Final = f"""SELECT * EXCLUDE (denial) REPLACE (CASE WHEN denial THEN NULL ELSE result END AS result,
  CASE WHEN denial THEN 'denied' ELSE disposition END AS disposition) FROM (SELECT *,
  coalesce(method = 'detention' AND result = '{FOUND}' AND disposition IS NULL, false) AS denial FROM {{outcomes}})"""
"""SQL for outcomes as they may be told: `result` is evidence, and a denial of the first version a disposition."""


def denied(outcomes: pa.Table) -> pa.BooleanArray:
    """Rows (n,) of a table in the contract's `outcomes` shape whose goods were refused; never null."""
    return pc.or_(_is_in(outcomes["disposition"], DENIALS), _first_version_denial(outcomes))


def evidence(outcomes: pa.Table) -> pa.StringArray:
    """What was found on origin (n,): FOUND or NOT_FOUND; null where nothing was found either way."""
    result = outcomes["result"].combine_chunks()
    told = pc.and_(_is_in(result, (FOUND, NOT_FOUND)), pc.invert(_first_version_denial(outcomes)))
    return pc.if_else(told, result, None)


def weak_labels(outcomes: pa.Table) -> tuple[pa.StringArray, pa.StringArray]:
    """What learning takes for the origin (n,), and the method whose error rates it has (n,).

    Evidence where there is some; else FOUND of a denial and NOT_FOUND where a detention ended in a release, both by
    `detention`; else null. A test that does not decide teaches nothing, whatever was done then.
    """
    found, held = (evidence(outcomes), pc.is_in(pc.fill_null(outcomes["method"], "detention"), pa.array(["detention"])))
    released = pc.and_(_is_in(outcomes["disposition"], RELEASES), held.combine_chunks())
    done = pc.if_else(denied(outcomes), FOUND, pc.if_else(released, NOT_FOUND, None))
    method = pc.if_else(pc.is_valid(found), outcomes["method"].combine_chunks(), "detention")
    return pc.coalesce(found, done), method


def _first_version_denial(outcomes: pa.Table) -> pa.BooleanArray:
    held = pc.and_(_is_in(outcomes["method"], ("detention",)), _is_in(outcomes["result"], (FOUND,)))
    return pc.and_(held, pc.is_null(outcomes["disposition"].combine_chunks()))


def _is_in(cells: pa.ChunkedArray | pa.Array, words: tuple[str, ...]) -> pa.BooleanArray:
    whole = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    return pc.is_in(whole, pa.array(words))
