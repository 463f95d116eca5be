"""The order of an index: letters and digits first, then Han by their pinyin.

GB 2312 has its 3,755 common Han in the order of their pinyin, so their codes are sorted; a character of several
readings stands at its commonest (长 at chang, 重 at zhong). The rest has no such order: the 3,008 rarer ones of GB 2312
follow by radical, and what it lacks by Unicode.
"""

from bisect import bisect_right

from xcbulletin.archive.folding import fold

LETTERS, RARE = "0—9 A—Z", "其他"
"""Where names stand that begin with a letter or digit, and with a Han whose pinyin is not told by its code."""
_FIRST = dict(zip("啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝", "ABCDEFGHJKLMNOPQRSTWXYZ", strict=True))
"""The first Han of GB 2312 at each initial of pinyin; none begins with I, U or V."""
_CODES = [character.encode("gb2312") for character in _FIRST]
_LAST = "座".encode("gb2312")


def collation_key(name: str) -> tuple[tuple[int, bytes], ...]:
    """Return a key by which names are sorted; what is no letter, digit or Han does not count, unless they are alike."""
    return (*map(_weight, filter(str.isalnum, fold(name))), (-1, name.encode()))


def initial(name: str) -> str:
    """Return under what a name stands: an initial of pinyin, LETTERS or RARE."""
    rank, code = next(map(_weight, filter(str.isalnum, fold(name))), (0, b""))
    if rank == 0:
        return LETTERS
    if rank == 2 or code > _LAST:
        return RARE
    return list(_FIRST.values())[bisect_right(_CODES, code) - 1]


def _weight(character: str) -> tuple[int, bytes]:
    if character.isascii():
        return 0, character.encode()
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        code = b""
    # Before its Han GB 2312 has letters of other scripts.
    return (1, code) if code >= _CODES[0] else (2, character.encode("utf-32-be"))
