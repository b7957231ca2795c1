"""Plain text: what may be kept of it, and what counts as nothing said."""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii
from ftfy import fix_encoding

_PHRASES = """
not available, not known, not provided, not given, no data, none given, no name, no email, k.a., k. a.,
keine angabe, keine angaben, ohne angabe, nicht bekannt, nicht angegeben, nicht vorhanden, non renseigné,
non renseignée, non renseigne, non communiqué, non communiquee, non precisé, sin datos, sin dato, s/d, no
consta, no informado, no disponible, desconocida, sin nombre, sin apellido, sin apellidos, não informado,
nao informado, não informada, não consta, nao consta, sem dados, desconhecida, sconosciuto, sconosciuta,
non disponibile, non pervenuto, onbekend, nvt, n.v.t., niet bekend, brak danych, nie podano, nieznany,
nieznana, neuvedeno, nezadáno, nezadano, neznámý, neznámá, neznáme, nincs adat, ismeretlen, nem ismert,
bilinmiyor, belirtilmemiş, belirtilmedi, okänd, uppgift saknas, saknas, ukendt, ikke oplyst, ukjent, ikke
oppgitt, tuntematon, ei tietoa, ei tiedossa, necunoscut, necunoscută, nu se știe, không có, tidak ada,
tidak diketahui, неизвестно, не указано
"""
NOTHING = frozenset(
    "n/a n.a. na null nil none nan <na> #n/a unknown unbekannt inconnu desconocido desconhecido "
    "- -- --- . .. ? ?? ??? x xx xxx tbd tba missing undefined (null) (none) (blank)".split()
) | frozenset(" ".join(_PHRASES.split()).split(", "))
YES = frozenset("true t yes y 1 on x ja j oui o si s sim wahr vrai verdadero verdadeiro".split())
NO = frozenset("false f no n 0 off nein non nao falsch faux falso".split())
_WOMEN = """
f female woman w weiblich frau femme femenino feminino mujer mulher donna femmina vrouw kvinna kvinde kvinne
nainen k kobieta z zena kadin femeie perempuan wanita
"""
_MEN = """
m male man mannlich herr mann homme masculino hombre homem h uomo maschio varon mand mies mezczyzna muz ferfi
erkek barbat laki-laki pria
"""
GENDERS = {
    **dict.fromkeys(_WOMEN.split(), "female"),
    **dict.fromkeys(_MEN.split(), "male"),
    **dict.fromkeys("d x diverse nonbinary non-binary other divers".split(), "other"),
}

_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)


def clean(raw: str) -> str:
    """Text in one Unicode form, on one line, without invisible or broken characters."""
    if raw.isascii() and raw.isprintable():
        return raw if " " not in raw else " ".join(raw.split())
    return unicodedata.normalize("NFC", " ".join(_UNSAFE.sub("", raw).split()))


def text(raw: str) -> str | None:
    """Cleaned text with broken encodings repaired ('JosÃ©' is 'José'), or None when empty."""
    cleaned = clean(raw)
    if not cleaned.isascii():
        cleaned = clean(fix_encoding(cleaned))
    return cleaned or None


def said(raw: str) -> str | None:
    """Text, or None when it only says that there is none: 'n/a', 'null', '-', 'unknown'."""
    found = text(raw)
    return None if found is None or found.casefold() in NOTHING else found


def plain(text: str) -> str:
    """Text reduced to lower-case ASCII letters, for comparing: 'Müller' is 'muller'."""
    return (text if text.isascii() else anyascii(text)).casefold()


def boolean(raw: str) -> bool | None:
    """Yes or no in the words of several languages; ValueError for anything else."""
    found = text(raw)
    word = plain(found) if found else ""
    if word in YES:
        return True
    if word in NO:
        return False
    if not word or word in NOTHING:
        return None
    raise ValueError("neither yes nor no")


def gender(raw: str) -> str | None:
    """'female', 'male' or 'other' where the word is known, else the text itself."""
    found = said(raw)
    return found and GENDERS.get(plain(found), found)
