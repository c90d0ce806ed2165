"""One form for the spellings of a company name or a street: legal forms, abbreviations and spacing vanish."""

import re
import unicodedata

_FORMS = """
CO COMPANY CORP CORPORATION INC INCORPORATED LTD LIMITED LLC LLP LP PLC PTE PVT PRIVATE PTY BHD SDN GMBH AG KG SA SAS
SARL SRL SPA SL BV NV OY AB AS KK KFT DOO OOO OAO ZAO JSC PJSC PT CV TBK UD TNHH CTY CP CONG TY SANAYI SAN TICARET TIC
VE ANONIM SIRKETI STI LIMITADA LTDA CIA CIE DE RL FZE FZCO FZC WLL M S THE AND OF A AN
"""
LEGAL_FORMS = frozenset(_FORMS.split())

ABBREVIATIONS = {
    "TEX": "TEXTILE", "TXT": "TEXTILE", "TXTL": "TEXTILE", "TEXT": "TEXTILE",
    "GMT": "GARMENT", "GMTS": "GARMENT", "GARM": "GARMENT", "GRMT": "GARMENT", "APP": "APPAREL", "APPRL": "APPAREL",
    "CLTH": "CLOTHING", "KNIT": "KNITTING", "KNITWEAR": "KNITTING", "KNTG": "KNITTING",
    "MFG": "MANUFACTURING", "MFR": "MANUFACTURING", "MANUF": "MANUFACTURING", "MANUFACTURER": "MANUFACTURING",
    "IND": "INDUSTRY", "INDL": "INDUSTRY", "INDUSTRIAL": "INDUSTRY", "INDUSTRIE": "INDUSTRY", "INDUSTRIES": "INDUSTRY",
    "INTL": "INTERNATIONAL", "INT": "INTERNATIONAL", "TRD": "TRADING", "TRDG": "TRADING", "TRADE": "TRADING",
    "GRP": "GROUP", "GP": "GROUP", "HLDG": "HOLDING", "HLDGS": "HOLDING", "COMM": "COMMERCE", "COMMERCIAL": "COMMERCE",
    "IMP": "IMPORT", "EXP": "EXPORT", "IMPEX": "IMPORT EXPORT", "ENT": "ENTERPRISE", "ENTP": "ENTERPRISE",
    "TECH": "TECHNOLOGY", "TECHNOL": "TECHNOLOGY", "ELEC": "ELECTRONIC", "ELECTRON": "ELECTRONIC",
    "SCI": "SCIENCE", "DEV": "DEVELOPMENT", "PROD": "PRODUCT", "MACH": "MACHINERY", "FTY": "FACTORY", "FACT": "FACTORY",
    "SPG": "SPINNING", "SPNG": "SPINNING", "WVG": "WEAVING", "DYG": "DYEING", "FASHN": "FASHION", "FASH": "FASHION",
    "COTT": "COTTON", "CTN": "COTTON", "GZ": "GUANGZHOU", "SZ": "SHENZHEN", "SH": "SHANGHAI", "XJ": "XINJIANG",
    "HK": "HONGKONG", "NB": "NINGBO", "HZ": "HANGZHOU", "BD": "BANGLADESH", "VN": "VIETNAM",
}  # fmt: skip
STREET_WORDS = {
    "ROAD": "RD", "STREET": "ST", "AVENUE": "AVE", "LANE": "LN", "BUILDING": "BLDG", "FLOOR": "FL", "ROOM": "RM",
    "DISTRICT": "DIST", "INDUSTRIAL": "IND", "INDUSTRY": "IND", "ZONE": "ZN", "PARK": "PK", "NUMBER": "NO",
    "NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W", "BLOCK": "BLK", "PLOT": "PLT", "VILLAGE": "VIL",
}  # fmt: skip


def tokens(text: str) -> list[str]:
    """Words of a text in capital ASCII letters and digits; accents and punctuation fall away, `A.B.C.` is one word."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()
    plain = re.sub(r"[.'`]", "", plain)
    return re.findall(r"[A-Z0-9]+", plain)


def company_tokens(name: str) -> list[str]:
    """Words that tell one company from another: abbreviations written out, plurals cut, legal forms left out."""
    words = [ABBREVIATIONS.get(word, word) for word in tokens(name)]
    kept = [word for word in words if word not in LEGAL_FORMS] or words
    return [word[:-1] if len(word) > 4 and word.endswith("S") else word for word in kept]


def company_key(name: str) -> str:
    """One form for all spellings of a name that differ in spacing, accents, legal form or common abbreviations."""
    return "".join(company_tokens(name))


def address_key(address: str) -> str:
    """One form for a street line: its words in order of the alphabet, street words abbreviated; empty if too vague."""
    words = sorted(STREET_WORDS.get(word, word) for word in tokens(address))
    vague = not any(word.isdigit() for word in words) and len(words) < 3
    return "" if vague else " ".join(words)
