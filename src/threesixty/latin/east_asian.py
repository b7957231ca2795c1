"""Chinese, Japanese and Korean names: which part is the family, and how it is read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from threesixty.latin.kana import is_kana

# Family names that are read otherwise than the character mostly is.
CHINESE_FAMILIES: Mapping[str, str] = {
    "曾": "zeng", "单": "shan", "單": "shan", "解": "xie", "仇": "qiu", "查": "zha", "区": "ou",
    "區": "ou", "任": "ren", "盖": "ge", "蓋": "ge", "朴": "piao", "乐": "yue", "樂": "yue",
    "翟": "zhai", "覃": "qin", "尹": "yin", "冼": "xian", "员": "yun", "折": "she", "种": "chong",
    "缪": "miao", "繆": "miao",
}  # fmt: skip
COMPOUND_CHINESE = frozenset(
    "欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 东方 東方 皇甫 尉迟 尉遲 公孙 公孫 慕容 令狐 宇文 "
    "长孙 長孫 司徒 司空 夏侯 端木 独孤 獨孤 南宫 南宮 西门 西門 轩辕 軒轅 百里 呼延 闻人 "
    "聞人 淳于 澹台 公羊 申屠 太史 钟离 鍾離".split()
)
# The spellings that Koreans themselves use most, not those of the official romanisation.
KOREAN_FAMILIES: Mapping[str, str] = {
    "김": "kim", "이": "lee", "박": "park", "최": "choi", "정": "jung", "강": "kang", "조": "cho",
    "윤": "yoon", "장": "jang", "임": "lim", "한": "han", "오": "oh", "서": "seo", "신": "shin",
    "권": "kwon", "황": "hwang", "안": "ahn", "송": "song", "류": "ryu", "유": "yoo", "전": "jeon",
    "홍": "hong", "고": "ko", "문": "moon", "양": "yang", "손": "son", "배": "bae", "백": "baek",
    "허": "heo", "남": "nam", "심": "shim", "노": "noh", "하": "ha", "곽": "kwak", "성": "sung",
    "차": "cha", "주": "joo", "우": "woo", "구": "koo", "민": "min", "나": "na", "진": "jin",
    "지": "ji", "엄": "eom", "원": "won", "천": "cheon", "방": "bang", "공": "kong",
}  # fmt: skip
COMPOUND_KOREAN = frozenset("남궁 황보 제갈 선우 독고 사공 서문".split())
# Endings of given names that Japanese has and Chinese hardly: other names may be of either.
_ENDINGS = tuple("郎子介之彦夫樹菜奈乃代恵也太輔斗哉咲")


def is_han(char: str) -> bool:
    """Whether a character is a Chinese one, as Japanese and Korean use them too."""
    return "\u3400" <= char <= "\u9fff" or char == "々" or "\uf900" <= char <= "\ufaff"


def is_hangul(char: str) -> bool:
    """Whether a character is a Korean syllable."""
    return "\uac00" <= char <= "\ud7a3"


def family_reading(name: str) -> str:
    """How a Japanese family name is mostly read, '' where it is not known."""
    return _readings()["family"].get(name, "")


def given_reading(name: str) -> str:
    """How a Japanese given name is mostly read, '' where it is not known."""
    return _readings()["given"].get(name, "")


@cache
def _readings() -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {"family": {}, "given": {}}
    into = found["family"]
    for line in files(__package__).joinpath("japanese.txt").read_text("utf-8").splitlines():
        reading, *names = line.split(" ")
        if not names:
            into = found[reading]
        elif reading != "#":
            into.update(dict.fromkeys(names, reading))
    return found


def is_japanese(word: str) -> bool:
    """Whether a word of Chinese characters can only be a Japanese name."""
    if not all(map(is_han, word)) or len(word) < 2:
        return False
    known = family_reading(word) or (word.endswith(_ENDINGS) and given_reading(word))
    return (bool(known) and word not in COMPOUND_CHINESE) or bool(japanese_parts(word))


def japanese_parts(word: str) -> list[str]:
    """A Japanese name in one piece as family and given name, when its family name has two signs or more."""
    for end in range(min(len(word) - 1, 4), 1, -1):
        family, given = word[:end], word[end:]
        if family_reading(family) and (given_reading(given) or all(map(is_kana, given))):
            return [family, given]
    return []


def name_parts(word: str, country: str) -> tuple[str, str]:
    """A name in one piece as family and given name, either of which may be ''."""
    if parts := japanese_parts(word):
        return parts[0], parts[1]
    if any(map(is_kana, word)) or len(word) < 2 or len(word) > 4:
        return word, ""
    if country == "JP":
        return (word[:2], word[2:]) if family_reading(word[:2]) else (word, "")
    compound = word[:2] in COMPOUND_CHINESE or word[:2] in COMPOUND_KOREAN
    cut = 2 if compound or len(word) == 4 else 1
    return word[:cut], word[cut:]


def whole_name(family: str, given: str) -> str:
    """A name as East Asia writes it, the family first; '' where either part is of another script."""
    together = family + given
    if not (family and given and all(is_han(c) or is_hangul(c) or is_kana(c) for c in together)):
        return ""
    foreign = all("\u30a1" <= char <= "\u30ff" for char in together)  # katakana
    return f"{given}・{family}" if foreign else together
