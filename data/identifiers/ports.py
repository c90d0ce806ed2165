"""Ports: Schedule D (US, 4 digits) and Schedule K (foreign, 5 digits, which begin with the country)."""

import re
from typing import Final

from originrisk.data import reference

_SCHEDULE_D: Final = re.compile(r"[0-9]{4}", re.ASCII)
_SCHEDULE_K: Final = re.compile(r"[0-9]{5}", re.ASCII)


def schedule_d(text: str) -> str | None:
    """Four digits, or None. A missing leading zero is put back: three digits have no other reading."""
    code = text.strip().rjust(4, "0") if len(text.strip()) == 3 else text.strip()
    return code if _SCHEDULE_D.fullmatch(code) else None


def schedule_k(text: str) -> str | None:
    """Five digits, or None. Nothing is filled up: codes of eastern Canada begin with a zero of their own."""
    code = text.strip()
    return code if _SCHEDULE_K.fullmatch(code) else None


def country_of_schedule_k(code: str) -> str | None:
    """ISO alpha-2 of a foreign port.

    A listed port tells its country; else the first three digits do, unless several countries share them (the
    Leeward Islands, Croatia and Slovenia) or they stand for military ports (920): then None.
    """
    if port := reference.foreign_ports_by_code().get(code):
        return port.country
    countries = reference.countries_by_schedule_k_prefix().get(code[:3], ())
    return countries[0] if len(countries) == 1 else None
