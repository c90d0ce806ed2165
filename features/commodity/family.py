"""The features of commodities, in the order of the model's columns."""

from originrisk.features.commodity import cotton, examinations, exposure, scope, tariff, traffic, wording
from originrisk.features.feature import Feature

FEATURES: tuple[Feature, ...] = (
    scope.goods_family,
    scope.under_region_order,
    scope.under_party_order,
    scope.orders_in_force,
    scope.scope_link,
    cotton.lint_per_kilo,
    tariff.chapter,
    tariff.heading,
    tariff.unit,
    cotton.described_cotton,
    cotton.likely_cotton,
    cotton.cotton_only_in_text,
    cotton.cotton_only_in_tariff,
    wording.tomato,
    wording.description_words,
    exposure.country_exposure,
    exposure.cotton_exposure,
    traffic.goods_lines,
    traffic.origin_share_of_heading,
    examinations.heading_found_rate,
    examinations.heading_origin_found_rate,
    examinations.goods_origin_found_rate,
    examinations.hts10_found_rate,
    examinations.description_found_rate,
    wording.description_word_score,
    tariff.preference_claimed,
)
