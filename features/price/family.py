"""The features of prices, in the order of the model's columns."""

from originrisk.features.feature import Feature
from originrisk.features.price import cost, declared, market, own_past, packs, rarity

FEATURES: tuple[Feature, ...] = (
    market.unit_value_deviation,
    market.kilo_value_deviation,
    market.unit_weight_deviation,
    market.unit_value_log_ratio,
    market.kilo_value_log_ratio,
    market.fair_value_support,
    declared.unit_value,
    declared.kilo_value,
    declared.unit_weight,
    declared.value,
    declared.quantity,
    cost.charges_share,
    cost.freight,
    cost.freight_against_lane,
    cost.value_over_fibre_cost,
    market.kilo_value_against_all_origins,
    market.origin_value_level,
    rarity.share_cheaper,
    packs.pack_value_deviation,
    declared.round_value,
    declared.repeated_value,
    packs.pack,
    declared.related,
    own_past.against_own("supplier", "kilo", "kg"),
    own_past.against_own("importer", "kilo", "kg"),
    own_past.against_own("supplier", "unit", "unit"),
    own_past.level("supplier", "kilo", "kg"),
    own_past.level("importer", "kilo", "kg"),
)
