"""A report as what it says, not how it looks: the page, its print and the PDF are made from it.

Texts are plain; whoever draws them escapes them. A number that has rows behind it carries their
address in `Cell.url`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True)
class Cell:
    """A text of a table or a list of facts. `is_number` sets it to the right; `says` is what a link
    leads to, for who hears it alone."""

    text: str
    url: str = ""
    is_number: bool = False
    says: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A text; `kind`: "" plain, "soft" an aside, "notice" something to know first."""

    text: str
    kind: str = ""
    is_: ClassVar[str] = "paragraph"


@dataclass(frozen=True)
class Missing:
    """What is not there, said plainly."""

    text: str
    is_: ClassVar[str] = "missing"


@dataclass(frozen=True)
class Facts:
    """Names with their values."""

    entries: Sequence[tuple[str, Cell]]
    is_: ClassVar[str] = "facts"


@dataclass(frozen=True)
class Table:
    """Rows of cells; the first of each row is its heading. `numbers`: the columns of numbers."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numbers: frozenset[int] = frozenset()
    is_: ClassVar[str] = "table"

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """(name of the column, whether it holds numbers)."""
        return [(name, place in self.numbers) for place, name in enumerate(self.columns)]


@dataclass(frozen=True)
class Lines:
    """A list of texts under a name (empty: none)."""

    texts: Sequence[str]
    title: str = ""
    is_: ClassVar[str] = "lines"


@dataclass(frozen=True)
class Said:
    """What somebody said, in their own words and lines."""

    text: str
    is_: ClassVar[str] = "said"


@dataclass(frozen=True)
class Quote:
    """A passage of a transcript; `at` where it stands, empty: not known."""

    text: str
    at: str = ""
    is_: ClassVar[str] = "quote"


@dataclass(frozen=True)
class Heading:
    """A heading within a section; `aside` stands behind it, smaller."""

    text: str
    aside: str = ""
    is_: ClassVar[str] = "heading"


Block = Paragraph | Missing | Facts | Table | Lines | Said | Quote | Heading


@dataclass(frozen=True)
class Section:
    """`key` names it in addresses and tests."""

    key: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Report:
    """`kind` is what the report is, `title` whom or what it is about; `made` says when and for
    whom it was made, in words."""

    kind: str
    title: str
    subtitle: str
    made: str
    sections: Sequence[Section] = field(default_factory=tuple)
    made_at: datetime | None = None


def number(text: str, url: str = "", says: str = "") -> Cell:
    """A cell that holds a number."""
    return Cell(text, url, is_number=True, says=says)
