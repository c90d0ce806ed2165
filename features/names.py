"""One form for the spellings of a company name or a street: legal forms, abbreviations and spacing vanish."""

import re
import unicodedata
from typing import Final

_LEGAL_FORMS: Final = """
CO COMPANY CORP CORPORATION INC INCORPORATED LTD LIMITED LLC LLP LP PLC PTE PVT PRIVATE PTY BHD SDN GMBH AG KG SA SAS
SARL SRL SPA SL BV NV OY AB AS KK KFT DOO OOO OAO ZAO JSC PJSC PT CV TBK UD TNHH CTY CP TY SANAYI SAN TICARET TIC VE
ANONIM SIRKETI STI LIMITADA LTDA CIA CIE DE RL FZE FZCO FZC WLL M S THE AND OF A AN LIABILITY SP Z O OO Y EIRL SAC
SAPI MESSRS SHAREHOLDING COLTD
"""
LEGAL_FORMS: Final = frozenset(_LEGAL_FORMS.split())

_LEGAL_PHRASES: Final = re.compile(r"\b(?:CONG TY|JOINT STOCK|SP Z O O|DE C V|S A|P T)\b")

_WORDS: Final = """
TEXTILE: TEX TXT TXTL TXTLS TEXT TEXTILES TEKSTIL TEXTIL TEKS
GARMENT: GMT GMTS GARM GRMT GRMTS GARMT GARMENTS
APPAREL: APP APPRL APRL
CLOTHING: CLTH CLOTHES CLOTH
KNITTING: KNIT KNITS KNITWEAR KNTG KNTWR KNITTERS
MANUFACTURING: MFG MFR MFRS MANUF MANUFACTURER MANUFACTURERS MANUFACTURE MANUFACTORY
INDUSTRY: IND INDS INDL INDUST INDUSTRIAL INDUSTRIE INDUSTRIES INDUSTRIA INDUSTRIAS
INTERNATIONAL: INTL INT INTNL
TRADING: TRD TRDG TRADE
COMMERCE: COMMERCIAL
GROUP: GRP GP
HOLDING: HLDG HLDGS HOLDINGS
IMPORT: IMP IMPORTS IMPORTERS
EXPORT: EXP EXPORTS EXPORTERS
IMPORT EXPORT: IMPEX XNK
ENTERPRISE: ENT ENTP ENTERPRISES
TECHNOLOGY: TECH TECHNOL TECHNOLOGIES
ELECTRONIC: ELEC ELECTRON
SCIENCE: SCI
DEVELOPMENT: DEV DEVT
PRODUCT: PROD PRODS
MACHINERY: MACH
FACTORY: FTY FACT FACTORIES
ACCESSORY: ACCESSORIES
MILL: MILLS
SPINNING: SPG SPNG SPINNERS
WEAVING: WVG WEAVERS
DYEING: DYG
FASHION: FASHN FASH
COTTON: COTT CTN COTN
PRINTING: PRTG PRINTERS
EMBROIDERY: EMB
CONFECTION: CONFECCIONES CONFECCION KONFEKSIYON
AGRICULTURE: AGRI AGRICULTURAL
LOGISTICS: LOG
DISTRIBUTION: DIST
NATIONAL: NATL
BROTHER: BROS
CHEMICAL: CHEM
FOOD: GIDA
GUANGZHOU: GZ
SHENZHEN: SZ
XINJIANG: XJ
HONGKONG: HK
NINGBO: NB
BANGLADESH: BD
VIETNAM: VN
PAKISTAN: PAK
1: FIRST 1ST
2: SECOND 2ND II
3: THIRD 3RD III
4: FOURTH 4TH IV
5: FIFTH 5TH
"""
_STREET_WORDS: Final = """
RD: ROAD LU DUONG
ST: STREET STR JIE CALLE
AVE: AVENUE AV
LN: LANE
BLDG: BUILDING BLDNG
FL: FLOOR FLR
RM: ROOM
DIST: DISTRICT
IND: INDUSTRIAL INDUSTRY
ZN: ZONE
PK: PARK
NO: NUMBER
N: NORTH
S: SOUTH
E: EAST
W: WEST
BLK: BLOCK
PLT: PLOT
VIL: VILLAGE VILL
TWN: TOWN
SEC: SECTION SECTOR
HWY: HIGHWAY
CAD: CADDE CADDESI
SOK: SOKAK
MAH: MAHALLESI
JL: JALAN JLN
BLVD: BOULEVARD BULVARI
SQ: SQUARE
DEV: DEVELOPMENT
ECON: ECONOMIC
UN: UNIT
EST: ESTATE
"""


def _spellings(table: str) -> dict[str, str]:
    lines = [line.split(":") for line in table.strip().splitlines()]
    return {short: word for word, spellings in lines for short in spellings.split()}


ABBREVIATIONS: Final = _spellings(_WORDS)
STREET_WORDS: Final = _spellings(_STREET_WORDS)
GENERIC: Final = frozenset(" ".join(ABBREVIATIONS.values()).split())
"""Words that many names share before any name was counted: trades, places, numbers."""
STREET: Final = frozenset(STREET_WORDS.values()) | {
    "CITY",
    "COUNTY",
    "PROVINCE",
    "PHASE",
    "AREA",
    "CN",
    "CHINA",
}
"""Words of a street line that name no street."""

_LETTERS: Final = str.maketrans("ıİđĐłŁøØßæÆœŒ", "iIdDlLoOsaAoO")
_INITIALS: Final = re.compile(r"(?<=\b[A-Z])\.(?=[A-Z]\b)|['`]")


def tokens(text: str) -> list[str]:
    """Words of a text in capital ASCII letters and digits; accents and punctuation fall away, `A.B.C.` is one word."""
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore").decode().upper()
    return re.findall(r"[A-Z0-9]+", _INITIALS.sub("", plain))


def company_tokens(name: str) -> list[str]:
    """Words that tell one company from another: abbreviations written out, plurals cut, legal forms left out.

    Numbers stand without `NO`; an ordinal is its number.
    """
    plain = _LEGAL_PHRASES.sub(" ", " ".join(tokens(name))).split()
    words = [part for word in plain for part in ABBREVIATIONS.get(word, word).split()]
    words = [word for word, after in zip(words, [*words[1:], ""], strict=False) if not _numbers(word, after)]
    kept = [word for word in words if word not in LEGAL_FORMS] or words
    return [_singular(word) for word in kept]


def _numbers(word: str, after: str) -> bool:
    return word == "NO" and after.isdigit()


def _singular(word: str) -> str:
    plural = len(word) > 4 and word.endswith("S") and not word.endswith("SS")
    return word[:-1] if plural else word


def company_key(name: str) -> str:
    """One form for all spellings of a name that differ in spacing, accents, legal form or common abbreviations."""
    return "".join(company_tokens(name))


def address_tokens(address: str) -> list[str]:
    """Words of a street line in their order, street words abbreviated, numbers without leading zeros."""
    words = [STREET_WORDS.get(word, word) for word in tokens(address)]
    return [word.lstrip("0") or "0" if word.isdigit() else word for word in words]


def address_key(address: str) -> str:
    """One form for a street line: its words in order of the alphabet; empty if too vague."""
    words = sorted(address_tokens(address))
    vague = not any(word.isdigit() for word in words) and len(words) < 3
    return "" if vague else " ".join(words)
