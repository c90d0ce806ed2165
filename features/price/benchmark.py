"""The benchmark of a line's price: that of its goods, without its own supplier and importer."""

from originrisk.features.history.prices import Benchmark, benchmarks, log_prices
from originrisk.features.history.tallies import PRICE_LEVELS
from originrisk.features.history.view import Known
from originrisk.features.lines import Floats, Lines, shared


def fair(known: Known, price: str) -> Benchmark:
    """Benchmark without the line's own supplier and importer."""
    return _of_others(known)[PRICE_LEVELS[0]].of(price)


def fair_of_all_origins(known: Known) -> Benchmark:
    """Benchmark of the value per kg of the goods whatever their origin, without the line's own parties."""
    return _of_others(known)[PRICE_LEVELS[1]].of("kilo")


@shared
def _of_others(known: Known) -> dict[str, Benchmark]:
    return benchmarks(known, own=False)


def deviation(lines: Lines, known: Known, price: str) -> Floats:
    """Spreads of a price from its fair value (n,); NaN where either is unknown."""
    return fair(known, price).deviation(log_prices(lines)[price])
