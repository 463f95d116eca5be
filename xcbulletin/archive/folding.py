"""Text as it is searched: letters and digits alike however they were typed."""

import unicodedata


class _Folds(dict[int, str]):
    """What each character is folded to, worked out when it is first met."""

    def __missing__(self, codepoint: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(codepoint)).lower()
        self[codepoint] = folded
        return folded


_FOLDS = _Folds({ord("\n"): "\n"})


def fold(text: str) -> str:
    """Return a text as it is searched: NFKC (UAX #15) and small letters, character by character.

    That each is folded for itself lets a place in the folded text be found in the text, and scripts do the same.
    """
    return text.translate(_FOLDS)
