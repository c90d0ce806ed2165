"""How much there was of such goods, and of which origin."""

from originrisk.features.feature import read
from originrisk.features.readings import Reading, count, share


@read("commodity", "lines", "Such goods of this origin had {value:.0f} lines in the past year.")
def goods_lines() -> Reading:
    """Lines of the same HTS-6 and origin in the past 365 days."""
    return count("hts6*origin.lines.365")


@read(
    "commodity",
    "share",
    "{value:.0%} of such goods came from this origin in the past year.",
    missing="goods new",
)
def origin_share_of_heading() -> Reading:
    """Share of the heading's lines of the past 365 days that had this origin."""
    return share("hts4*origin.lines.365", "hts4.lines.365")
