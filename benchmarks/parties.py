"""How long a night's new makers take to resolve, and what memory the known ones need.

    python benchmarks/parties.py --known 100000 --new 10000

Makers are invented from syllables, in ten countries; six in ten of the new ones are known makers declared otherwise.
Time is CPU time of one process. Learning the known ones takes as long for each as a new one.
"""

import argparse
import resource
import time
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from originrisk.features.lines import Lines
from originrisk.serve.party.learner import Parties

VOWELS = ("A", "AI", "AN", "ANG", "AO", "E", "EN", "I", "IAN", "IAO", "ING", "U", "UAN")
SYLLABLES = np.array([first + rest for first in "BPMFDTLGKHJQXRZCSYW" for rest in VOWELS])
TRADES = np.array(["TEXTILE", "GARMENT", "KNITTING", "WEAVING", "PLASTIC", "FURNITURE", "FOODS", "METAL", "TOYS"])
COUNTRIES = np.array(["CN", "VN", "BD", "IN", "ID", "TR", "PK", "MX", "KH", "JO"])
SHARE = np.array([0.4, *[0.6 / 9] * 9])
DAY = date(2022, 3, 1)

Words = npt.NDArray[np.str_]
Makers = dict[str, Words]


def words(rng: np.random.Generator, size: int) -> Words:
    """Words of two or three syllables, some far commoner than others."""
    chance = 1 / np.arange(1, len(SYLLABLES) + 1) ** 0.7
    drawn = rng.choice(SYLLABLES, (3, size), p=chance / chance.sum())
    return np.char.add(np.char.add(drawn[0], drawn[1]), np.where(rng.random(size) < 0.4, drawn[2], ""))


def makers(rng: np.random.Generator, size: int) -> Makers:
    """Distinct makers, as declared in full."""
    cities, word, street = words(np.random.default_rng(1), 80), words(rng, size), words(rng, size)
    country, city, trade = (rng.choice(COUNTRIES, size, p=SHARE), rng.choice(cities, size), rng.choice(TRADES, size))
    house = np.ceil(np.exp(rng.normal(4.6, 1.3, size))).astype(np.int64).astype(str)
    stem = [w[:3] + t[:3] for w, t in zip(word, trade, strict=True)]
    mid = [f"{c}{s}{h[:4]}{t[:3]}" for c, s, h, t in zip(country, stem, house, city, strict=True)]
    name = [f"{w} {t} CO., LTD." for w, t in zip(word, trade, strict=True)]
    address = [f"NO. {h} {s} ROAD" for h, s in zip(house, street, strict=True)]
    columns = {"name": name, "address": address, "city": city, "id": mid, "country": country}
    return {column: np.array(values) for column, values in columns.items()}


def otherwise(rng: np.random.Generator, known: Makers, size: int) -> Makers:
    """Known makers declared otherwise: a part left out, or the words of the name in another order."""
    places = rng.integers(0, len(known["name"]), size)
    chosen = {column: values[places] for column, values in known.items()}
    for at, column in enumerate(("address", "city", "id")):
        chosen[column] = np.where(np.arange(size) % 4 == at, "", chosen[column])
    turned = np.array([" ".join(name.split()[1::-1]) for name in chosen["name"]])
    chosen["name"] = np.where(np.arange(size) % 4 == 3, turned, chosen["name"])
    return chosen


def lines(of: Makers) -> Lines:
    """One entry line for each maker."""
    size = len(of["name"])
    texts = {f"manufacturer_{name}": of[name] for name in ("name", "address", "city", "id")}
    cells = {name: pa.array([cell or None for cell in column.tolist()]) for name, column in texts.items()}
    cells["country_of_origin"] = pa.array(of["country"].tolist())
    cells["manufacturer_postal_code"] = pa.nulls(size, pa.string())
    days = pa.array([DAY] * size, pa.date32())
    return Lines.of(pa.table(cells | {"entry_date": days, "received_on": days}))


def main(number: int, new: int) -> None:
    """Resolve a night's `new` makers beside a `number` of known ones."""
    rng, parties = np.random.default_rng(0), Parties()
    known = makers(rng, number)
    parties.learn(0, lines(known))
    again, fresh = otherwise(rng, known, new * 6 // 10), makers(rng, new - new * 6 // 10)
    night = lines({column: np.concatenate([again[column], fresh[column]]) for column in known})
    arrays, parties = parties.arrays(), Parties()
    parties.hold(arrays)
    start = time.process_time()
    seen = parties.resolve(night).party[: len(again["name"])]
    parties.learn(0, night)
    spent = time.process_time() - start
    size = sum(array.nbytes for array in arrays.values()) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{number:,} known, {new:,} new: {spent:.1f} CPU-seconds to see and learn")
    print(f"state {size:,.0f} MB, peak {peak:.2f} GB")
    print(f"seen as a known party: {(seen != 0).mean():.1%} of those declared otherwise")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--known", type=int, default=100_000)
    parser.add_argument("--new", type=int, default=10_000)
    asked = parser.parse_args()
    main(asked.known, asked.new)
