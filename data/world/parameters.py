"""Readers of `parameters.toml`: values by country, by year and by name, as numbers and numpy look-ups."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from originrisk.data.world.clock import day_number

Table = dict[str, Any]


@cache
def parameters() -> dict[str, Table]:
    """All tables of `parameters.toml`, each with its meaning, source and confidence."""
    return tomllib.loads(Path(__file__).with_name("parameters.toml").read_text(encoding="utf-8"))


def value(table: str, name: str) -> Any:
    """One value of a table."""
    return parameters()[table][name]


def values(table: str) -> dict[str, float]:
    """The name → number map of a table."""
    found: dict[str, float] = parameters()[table]["values"]
    return found


def by_day(table: str, days: NDArray[np.int32]) -> NDArray[np.float64]:
    """Yearly values on given days, straight lines between the middles of the years."""
    return interpolated(parameters()[table]["years"], days)


def interpolated(years: dict[str, float], days: NDArray[np.int32]) -> NDArray[np.float64]:
    """Year → value, read on given days: straight lines between the middles of the years."""
    middles = [day_number(date(int(year), 7, 1)) for year in years]
    return np.interp(days, middles, list(years.values()))


def order(name: str) -> int:
    """Day number of a legal date of the table `orders`."""
    return day_number(parameters()["orders"][name])
