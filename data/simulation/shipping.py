"""The way of each shipment and its numbers: route, days under way, ports, entry type, entry and importer numbers."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.random import Generator
from numpy.typing import NDArray

from originrisk.data.arrays import Ints
from originrisk.data.identifiers.entry_number import check_digit
from originrisk.data.simulation.spelling import SPELLINGS, Spelling, spell
from originrisk.data.simulation.tables import countries, order, routes, stream, value
from originrisk.data.simulation.trade import PARCEL_LIMIT, SimulatedTrade

ENTRY_TYPES = np.array(["01", "03", "06", "11", "86"])
_ATLANTIC: Final = tuple("IT FR DE ES PL TR EG JO PK BR PE CL HN SV GT NI KE ET MG".split())  # noqa: SIM905


def ship(trade: SimulatedTrade) -> pd.DataFrame:
    """One row a shipment: `route`, `transit`, `unlading`, `entry`, `type`, `late` (days until received), `spelling`."""
    rng = stream(trade.settings.seed, "shipping")
    lines = trade.lines
    first = np.flatnonzero(lines["line"].to_numpy() == 1)
    contract = lines["contract"].to_numpy()[first]
    total = lines["value"].groupby(lines["shipment"]).sum().to_numpy()
    table = routes()
    # The contract's lane; now and then another of the same origin.
    usual, of = trade.contracts["route"].to_numpy()[contract], table["origin"].to_numpy()
    by_origin = np.argsort(of, kind="stable")
    start = np.searchsorted(of[by_origin], of[usual])
    other = by_origin[start + (rng.random(len(usual)) * np.bincount(of)[of[usual]]).astype(int)]
    route = np.where(rng.random(len(usual)) < 0.12, other, usual)
    transit = table["transit"].to_numpy()[route] + rng.poisson(3, len(first))
    origin, day = trade.contracts["origin"].to_numpy()[contract], lines["day"].to_numpy()[first]
    unlading = _ports(rng, route, origin)
    inland = rng.random(len(first)) < 0.14
    entry = np.where(inland, _ports(rng, route, origin), unlading)
    # 86 only while it existed and under its limit, 11 for small entries, 03 and 06 by chance.
    china = np.isin(origin, [countries().index(code) for code in ("CN", "HK")])
    end = np.where(china, order("type_86_china_until"), order("type_86_until"))
    small = (total <= PARCEL_LIMIT) & (day >= order("type_86_from")) & (day < end)
    draw = rng.random((3, len(day)))
    told = [small & (draw[0] < 0.7), (total < 2500) & (draw[1] < 0.8), china & (draw[2] < 0.06), draw[2] > 0.985]
    spelling = trade.contracts["spelling"].to_numpy()[contract]
    leaves = rng.random(len(first)) < trade.settings.spelling_noise
    return pd.DataFrame(
        {
            "route": route,
            "transit": transit,
            "unlading": unlading,
            "entry": entry,
            "type": np.select(told, [4, 3, 1, 2], 0),
            "spelling": np.where(leaves, rng.integers(0, SPELLINGS, len(first)), spelling),
            "late": np.where(rng.random(len(first)) < 0.15, rng.geometric(0.35, len(first)), 0),
        }
    )


def _ports(rng: Generator, route: Ints, origin: Ints) -> NDArray[np.object_]:
    mode = routes()["mode"].to_numpy(dtype=str)[route]
    atlantic = np.isin(origin, [countries().index(code) for code in _ATLANTIC])
    north = origin == countries().index("CA")
    kinds = np.select(
        [mode == "40", (mode != "11") & north, mode != "11", atlantic],
        ["air", "land_north", "land_south", "sea_atlantic"],
        "sea_pacific",
    )
    ports = np.empty(len(route), dtype=object)
    for kind in np.unique(kinds):
        weights = value("us_ports", kind)
        mask = kinds == kind
        share = np.array(list(weights.values())) / sum(weights.values())
        ports[mask] = rng.choice(np.array(list(weights), dtype=object), mask.sum(), p=share)
    return ports


@dataclass(frozen=True, slots=True)
class Papers:
    """A trade with its texts and numbers, ready to be declared line by line."""

    trade: SimulatedTrade
    shipments: pd.DataFrame
    spelling: Spelling
    importer_number: pa.Array
    entry_number: pa.Array


@dataclass(frozen=True, slots=True)
class DeclaredLines:
    """A run of lines with the contract and the shipment of each."""

    lines: pd.DataFrame
    contracts: pd.DataFrame
    shipped: pd.DataFrame


def draw_papers(trade: SimulatedTrade) -> Papers:
    """Give the parties names, the importers and entries numbers, the shipments a way."""
    importers = int(trade.contracts[["importer", "consignee"]].max().max()) + 1
    return Papers(trade, ship(trade), spell(trade.parties), importer_numbers(importers), line_entry_numbers(trade))


def part_of(papers: Papers, rows: slice) -> DeclaredLines:
    lines = papers.trade.lines.iloc[rows].reset_index(drop=True)
    contracts = papers.trade.contracts.iloc[lines["contract"]].reset_index(drop=True)
    return DeclaredLines(lines, contracts, papers.shipments.iloc[lines["shipment"]].reset_index(drop=True))


_EIN_PREFIXES: Final = (7, 8, 9, 17, 18, 19, 28, 29, 49, 69, 70, 78, 79, 89, 96, 97)
"""Prefixes that the tax authority has not given out."""
_PRIME: Final = 9_999_991
_PLACES: Final = 10 ** np.arange(6, -1, -1)


def filer_codes(count: int) -> list[str]:
    """Filer codes that begin with Z."""
    return [f"Z{number % 10}{chr(ord('A') + number // 10)}" for number in range(count)]


def entry_numbers(filer: Ints, line_shipment: NDArray[np.int32]) -> pa.Array:
    """Entry number of each line: filers number their entries one after another, in the order of the shipments."""
    codes = filer_codes(int(filer.max()) + 1)
    order = np.argsort(filer, kind="stable")
    sequence = np.empty(len(filer), dtype=np.int64)
    first = np.searchsorted(filer[order], filer[order], side="left")
    sequence[order] = 1_000_000 + np.arange(len(filer)) - first
    digits = sequence[:, None] // _PLACES % 10
    doubled = np.array([0, 2, 4, 6, 8, 1, 3, 5, 7, 9])[digits[:, 0::2]].sum(axis=1) + digits[:, 1::2].sum(axis=1)
    check = (np.array([check_digit(code, "0" * 7) for code in codes])[filer] - doubled) % 10
    letters = np.array([list(code.encode()) for code in codes], dtype=np.uint8)[filer]
    characters = np.hstack([letters, (digits + 48).astype(np.uint8), (check[:, None] + 48).astype(np.uint8)])
    return fixed_text(characters).take(pa.array(line_shipment))


def line_entry_numbers(trade: SimulatedTrade) -> pa.Array:
    """Entry number of every line."""
    first = np.flatnonzero(trade.lines["line"].to_numpy() == 1)
    return entry_numbers(trade.of_line("filer")[first], trade.lines["shipment"].to_numpy())


def fixed_text(characters: NDArray[np.uint8]) -> pa.Array:
    """Text of equal length from ASCII codes, (n, width)."""
    count, width = characters.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(characters))]
    return pa.Array.from_buffers(pa.string(), count, buffers)


def importer_numbers(count: int) -> pa.Array:
    """Numbers of importers: most EINs with suffix, some assigned by CBP. No two are equal."""
    told = []
    for number in range(count):
        serial = (number * 48_271 + 1_234_567) % _PRIME
        if number % 17 == 5:
            told.append(f"{15 + number % 9}{serial // 100_000 % 100:02d}99-{number % 100_000:05d}")
        else:
            told.append(f"{_EIN_PREFIXES[number * 7 % len(_EIN_PREFIXES)]:02d}-{serial:07d}00")
    return pa.array(told, pa.string())
