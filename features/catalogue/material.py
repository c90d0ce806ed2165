"""Material: what the goods hold by description and tariff, where that may come from, and what the parties trade."""

from functools import partial
from typing import Final

import numpy as np

from originrisk.data.reference import materials
from originrisk.features.catalogue.feature import Feature, mean
from originrisk.features.declared import (
    CHINA,
    by_tariff_of_day,
    content_by,
    declared_in_china,
    described_content,
    main_material,
    material_content,
    named_material,
)
from originrisk.features.history.measures import TRADERS
from originrisk.features.history.view import PointInTimeView
from originrisk.features.lines import Bools, Floats, Lines, entry_dates, shared
from originrisk.features.places import country_number

METALS: Final = ("smelt_country", "cast_country", "melt_pour_country")


@shared
def _origin_exposure(lines: Lines) -> Floats:
    countries = lines.texts["country_of_origin"].cells()
    return materials.expected_share(main_material(lines), countries, entry_dates(lines))


def _main_material(lines: Lines, _view: PointInTimeView) -> Floats:
    code = main_material(lines)
    return np.where(code >= 0, code, np.nan)


def _expected_share(lines: Lines, _view: PointInTimeView) -> Floats:
    return material_content(lines) * _origin_exposure(lines)


def _only_in_text(lines: Lines, _view: PointInTimeView) -> Bools:
    named = lines.texts["description"].read(named_material, materials.NO_MATERIAL)
    return (named >= 0) & np.isnan(by_tariff_of_day(lines, content_by, np.nan))


def _metal_of_china(lines: Lines, _view: PointInTimeView) -> Floats:
    told = np.stack([lines.texts[name].read(country_number, np.nan) for name in METALS])
    chinese = np.isin(told, CHINA).any(axis=0) & ~declared_in_china(lines)
    return np.where(np.isnan(told).all(axis=0), np.nan, chinese)


_dated = partial(Feature, "material", unit="share", dated=True)
_usual = partial(Feature, "material", unit="share", missing="no lines in the past year", dated=True)

# fmt: off
FEATURES: Final[tuple[Feature, ...]] = (
    Feature("material", "main_material", "material",
            "Main material of the goods by tariff number, else by description: cotton, polysilicon, aluminium …",
            _main_material, "no material that the law names", kind="category", dated=True),
    _dated("material_content",
           meaning="Share of the main material in the goods: by the description, else by the tariff number.",
           column=lambda lines, _: material_content(lines), missing="no such material, or not said"),
    Feature("material", "described_content", "share",
            "Share of the main material in the goods by the description, 0 to 1.",
            lambda lines, _: described_content(lines), "the description does not say", dated=True),
    _dated("origin_exposure",
           meaning="Share of the origin's input of the main material through China, times Xinjiang's share of what "
                   "China uses of it.",
           column=lambda lines, _: _origin_exposure(lines), missing="no figure"),
    _dated("expected_xinjiang_share",
           meaning="Share of the main material in the goods times the share of the origin's input of it that is "
                   "expected to be from Xinjiang.",
           column=_expected_share, missing="no figure", monotone=1),
    Feature("material", "material_only_in_text", "yes/no",
            "The description names a material that the law speaks of, yet the tariff number is of none.",
            _only_in_text, dated=True),
    Feature("material", "metal_of_china", "yes/no",
            "Metal smelted, cast or melted and poured in China, though another origin is declared.",
            _metal_of_china, "no country of smelting, casting or melting declared", monotone=1),
    _usual("supplier_material_mean",
           meaning="Mean content of named materials in the supplier's goods in the past 365 days.",
           column=mean("material", "supplier")),
    _usual("trader_material_mean",
           meaning="Mean content of named materials in the past 365 days: the higher of seller and consolidator.",
           column=mean("material", *TRADERS)),
    _usual("importer_material_mean",
           meaning="Mean content of named materials in the importer's goods in the past 365 days.",
           column=mean("material", "importer")),
)
# fmt: on
