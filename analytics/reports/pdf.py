"""A report as a PDF: A4, its text there to be searched and copied, nothing in it that runs.

Drawn by reportlab (BSD licence). Whatever a report says goes through `_marked`, which escapes it:
reportlab's paragraphs read tags. There are no links, forms, scripts or files in the PDF.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from django.utils.translation import get_language, gettext, ngettext

from analytics.reports.document import (
    Block,
    Cell,
    Facts,
    Heading,
    Lines,
    Missing,
    Paragraph,
    Quote,
    Report,
    Said,
    Table,
)
from analytics.reports.letters import BOLD, REGULAR, Letters, register_fonts
from interviewdata.common.errors import DomainError

# A text longer than this is cut, which is said: a PDF is read, the export has everything.
MOST_CHARACTERS = 20_000
MOST_ALTOGETHER = 400_000
# A row of a table has to fit onto a page, its narrowest column full of it.
MOST_IN_CELL, MOST_IN_HEAD = 400, 80
_INK, _SOFT, _LINE, _SHADE = "#1b1f24", "#57606a", "#c4cad0", "#f3f4f6"


class NoPdf(DomainError):
    """The package that draws PDFs is not installed."""

    code = "unavailable"


def as_pdf(report: Report) -> bytes:
    """The report as a PDF file. Raises NoPdf with what to do about it."""
    try:
        from reportlab import rl_config
        from reportlab.platypus import SimpleDocTemplate
    except ImportError as error:
        raise NoPdf(
            gettext(
                "PDFs need the package reportlab: pip install -r requirements.txt. "
                "The page itself can be printed."
            )
        ) from error
    rl_config.invariant = 1  # the same report gives the same bytes
    drawing = _Drawing(Letters(register_fonts()))
    story = drawing.story(report)
    file = io.BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=(595.28, 841.89),
        leftMargin=48,
        rightMargin=48,
        topMargin=52,
        bottomMargin=56,
        title=f"{report.kind}: {report.title}"[:200],
        author="",
        subject=report.subtitle[:200],
        creator="interviewdata",
        lang=get_language() or "en",
    )
    footer = drawing.footer(report)
    document.build(story, onFirstPage=footer, onLaterPages=footer)
    return file.getvalue()


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


class _Drawing:
    """One PDF being made. Widths and sizes in points (1/72 inch)."""

    width = 595.28 - 108  # the frame keeps 6 points free on each side

    def __init__(self, letters: Letters) -> None:
        from reportlab.lib.colors import HexColor
        from reportlab.lib.styles import ParagraphStyle

        self.letters = letters
        self.left = MOST_ALTOGETHER
        self.color = HexColor
        base: dict[str, Any] = {
            "fontName": REGULAR,
            "bulletFontName": REGULAR,
            "textColor": HexColor(_INK),
        }

        def style(name: str, size: float, leading: float, **more: Any) -> Any:
            return ParagraphStyle(name, fontSize=size, leading=leading, **{**base, **more})

        soft = HexColor(_SOFT)
        self.styles = {
            "kind": style("kind", 9, 12, textColor=soft),
            "title": style("title", 17, 22, fontName=BOLD, spaceAfter=2),
            "subtitle": style("subtitle", 10, 14, spaceAfter=2),
            "soft": style("soft", 8.5, 12, textColor=soft, spaceAfter=5),
            "h2": style("h2", 13, 17, fontName=BOLD, spaceBefore=14, spaceAfter=4, keepWithNext=1),
            "h3": style("h3", 10.5, 14, fontName=BOLD, spaceBefore=8, spaceAfter=2, keepWithNext=1),
            "aside": style("aside", 8.5, 11.5, textColor=soft, keepWithNext=1),
            "body": style("body", 9.5, 13.5, spaceAfter=5),
            "notice": style(
                "notice",
                9.5,
                13.5,
                spaceBefore=2,
                spaceAfter=7,
                borderPadding=5,
                leftIndent=6,
                rightIndent=6,
                backColor=HexColor(_SHADE),
                borderColor=HexColor(_LINE),
                borderWidth=0.5,
            ),
            "quote": style("quote", 9.5, 13.5, leftIndent=14, spaceAfter=5, textColor=soft),
            "line": style("line", 9.5, 13.5, leftIndent=14, bulletIndent=4, spaceAfter=2),
            "cell": style("cell", 8.5, 11.5),
            "number": style("number", 8.5, 11.5, alignment=2),
            "head": style("head", 8.5, 11.5, fontName=BOLD),
            "head number": style("head number", 8.5, 11.5, fontName=BOLD, alignment=2),
            "caption": style("caption", 8.5, 12, textColor=soft, spaceBefore=3, keepWithNext=1),
        }

    def story(self, report: Report) -> list[Any]:
        found = [
            self.text(report.kind, "kind"),
            self.text(report.title, "title"),
            self.text(report.subtitle, "subtitle"),
            self.text(report.made, "soft"),
        ]
        for section in report.sections:
            found.append(self.text(section.title, "h2"))
            for block in section.blocks:
                found += self.block(block)
        return found + self.notes()

    def notes(self) -> list[Any]:
        """What could not be shown as it is, said at the end."""
        found = []
        unknown = sorted(self.letters.unknown)
        if unknown:
            names = ", ".join(f"U+{ord(letter):04X}" for letter in unknown[:20])
            sentence = ngettext(
                "%(n)s sign cannot be shown here and stands as □: %(names)s. "
                "The page itself has it.",
                "%(n)s signs cannot be shown here and stand as □: %(names)s. "
                "The page itself has them.",
                len(unknown),
            )
            more = " …" if len(unknown) > 20 else ""
            found.append(sentence % {"n": len(unknown), "names": names + more})
        if self.letters.has_right_to_left:
            found.append(
                gettext(
                    "Texts written from right to left stand here letter by letter, from left to "
                    "right and not joined. The page itself, printed, sets them as they are written."
                )
            )
        return [self.text(sentence, "soft") for sentence in found]

    def block(self, block: Block) -> list[Any]:
        if isinstance(block, Paragraph):
            return [self.text(block.text, block.kind or "body")]
        if isinstance(block, Missing):
            return [self.text(f"— {block.text}", "body")]
        if isinstance(block, Heading):
            aside = [self.text(block.aside, "aside")] if block.aside else []
            return [self.text(block.text, "h3"), *aside]
        if isinstance(block, Said):
            return self.long_text(block.text, "body")
        if isinstance(block, Quote):
            at = f" ({block.at})" if block.at else ""
            return self.long_text(f"“{block.text}”{at}", "quote")
        if isinstance(block, Lines):
            title = [self.text(block.title, "h3")] if block.title else []
            return title + [self.text(text, "line", bullet="•") for text in block.texts]
        if isinstance(block, Facts):
            rows = [[Cell(name), cell] for name, cell in block.entries]
            return [self.table(rows, [], frozenset(), (0.3 * self.width, 0.7 * self.width))]
        return [self.text(block.caption, "caption"), *self.of_table(block)]

    def of_table(self, block: Table) -> list[Any]:
        return [self.table(block.rows, block.columns, block.numbers, self.widths(block))]

    def widths(self, block: Table) -> tuple[float, ...]:
        """The widths of a table's columns: its longest word has room in each where all can have
        it, and what is left goes to those with the longest texts."""
        from reportlab.pdfbase.pdfmetrics import stringWidth

        words, texts = [], []
        for place, name in enumerate(block.columns):
            cells = [row[place].text[:MOST_IN_CELL] for row in block.rows]
            found = [stringWidth(word, BOLD, 8.5) for word in name[:MOST_IN_HEAD].split()]
            found += [stringWidth(word, REGULAR, 8.5) for text in cells for word in text.split()]
            words.append(min(max(found, default=0.0), 120.0) + 10)
            texts.append(min(max(map(len, [name, *cells, "-"])), 60))
        left = self.width - sum(words)
        if left < 0:
            return tuple(width * self.width / sum(words) for width in words)
        return tuple(
            width + left * size / sum(texts) for width, size in zip(words, texts, strict=True)
        )

    def table(
        self,
        rows: Iterable[Sequence[Cell]],
        columns: Sequence[str],
        numbers: frozenset[int],
        widths: tuple[float, ...],
    ) -> Any:
        from reportlab.platypus import Table as Grid

        cells = [
            [
                self.text(
                    _short(cell.text, MOST_IN_CELL),
                    "number" if cell.is_number or place in numbers else "cell",
                )
                for place, cell in enumerate(row)
            ]
            for row in rows
        ]
        if columns:
            heads = [
                self.text(_short(name, MOST_IN_HEAD), "head number" if place in numbers else "head")
                for place, name in enumerate(columns)
            ]
            cells.insert(0, heads)
        look: list[Any] = [
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, self.color(_LINE)),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ("TOPPADDING", (0, 0), (-1, -1), 2.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
        ]
        if columns:
            look.append(("BACKGROUND", (0, 0), (-1, 0), self.color(_SHADE)))
        return Grid(
            cells,
            colWidths=widths,
            style=look,
            repeatRows=1 if columns else 0,
            splitInRow=1,
            spaceBefore=2,
            spaceAfter=8,
        )

    def long_text(self, text: str, style: str) -> list[Any]:
        """A text with its own lines, each a paragraph, so that pages break within it."""
        return [self.text(line, style) for line in self._cut(text).splitlines() if line.strip()]

    def text(self, text: str, style: str, *, bullet: str = "") -> Any:
        from reportlab.platypus import Paragraph as Drawn

        bold = self.styles[style].fontName == BOLD
        marked = self._marked(" ".join(self._cut(text).split()), bold=bold)
        return Drawn(marked or " ", self.styles[style], bulletText=bullet or None)

    def _cut(self, text: str) -> str:
        """The text as far as there is room for it, and how much more there is."""
        most = min(MOST_CHARACTERS, max(self.left, 200))
        self.left -= min(len(text), most)
        if len(text) <= most:
            return text
        more = gettext("… %(n)s more characters; the record has them.") % {"n": len(text) - most}
        return f"{text[:most]}\n{more}"

    def _marked(self, text: str, *, bold: bool) -> str:
        """The text for reportlab: escaped, each run in the font that has its letters."""
        return "".join(
            f'<font name="{font}">{escape(run)}</font>'
            for font, run in self.letters.runs(text, bold=bold)
        )

    def footer(self, report: Report) -> Any:
        """Draws the foot of a page: what it is of, and its number."""
        runs = list(self.letters.runs(" ".join(f"{report.kind} · {report.title}".split())[:90]))
        page_word = gettext("Page %(n)s")

        def draw(canvas: Any, document: Any) -> None:
            canvas.saveState()
            canvas.setFillColor(self.color(_SOFT))
            x = 48.0
            for font, run in runs:
                canvas.setFont(font, 8)
                canvas.drawString(x, 32, run)
                x += canvas.stringWidth(run, font, 8)
            canvas.setFont(REGULAR, 8)
            canvas.drawRightString(595.28 - 48, 32, page_word % {"n": document.page})
            canvas.restoreState()

        return draw
