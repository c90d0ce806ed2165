"""A table of rows under keys answers the same before and after it is folded, like a dictionary would."""

from collections import defaultdict

import numpy as np

from originrisk.serve.party.book import SortedTable

KEYS = np.random.default_rng(0).integers(1, 200, 2_000).astype(np.uint64)
ABSENT = 500


def filled(fold_at: int | None = None) -> tuple[SortedTable, dict[int, list[int]]]:
    table, plain = SortedTable(), defaultdict(list)
    for row, key in enumerate(KEYS.tolist()):
        table.add(key, row)
        plain[key].append(row)
        if row == fold_at:
            table.fold()
    return table, plain


def test_rows_come_in_the_order_in_which_they_were_added() -> None:
    for fold_at in (None, 900, 1_999):
        table, plain = filled(fold_at)
        wanted = [*plain, ABSENT]
        assert table.under(wanted) == [plain.get(key, []) for key in wanted]


def test_the_first_row_is_found_wherever_it_is() -> None:
    for fold_at in (None, 900, 1_999):
        table, plain = filled(fold_at)
        wanted = np.array([*plain, ABSENT], np.uint64)
        assert table.first(wanted).tolist() == [plain.get(key, [-1])[0] for key in wanted.tolist()]


def test_folded_arrays_make_the_same_table() -> None:
    table, plain = filled()
    table.fold()
    again = SortedTable(table.keys, table.rows)
    assert again.under(list(plain)) == list(plain.values())
