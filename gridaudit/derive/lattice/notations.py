"""How buildings, units, floors and rooms are written: the patterns that take an address apart.

Weak words (2门, 2梯, 东头, 2单) name a unit only behind a building, sides (左, 东户) a room only with a floor in a
building, so that gates of roads and sides of villages are left alone.
"""

from __future__ import annotations

import polars as pl

_DIGIT = "一二三四五六七八九"
_TENS = ["", "十", *(f"{digit}十" for digit in _DIGIT[1:])]
_UPTO_99 = [f"{tens}{unit}" for tens in _TENS for unit in ("", *_DIGIT)]
NUMERALS = {numeral: str(number) for number, numeral in enumerate(_UPTO_99) if numeral}
NUMERAL = f"[{_DIGIT}十]{{1,3}}"
SIDES = {"左": 1, "右": 2, "东": 1, "西": 2, "中": 3, "南": 3, "北": 4} | {
    letter: number for number, letter in enumerate("ABCDEFGH", start=1)
}

_BUILDING = f"[A-Z]?[0-9]{{1,4}}[A-Z]?|[A-Z]|[甲乙丙丁戊己庚辛]|{NUMERAL}"
BUILDING_WORD = "栋|幢|座|号楼|#楼|#"
_UNIT = f"[A-Z]?[0-9]{{1,2}}|[A-Z]|[甲乙丙丁]|{NUMERAL}"
_SIDE_OF_BUILDING = "[东西南北中左右]"
_UNIT_WORD = "号?门|号?楼?梯|单|头|侧"
BELOW = "负|地下室?|-|B"
_FLOOR = f"(?:{BELOW})?(?:[0-9]{{1,2}}|{NUMERAL})[A-H]?"
_ROOM = "[0-9]{3,4}|[0-9]{1,2}[A-H][0-9]{2}|[0-9]{1,2}"
_ENDING = "室|号房|号|户|房"
_ROOM_AND_MORE = (
    f"(?P<below>{BELOW})?(?P<room>{_ROOM})(?:[-/、+&,和至](?P<last>[0-9]{{3,4}}|[0-9]{{2}})|-[0-9]|(?P<part>[A-Z]))?"
    f"(?:(?P<ending>{_ENDING})(?:-[0-9]{{1,2}}|[A-Z])?)?$"
)
_SIDE = "(?P<side>[A-H左右中东西南北])(?:手?边|侧|面|户|室|房|头|首)?$"
_WING = "(?P<wing>[AC-H])"
TEXT = (
    f"(?:第?(?P<building>{_BUILDING})(?:{BUILDING_WORD}|-)-?"
    f"(?:第?(?P<gate>{_SIDE_OF_BUILDING}|{_UNIT})(?:{_UNIT_WORD})-?|{_WING})?)?"
    f"(?:第?(?P<unit>{_SIDE_OF_BUILDING}|{_UNIT})单元-?(?:(?P<storey>[0-9]{{1,2}})-)?|第?(?P<dash>{_UNIT})-)?"
    f"(?:第?(?P<floor>{_FLOOR})(?:层|楼|F)-?)?(?:{_ROOM_AND_MORE}|{_SIDE})"
)
ROOM_CELL = (
    f"^(?:(?P<building>{_BUILDING})(?:栋|幢|座|号楼|#|-)(?P<unit>{_UNIT})(?:单元-?|-)"
    f"|(?P<alone>{_BUILDING})(?:栋|幢|座|号楼|#)|(?P<before>{_UNIT})(?:单元-?|-))?"
    f"(?:(?P<floor>{_FLOOR})(?:层|楼|F)-?)?{_WING}?(?:{_ROOM_AND_MORE}|{_SIDE})"
)
BUILDING_CELL = f"^第?(.+?)(?:{BUILDING_WORD}|号|楼)?$"
UNIT_OF_BUILDING_CELL = f"({_UNIT})单元"
UNIT_CELL = f"^第?(.+?)(?:单元|{_UNIT_WORD})?$"
FLOOR_CELL = f"^第?(?:{BELOW})?([0-9]{{1,2}}|{NUMERAL})[A-H]?(?:层|楼|F)?$"
# What goes before the place in a text.
AREA = "^.*(?:街道|社区|居委会)"
# A building in a text whose room cannot be read.
BUILDING_IN_TEXT = f"^(.*?)第?({_BUILDING})(?:{BUILDING_WORD}|-[0-9A-Z]{{1,2}}(?:-|单元))"
# Behind these a number is a room though neither building nor unit is written.
HOUSE = "(?:[0-9]号|厦|楼|公寓|宿舍)$"

_ZERO = "〇零○"
_ODD = f"[)\\]】{_ZERO}O/.、]|内$|[{_DIGIT}]{{3}}"
_CHINESE_ROOM = f"^(.*?)([{_DIGIT}{_ZERO}]{{3,4}})({_ENDING})?$"
_DIGITS = {**dict.fromkeys(_ZERO, "0"), **{digit: str(number) for number, digit in enumerate(_DIGIT, start=1)}}
_SEPARATED = f"(^|[^0-9A-Z./、])([A-Z]?[0-9]{{1,3}})[/.、]([0-9]{{1,2}})[/.、]([0-9]{{3,4}})({_ENDING})?$"


def plain(texts: pl.Series) -> pl.Series:
    """Write rooms in digits and without a remark: 三〇二室, 3O2, 302室(出租), 302室内, 3/2/501; others stay.

    Args:
        texts: Evened out.
    """
    odd = texts.str.contains(_ODD).fill_null(value=False)
    if not odd.any():
        return texts
    text, asked = pl.col("text"), texts.filter(odd).to_frame("text")
    asked = asked.with_columns(
        text.str.replace(r"([^(\[【])[(\[【][^()\[\]【】0-9]*[)\]】]$", "$1").str.replace("(室|房|户)内$", "$1")
    )
    asked = asked.with_columns(
        text.str.replace(f"([1-9])O([0-9])({_ENDING})?$", "${1}0${2}${3}").str.replace(
            _SEPARATED, "${1}${2}-${3}-${4}${5}"
        )
    )
    head, number, ending = (pl.col("parts").struct[at] for at in range(3))
    asked = asked.with_columns(parts=text.str.extract_groups(_CHINESE_ROOM))
    digits = number.str.replace_many(list(_DIGITS), list(_DIGITS.values()))
    told = asked.select(pl.when(number.is_not_null()).then(head + digits + ending.fill_null("")).otherwise(text))
    return texts.clone().scatter(odd.arg_true(), told.to_series())
