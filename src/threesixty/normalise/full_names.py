"""Names of people in one piece, taken apart as people of each country write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from nameparser import HumanName
from nameparser.config import CONSTANTS

from threesixty.latin.east_asian import is_han, is_hangul, name_parts
from threesixty.latin.kana import is_kana
from threesixty.normalise.names import PARTICLES, SUFFIXES, family, known_suffix, name, prefix, suffix
from threesixty.normalise.text import plain, said

_PATRONYMIC = re.compile("(ович|евич|ич|овна|евна|ична|івна|ївна|йович|авіч|евіч|аўна|еўна)$", re.IGNORECASE)
_SPANISH = frozenset("ES MX AR BO CL CO CR CU DO EC GT HN NI PA PE PR PY SV UY VE".split())
# Titles and forms of address that the library does not know, or takes for names. Some are names elsewhere.
_TITLES_HERE: Mapping[str, str] = {
    "*": "dipl.-kfm dipl.-inf dipl.-wirt.-ing dipl.-kffr dipl.-betriebsw fam mevr",
    "DE AT CH LI": "di dkfm dipl",
    "FR BE LU CH MC": "m mm",
    " ".join(sorted(_SPANISH)): "d d.ª dª don doña",
    "PT BR AO MZ": "d dona exmo exma exmo(a) ilmo ilma eng engª",
    "IT": "egr gent.mo gent.ma spett.le rag arch cav",
    "PL": "pan pani lek inż hab",
    "CZ SK": "pan pani slečna",
    "HU": "özv",
    "RO MD": "dl dna d-na d-l",
    "TR": "say\u0131n sn bay bayan",
    "ID": "ibu bapak bpk pak sdr sdri",
    "IN": "shri sri smt kumari sardar sardarni",
    "NG GH": "alhaji alhaja hajia chief engr barr mallam",
    "VN": "ông bà",
}
# What a doctor's title may go on with: 'Dr. rer. nat.', 'dr n. med.', 'Dr. h.c.'
_OF_DOCTORS = frozenset(
    "n med hab inż inz rer nat phil jur iur oec pol ing techn dent vet h.c hc mont dr mult".split()
)
# Behind the name, where they are no names.
_BEHIND = {"TR": frozenset({"bey", "han\u0131m", "hanim", "efendi"})}
# What tells sons from their fathers, in words that are names elsewhere.
_SONS: Mapping[str, tuple[str, str]] = {
    "FR BE LU CH CA": ("fils", "père"), "DE AT CH PL DK NO SE": ("jun", "sen"), "CZ SK SI HR": ("ml", "st"),
    " ".join(sorted(_SPANISH)): ("hijo", "padre"),
}  # fmt: skip
_SONS_BEFORE = {"HU": {"ifj": "Jr", "ifjabb": "Jr", "id": "Sr", "idősb": "Sr"}}
# Second first names of Spanish speakers: Juan Martín López may be a Martín, so Martín is none of them.
_SECOND = frozenset(
    "alberto alejandro amparo andres angel angeles antonia antonio belen carlos carmen concepcion "
    "cristina daniel david dolores eduardo elena enrique esther eugenia eva felipe fernanda fernando "
    "francisco gabriel guadalupe ignacio inmaculada isabel javier jesus jose josefa juan julia luis luisa "
    "lucia magdalena manuel mar maria mercedes miguel montserrat nieves pablo paz pedro pilar rafael "
    "ramon remedios rocio rosa rosario sofia soledad susana teresa vicenta victoria xavier".split()
)
# First names that stand last in Hungary.
_HUNGARIAN = frozenset(
    "adam agnes akos aniko andras andrea anett anita anna antal attila balazs balint barbara bela bence "
    "bernadett bianka boglarka csaba csilla daniel david denes dora dorottya edina edit eniko erika "
    "erzsebet eszter eva ferenc fruzsina gabor gabriella gergely gergo gyorgy gyula hajnalka hanna "
    "henrietta ibolya ildiko ilona imre istvan janos jozsef judit julia julianna kalman karoly katalin "
    "klara kinga krisztian krisztina lajos laszlo levente lilla livia lorand luca magdolna margit maria "
    "mariann marta mate melinda mihaly miklos monika nikolett nora norbert noemi orsolya pal panna "
    "piroska peter petra rebeka reka renata richard robert roland rozalia sandor sara szabolcs szilvia "
    "tamas tibor timea tunde valeria veronika viktor viktoria vivien zoltan zsofia zsolt zsuzsanna".split()
)
_VIETNAMESE = frozenset(
    "nguyen tran le pham huynh hoang phan vu vo dang bui do ho ngo duong ly doan truong dinh lam mai "
    "trinh dao cao".split()
)


def full_name(raw: str, country: str = "") -> Mapping[str, str]:
    """A name in one piece -> prefix, given, middle, family, suffix, as far as they are there.

    The country says which titles there are and how names go: Hungarian, Vietnamese, Chinese, Japanese and
    Korean ones begin with the family, Spanish ones end in two. Of words in capitals beside others the family
    is made.
    """
    found = said(raw)
    if found is None:
        return {}
    title, text = _titles(found, country)
    text, son = _son(text, country)
    parts = _taken_apart(text, country, titled=bool(title))
    pieces = {
        "prefix": prefix(f"{title} {parts.get('prefix', '')}"),
        "given": name(parts.get("given", "")),
        "middle": name(parts.get("middle", "")),
        **family(parts.get("family", "")),
    }
    if said_suffix := son or parts.get("suffix"):
        pieces["suffix"] = suffix(said_suffix)
    return {part: value for part, value in pieces.items() if value}


def _taken_apart(text: str, country: str, *, titled: bool) -> Mapping[str, str]:
    if titled and " " not in text:
        return {"family": text}
    return (
        _east_asian(text, country)
        or _slavic(text)
        or _in_capitals(text)
        or _of_country(text, country)
        or _two_words(text)
        or _parsed(text)
    )


def _titles(text: str, country: str) -> tuple[str, str]:
    """What stands before a name that the library would not know for a title, and the rest."""
    words, at = text.split(), 0
    known = _titles_of(country)
    last = 0
    while at < len(words) - 1:
        bare = words[at].casefold().rstrip(".,")
        of_doctor = at > 0 and bare in _OF_DOCTORS
        if bare in known or of_doctor:
            last = at + 1
        elif bare not in _library_titles():
            break
        at += 1
    return " ".join(words[:last]), " ".join(words[last:])


@cache
def _titles_of(country: str) -> frozenset[str]:
    said = (words for countries, words in _TITLES_HERE.items() if {country, "*"} & {*countries.split()})
    return frozenset(word for words in said for word in words.split())


def _son(text: str, country: str) -> tuple[str, str]:
    """A name without what tells a son from his father, in the words of a country; and that."""
    words = text.split()
    before, behind = _SONS_BEFORE.get(country, {}), _sons_of(country)
    first, last = words[0].casefold().rstrip("."), words[-1].casefold().rstrip(".,")
    if len(words) > 2 and first in before:
        return " ".join(words[1:]), before[first]
    if len(words) > 2 and last in behind:
        return " ".join(words[:-1]).rstrip(","), behind[last]
    if len(words) > 2 and words[-1].endswith(".") and (known := known_suffix(words[-1])):
        return " ".join(words[:-1]).rstrip(","), known
    if len(words) > 2 and last in _BEHIND.get(country, ()):
        return " ".join(words[:-1]), ""
    return text, ""


@cache
def _sons_of(country: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for countries, (son, father) in _SONS.items():
        if country in countries.split():
            found |= {son: "Jr", father: "Sr"}
    return found


def _behind_titles(text: str) -> tuple[str, list[str]]:
    """The titles that a name begins with, and its words."""
    words = text.split()
    at = next((place for place, word in enumerate(words) if not _is_title(word)), 0)
    return " ".join(words[:at]), words[at:]


def _in_capitals(text: str) -> Mapping[str, str]:
    """'DUPONT Jean-Pierre', 'Mme Jeanne DE LA FONTAINE': the surname as forms and lists have it."""
    title, words = _behind_titles(text)
    loud = [word.isupper() and len(word.strip(".")) > 1 for word in words]
    if "," in text or all(loud) or not any(loud) or any(map(_special_here, words)):
        return {}
    first, last = loud.index(True), len(loud) - loud[::-1].index(True)
    families, firsts = words[first:last], words[:first] + words[last:]
    inside = 0 < first <= last < len(words)
    if inside or not all(loud[first:last]) or max(map(len, families)) < 3 or max(map(len, firsts)) < 3:
        return {}
    return {"prefix": title, "given": firsts[0], "middle": " ".join(firsts[1:]), "family": " ".join(families)}


def _of_country(text: str, country: str) -> Mapping[str, str]:
    """Names as those of Hungary, Vietnam and Spain go, where no comma says otherwise."""
    read = {"HU": _hungarian, "VN": _vietnamese}.get(country, _spanish if country in _SPANISH else None)
    title, words = _behind_titles(text)
    if read is None or "," in text or len(words) < 2 or any(map(_special_here, words)):
        return {}
    found = read(words)
    return {"prefix": title, **found} if found else {}


def _is_title(word: str) -> bool:
    """'Dr', 'Lic.': one that the library knows, or cut off by a dot, which an initial is not."""
    return word.rstrip(".").casefold() in _library_titles() or (word.endswith(".") and word.find(".") > 1)


def _special_here(word: str) -> bool:
    return word.casefold() not in PARTICLES and (_is_title(word) or _special(word))


def _hungarian(words: list[str]) -> Mapping[str, str]:
    """'Kovács János Péter', 'Kovács Jánosné', 'Szabóné Nagy Éva': where first names of there stand last."""
    # Who married may be called by his name and her own.
    families = 2 if len(words) > 2 and words[0].casefold().endswith("né") else 1
    firsts = words[families:]
    if not all(plain(word).removesuffix("ne") in _HUNGARIAN or plain(word) in _HUNGARIAN for word in firsts):
        return {}
    return {"family": " ".join(words[:families]), "given": firsts[0], "middle": " ".join(firsts[1:])}


def _vietnamese(words: list[str]) -> Mapping[str, str]:
    if plain(words[0]) not in _VIETNAMESE:
        return {}
    return {"family": words[0], "middle": " ".join(words[1:-1]), "given": words[-1]}


def _spanish(words: list[str]) -> Mapping[str, str]:
    """First names, then two surnames, each with its particles: María del Carmen | García | de la Fuente."""
    groups: list[list[str]] = [[]]
    for word in words:
        groups[-1].append(word)
        if word.casefold() not in PARTICLES:
            groups.append([])
    names = [" ".join(group) for group in groups if group]
    if len(names) < 3 or groups[-1]:
        return {}
    second = plain(names[1].split()[-1]) in _SECOND or len(names[1].rstrip(".")) == 1
    firsts = len(names) - 2 if len(names) > 3 else 1 + second
    return {"given": " ".join(names[:firsts]), "family": " ".join(names[firsts:])}


def _east_asian(text: str, country: str) -> Mapping[str, str]:
    """'山田 太郎', '王杰', '김민준'. With a dot between them ('ジョン・スミス') given names come first."""
    if text.isascii() or not any(is_han(c) or is_hangul(c) or is_kana(c) for c in text) or "," in text:
        return {}
    if "・" in text:
        *names, last = text.split("・")
        return {"given": " ".join(names), "family": last}
    first, _, rest = text.partition(" ")
    family, given = (first, rest) if rest else name_parts(text, country)
    return {"family": family, "given": given}


def _slavic(text: str) -> Mapping[str, str]:
    """'Васильев Александр Павлович': a patronymic at the end says that the family comes first."""
    words = text.split()
    if len(words) != 3 or text.isascii() or not _PATRONYMIC.search(words[2]) or "," in text:
        return {}
    return {"family": words[0], "given": words[1], "middle": words[2]}


def _two_words(text: str) -> Mapping[str, str]:
    """The common case without the library, which takes 0.2 ms a name."""
    words = text.split()
    if len(words) != 2 or any(_special(word) for word in words):
        return {}
    first, second = words
    if first.endswith(",") and not second.endswith(","):
        return {"given": second, "family": first[:-1]}
    return {} if "," in text else {"given": first, "family": second}


def _special(word: str) -> bool:
    bare = word.strip(".,").casefold()
    return not bare.replace("-", "").replace("'", "").isalpha() or bare in _special_words()


@cache
def _library_titles() -> frozenset[str]:
    return frozenset(str(word) for word in CONSTANTS.titles)


@cache
def _special_words() -> frozenset[str]:
    known = (CONSTANTS.titles, CONSTANTS.suffix_acronyms, CONSTANTS.suffix_not_acronyms, CONSTANTS.prefixes,
             CONSTANTS.conjunctions)  # fmt: skip
    return frozenset(str(word) for words in known for word in words) | frozenset(SUFFIXES)


def _parsed(text: str) -> Mapping[str, str]:
    parsed = HumanName(text)
    if not (parsed.first or parsed.last):
        return {"family": text}
    return {
        "prefix": parsed.title,
        "given": parsed.first,
        "middle": parsed.middle,
        "family": parsed.last,
        "suffix": parsed.suffix,
    }
