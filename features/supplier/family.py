"""The features of supplier history and of the other parties, in the order of the model's columns."""

from originrisk.features.feature import Feature
from originrisk.features.supplier import activity, conduct, declared, examinations, mid, partners
from originrisk.features.supplier.roles import PARTIES

_HISTORIES = (
    activity.age,
    activity.idle,
    activity.lines_of_year,
    activity.burst,
    conduct.china_share,
    conduct.cheap_share,
    examinations.examined,
    examinations.found,
    examinations.found_rate,
    examinations.since_found,
)
_OF_TRADERS = (
    conduct.detour_share,
    conduct.discount,
    conduct.cotton_mean,
    activity.recent_share,
    activity.new_supplier_share,
    activity.returned_share,
)
_TRADERS = ("supplier", "seller", "consolidator", "importer")

FEATURES: tuple[Feature, ...] = (
    *[of(key, words) for of in _HISTORIES for key, words in PARTIES.items()],
    *[of(key, PARTIES[key]) for of in _OF_TRADERS for key in _TRADERS],
    partners.concentration("supplier", "captive", "supplier", "importer"),
    partners.concentration("importer", "tied", "importer", "supplier"),
    activity.begun_after_legal_date("supplier", "supplier"),
    activity.begun_after_legal_date("seller", "seller"),
    activity.begun_after_legal_date("supplier*importer", "dealings of supplier and importer"),
    partners.partners("supplier", "lading", "ports of lading"),
    partners.partners("supplier", "importer", "importers"),
    partners.partners("supplier", "seller", "sellers"),
    partners.partners("supplier", "consolidator", "consolidators"),
    partners.partners("supplier", "address", "addresses"),
    partners.partners("supplier", "origin", "origins"),
    partners.partners("supplier", "hts6", "kinds of goods"),
    partners.partners("importer", "supplier", "suppliers"),
    partners.partners("importer", "origin", "origins"),
    partners.partners("importer", "seller", "sellers"),
    partners.partners("seller", "supplier", "suppliers"),
    partners.partners("seller", "importer", "importers"),
    partners.partners("consolidator", "supplier", "suppliers"),
    partners.partners("address", "supplier", "suppliers"),
    partners.partners("maker", "mid", "MIDs"),
    partners.pair_lines,
    partners.pair_age,
    partners.supplier_share_at_importer,
    partners.supplier_lines_of_goods,
    partners.new_origin_of_supplier,
    partners.new_seller_of_supplier,
    mid.mid_younger_than_name,
    mid.near_mids,
    mid.mid_malformed,
    mid.mid_of_other_country,
    mid.mid_of_china,
    mid.mid_against_address,
    declared.names_place_in_xinjiang,
    declared.postal_state,
    declared.undeclared_parties,
    examinations.city_found_rate,
    examinations.mid_stem_found_rate,
    examinations.filer_found_rate,
    examinations.maker_suspicion,
    examinations.trader_suspicion,
)
