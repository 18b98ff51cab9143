"""Which letters a PDF can show, and by which font: texts of any script as runs of one font each.

Letters of DejaVu Sans (Latin, Greek, Cyrillic, Armenian, Georgian and more) are put into the file;
Chinese, Japanese and Korean ones are named there by the four fonts that every reader of PDF has at
hand. What neither has stands as □ and is counted. Hebrew and Arabic letters are there, in the order
they are written in and not joined: the page itself, printed, sets them rightly.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "fonts"
REGULAR, BOLD = "DejaVuSans", "DejaVuSans-Bold"
# Adobe's names: fonts that a PDF may name without carrying them.
CHINESE, JAPANESE, KOREAN = "STSong-Light", "HeiseiKakuGo-W5", "HYGothic-Medium"
UNKNOWN = "□"
# How text is laid out, not what it says; a letter that turns the line round could forge a score.
_LEFT_OUT = {"Cc", "Cf", "Cs", "Co"}
_RIGHT_TO_LEFT = {"R", "AL"}
_KANA = ((0x3040, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F))
_HANGUL = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7AF))
_HAN = ((0x2E80, 0x2FDF), (0x3000, 0x303F), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xFF00, 0xFFEF))


@dataclass
class Letters:
    """`known`: code points of the two DejaVu fonts; what could not be shown is counted."""

    known: frozenset[int]
    unknown: set[str] = field(default_factory=set)
    has_right_to_left: bool = False

    def runs(self, text: str, *, bold: bool = False) -> Iterator[tuple[str, str]]:
        """(font, text) of each run; line ends are kept, other signs that show nothing are not."""
        wide = self._wide_font(text)
        font, run = "", ""
        for letter in unicodedata.normalize("NFC", text):
            chosen, shown = self._font_of(letter, wide, BOLD if bold else REGULAR)
            if not shown:
                continue
            if chosen and chosen != font and run:
                yield font, run
                run = ""
            font, run = chosen or font or REGULAR, run + shown
        if run:
            yield font, run

    def _font_of(self, letter: str, wide: str, plain: str) -> tuple[str, str]:
        """The font of a letter (empty: that of the letter before) and what is shown for it."""
        if letter in "\n\t ":
            return "", letter
        if unicodedata.category(letter) in _LEFT_OUT:
            return "", ""
        code = ord(letter)
        if code in self.known:
            if unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT:
                self.has_right_to_left = True
            return plain, letter
        if _within(code, _HANGUL):
            return KOREAN, letter
        if _within(code, _KANA):
            return JAPANESE, letter
        if _within(code, _HAN):
            return wide, letter
        if unicodedata.category(letter).startswith("M"):
            return "", ""  # a mark on a letter that is not there either
        self.unknown.add(letter)
        return plain, UNKNOWN

    @staticmethod
    def _wide_font(text: str) -> str:
        """By whom the signs that Chinese, Japanese and Korean share are drawn in this text."""
        if any(_within(ord(letter), _KANA) for letter in text):
            return JAPANESE
        return KOREAN if any(_within(ord(letter), _HANGUL) for letter in text) else CHINESE


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in ranges)


def register_fonts() -> frozenset[int]:
    """Make the fonts known to reportlab, once a process; the code points of both DejaVu fonts."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFont

    known: list[Any] = []
    for name in (REGULAR, BOLD):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(FOLDER / f"{name}.ttf")))
        known.append(pdfmetrics.getFont(name).face.charToGlyph)
    for name in (CHINESE, JAPANESE, KOREAN):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(UnicodeCIDFont(name))
    return frozenset(known[0]) & frozenset(known[1])
