"""How long ago the way, or the goods on it, were first and last seen."""

from originrisk.features.feature import Feature, named
from originrisk.features.readings import since


def _days_since(name: str, first: str, meaning: str, sentence: str, missing: str) -> Feature:
    return named(
        name, "lane", unit="days", meaning=meaning, sentence=sentence, column=since(first), missing=missing
    )


AGES = (
    _days_since(
        "lane_age",
        "origin*export*lading.first",
        "Days since the first line of the same origin, country of export and port of lading.",
        "This way was first taken {value:.0f} days ago.",
        "way never taken",
    ),
    _days_since(
        "lane_idle",
        "origin*export*lading.last",
        "Days since the latest line of the same origin, country of export and port of lading.",
        "This way was last taken {value:.0f} days ago.",
        "way never taken",
    ),
    _days_since(
        "lane_goods_age",
        "origin*export*lading*hts4.first",
        "Days since the lane's first line of the heading.",
        "Such goods first came this way {value:.0f} days ago.",
        "goods never came this way",
    ),
    _days_since(
        "goods_origin_age",
        "hts6*origin.first",
        "Days since the first line of the same HTS-6 and origin.",
        "Such goods of this origin were first seen {value:.0f} days ago.",
        "goods never of this origin",
    ),
    _days_since(
        "supplier_port_age",
        "supplier*lading.first",
        "Days since the supplier's first line by the same port of lading.",
        "The supplier first shipped by this port {value:.0f} days ago.",
        "port new to the supplier",
    ),
    _days_since(
        "importer_port_age",
        "importer*lading.first",
        "Days since the importer's first line by the same port of lading.",
        "The importer's goods first came by this port {value:.0f} days ago.",
        "port new to the importer",
    ),
)
