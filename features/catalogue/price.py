"""Price against the fair market value of the goods, in their own spreads; below it is evidence, never proof."""

from functools import cache, partial
from typing import Final

import numpy as np

from originrisk.data.reference import materials
from originrisk.features.catalogue.feature import Column, Feature, mean
from originrisk.features.declared import log_freight, log_prices, main_material, material_content
from originrisk.features.descriptions import pack_count
from originrisk.features.history.prices import Benchmark, of_all_origins, of_others, own_mean
from originrisk.features.history.view import FIXED_POINT, PointInTimeView
from originrisk.features.lines import Floats, Lines, entry_dates, kilograms, positive, units


def material_cost(lines: Lines) -> Floats:
    """World price, in US dollars, of the main material in a kilogram of the goods (n,); NaN without a public price."""
    main, found = main_material(lines), np.full(lines.size, np.nan)
    for name in materials.PRICED:
        per_kilo = lines.texts["htsus"].read(_kilograms(name), np.nan) * material_content(lines)
        cost = materials.price(name, entry_dates(lines)) * positive(per_kilo)
        found = np.where(main == materials.MATERIALS.index(name), cost, found)
    return found


@cache
def _kilograms(name: str) -> partial[float]:
    return partial(materials.kilograms, name)


def fair(view: PointInTimeView, price: str) -> Benchmark:
    """Benchmark of a price of goods and origin without the line's own supplier."""
    return of_others(view).of(price)


def _unit_value_z_as_declared(lines: Lines, view: PointInTimeView) -> Floats:
    return fair(view, "unit").z(log_prices(lines)["unit"])


def _unit_value_z(lines: Lines, view: PointInTimeView) -> Floats:
    of_goods = fair(view, "unit")
    as_declared = _unit_value_z_as_declared(lines, view)
    packs = lines.texts["description"].read(pack_count, np.nan)
    as_packs = as_declared - np.log(packs) / of_goods.spread
    return np.where(np.abs(as_packs) < np.abs(as_declared), as_packs, as_declared)


def _over_fair_value(price: str) -> Column:
    return lambda lines, view: log_prices(lines)[price] - fair(view, price).centre


def _kilo_value_z_of_all_origins(lines: Lines, view: PointInTimeView) -> Floats:
    return of_all_origins(view).of("kilo").z(log_prices(lines)["kilo"])


def _kilo_value_z(lines: Lines, view: PointInTimeView) -> Floats:
    return fair(view, "kilo").z(log_prices(lines)["kilo"])


def _against_own(party: str, price: str) -> Column:
    return lambda lines, view: log_prices(lines)[price] - own_mean(view, party, price)


def _level(party: str) -> Column:
    return lambda _, view: own_mean(view, party, "kilo") - fair(view, "kilo").centre


def _value_over_material_cost(lines: Lines, _view: PointInTimeView) -> Floats:
    over: Floats = log_prices(lines)["kilo"] - np.log(material_cost(lines))
    return over


def _freight_against_lane(lines: Lines, view: PointInTimeView) -> Floats:
    number, total = (view.count(f"origin*export*lading.freight_{part}.365") for part in ("n", "sum"))
    return log_freight(lines) - total / FIXED_POINT / np.where(number > 0, number, np.nan)


_z = partial(Feature, "price", unit="robust z", missing="no quantity or weight, or no like goods seen")
_ln = partial(Feature, "price", unit="ln")

# fmt: off
FEATURES: Final[tuple[Feature, ...]] = (
    _ln("value_over_material_cost",
        meaning="ln of the value over the world price of the main material in the goods: below 0 they cost less than "
                "what they are made of.",
        column=_value_over_material_cost, missing="no public price of the material", dated=True),
    _z("unit_value_z",
       meaning="Value per unit against the fair value of goods and origin, the quantity read as packs where that "
               "fits better.",
       column=_unit_value_z),
    _z("unit_value_z_as_declared", meaning="Value per unit against the fair value of goods and origin, as declared.",
       column=_unit_value_z_as_declared),
    _ln("unit_value_log_ratio", meaning="ln of value per unit over the fair market value.",
        column=_over_fair_value("unit"), missing="no quantity, or no like goods seen"),
    _ln("kilo_value_log_ratio", meaning="ln of value per kg over the fair market value.",
        column=_over_fair_value("kilo"), missing="no weight, or no like goods seen"),
    _z("kilo_value_z_of_all_origins", meaning="Value per kg against the fair value of the goods whatever their origin.",
       column=_kilo_value_z_of_all_origins),
    _z("kilo_value_z", meaning="Value per kg against the fair value of goods and origin.",
       column=_kilo_value_z),
    _ln("unit_value_against_supplier",
        meaning="ln of value per unit over the supplier's own mean of goods and origin in the past year.",
        column=_against_own("supplier", "unit"), missing="supplier new to these goods"),
    _ln("kilo_value_against_supplier",
        meaning="ln of value per kg over the supplier's own mean of goods and origin in the past year.",
        column=_against_own("supplier", "kilo"), missing="supplier new to these goods"),
    _ln("kilo_value_against_importer",
        meaning="ln of value per kg over the importer's own mean of goods and origin in the past year.",
        column=_against_own("importer", "kilo"), missing="importer new to these goods"),
    _ln("supplier_value_level",
        meaning="ln of the supplier's mean value per kg of the past year over the fair value of others.",
        column=_level("supplier"), missing="supplier new to these goods"),
    _ln("importer_value_level",
        meaning="ln of the importer's mean value per kg of the past year over the fair value of others.",
        column=_level("importer"), missing="importer new to these goods"),
    _z("supplier_discount",
       meaning="Mean deviation of the supplier's values per kg from the fair value in the past 365 days.",
       column=mean("discount", "supplier"), missing="no lines in the past year"),
    _z("importer_discount",
       meaning="Mean deviation of the importer's values per kg from the fair value in the past 365 days.",
       column=mean("discount", "importer"), missing="no lines in the past year"),
    _ln("unit_value", meaning="ln of value per unit in USD.",
        column=lambda lines, _: log_prices(lines)["unit"]),
    _ln("kilo_value", meaning="ln of value per kilogram in USD.",
        column=lambda lines, _: log_prices(lines)["kilo"]),
    _ln("unit_weight", meaning="ln of kilograms per unit.",
        column=lambda lines, _: np.log(kilograms(lines) / units(lines))),
    _ln("quantity", meaning="ln of the quantity in single units.",
        column=lambda lines, _: np.log(units(lines))),
    Feature("price", "charges_share", "ratio", "Freight and other charges over the value.",
            lambda lines, _: lines.numbers["charges_usd"] / positive(lines.numbers["entered_value_usd"])),
    _ln("freight", meaning="ln of freight and other charges per kilogram in USD, which grows with the distance.",
        column=lambda lines, _: log_freight(lines)),
    _ln("freight_against_lane", meaning="ln of freight per kilogram over the mean of the lane in the past 365 days.",
        column=_freight_against_lane, missing="not declared, or lane new"),
)
# fmt: on
