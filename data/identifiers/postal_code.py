"""Postal code of a Chinese manufacturer, as CBP's Region Alert reads it.

Since 2023-03-18 ACE asks for the postal code of a Chinese manufacturer, refuses one that is not Chinese, and
warns of one in Xinjiang (CBP publication 3064-0323). CBP publishes no list of codes: the rules here are China
Post's numbering, by the first two digits of six.
"""

import re
from datetime import date
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

REQUIRED_FROM: Final = date(2023, 3, 18)
_REQUIRED_FROM: Final = np.datetime64(REQUIRED_FROM, "D")
XINJIANG: Final = frozenset({"83", "84"})
_PROVINCES: Final = (
    range(1, 8),  # Inner Mongolia, Shanxi, Hebei
    range(10, 14),  # Beijing, Liaoning, Jilin
    range(15, 17),  # Heilongjiang
    range(20, 28),  # Shanghai, Jiangsu, Anhui, Shandong
    range(30, 37),  # Tianjin, Zhejiang, Jiangxi, Fujian
    range(40, 48),  # Chongqing, Hunan, Hubei, Henan
    range(51, 58),  # Guangdong, Guangxi, Guizhou, Hainan
    range(61, 68),  # Sichuan, Yunnan
    range(71, 76),  # Shaanxi, Gansu, Ningxia
    range(81, 82),  # Qinghai
    range(83, 87),  # Xinjiang, Tibet
)
_CHINA: Final = frozenset(f"{number:02}" for province in _PROVINCES for number in province)
_SIX_DIGITS: Final = re.compile(r"[0-9]{6}", re.ASCII)


class RegionAlert(IntEnum):
    """What the postal code of a manufacturer says. The numbers are stable: they are stored as a category."""

    NOT_CHINA = 0
    NOT_YET_REQUIRED = 1
    MISSING = 2
    INVALID = 3
    OTHER_PROVINCE = 4
    XINJIANG = 5


def is_chinese(code: str) -> bool:
    """Six digits that begin with the number of a province."""
    return bool(_SIX_DIGITS.fullmatch(code)) and code[:2] in _CHINA


def is_xinjiang(code: str) -> bool:
    """A Chinese postal code of Xinjiang: 83 or 84."""
    return is_chinese(code) and code[:2] in XINJIANG


def state_of(code: str) -> RegionAlert:
    """What a code that is given says of a Chinese manufacturer."""
    if not is_chinese(code):
        return RegionAlert.INVALID
    return RegionAlert.XINJIANG if is_xinjiang(code) else RegionAlert.OTHER_PROVINCE


def region_alert(
    chinese: NDArray[np.bool_], states: NDArray[np.float64], days: NDArray[np.datetime64]
) -> NDArray[np.int8]:
    """State of each line by whether the manufacturer is in China, the state of its code (MISSING without), and the day.

    A code given before it was required is read all the same; only its absence means nothing then.
    """
    early = (states == RegionAlert.MISSING.value) & (days < _REQUIRED_FROM)
    asked = np.where(early, RegionAlert.NOT_YET_REQUIRED.value, states)
    return np.where(chinese, asked, RegionAlert.NOT_CHINA.value).astype(np.int8)
