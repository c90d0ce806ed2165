"""Places: countries as stable numbers, the country of a port, and Xinjiang in an address."""

from functools import cache, lru_cache
from math import nan

from originrisk.data import reference
from originrisk.data.reference import country_of_schedule_k
from originrisk.features.names import tokens

_LONGEST_PLACE = 3


def country_number(code: str) -> float:
    """A number for an ISO alpha-2 code, the same in every run: AA is 0, ZZ is 675; NaN for anything else."""
    if len(code) != 2 or not (code.isascii() and code.isalpha()):
        return nan
    first, second = code.upper().encode()
    return float((first - ord("A")) * 26 + second - ord("A"))


def lading_country(port: str) -> float:
    """Number of the country of a Schedule K port; NaN if the port does not tell it."""
    country = country_of_schedule_k(port)
    return nan if country is None else country_number(country)


@cache
def _regions() -> list[str]:
    return sorted({country.region for country in reference.countries()})


def lading_region(port: str) -> float:
    """Place of the region of a Schedule K port among all regions in order of name; NaN if the port tells none."""
    country = reference.countries_by_alpha_2().get(country_of_schedule_k(port) or "")
    return nan if country is None else float(_regions().index(country.region))


def on_land_border(port: str) -> float:
    """1 for a port of Schedule D on a land border, 0 for another; NaN for one that the table lacks."""
    known = reference.us_ports_by_code().get(port)
    return nan if known is None else float(known.kind == "land")


@lru_cache(1 << 14)
def names_xinjiang(text: str) -> float:
    """1 where a text names a place in Xinjiang, 0.5 where the name is also another place's, 0 where it names none."""
    found = [reference.places_by_name().get(name) for name in _candidates(tokens(text))]
    places = [place for place in found if place]
    if not places:
        return 0.0
    return 1.0 if any(place.collides_with is None for place in places) else 0.5


def _candidates(words: list[str]) -> list[str]:
    """Runs of up to three words written as one and apart: `XIN JIANG` is a spelling of `XINJIANG`."""
    runs = [words[i : i + n] for n in range(1, _LONGEST_PLACE + 1) for i in range(len(words) - n + 1)]
    return [joined for run in runs for joined in ("".join(run), " ".join(run))]
