"""Tables and progress: hostile text is shown harmless, and a script never sees a bar."""

import os

import pytest

from originrisk.data.console import print_table, progress, standard_output_kept


def test_cells_are_text_and_never_markup_or_control(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("[red]t[/red]", ["[bold]a"], [["[link=x]y\x1b[31m\u202e"]])
    shown = capsys.readouterr().out
    assert "[red]t[/red]" in shown
    assert "[link=x]y·[31m·" in shown


def test_numbers_get_thousands_separators(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("t", ["name", "count"], [["read", 37385], ["rejected", 0]])
    assert "37,385" in capsys.readouterr().out


def test_progress_is_silent_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("reading", 10) as advance:
        advance(5)
    assert capsys.readouterr() == ("", "")


def test_what_is_written_beside_python_goes_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    with standard_output_kept():
        os.write(1, b"a library's warning")
    os.write(1, b"the answer")
    assert capfd.readouterr() == ("the answer", "a library's warning")
