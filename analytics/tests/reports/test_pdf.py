"""PDFs: their text can be read back, whatever script it is in; hostile texts do nothing."""

from __future__ import annotations

import io
import re
import sys

import pytest
from pypdf import PdfReader

from analytics.reports.document import (
    Cell,
    Facts,
    Heading,
    Lines,
    Missing,
    Paragraph,
    Quote,
    Report,
    Said,
    Section,
    Table,
    number,
)
from analytics.reports.pdf import MOST_CHARACTERS, NoPdf, as_pdf
from interviewdata.tests.pages.recorded import XSS


def report(*blocks, title="ann@example.org"):
    return Report("Interview report", title, "Baker", "Made today.", [Section("s", "Part", blocks)])


def text_of(content):
    return re.sub(
        r"\s+", " ", " ".join(p.extract_text() for p in PdfReader(io.BytesIO(content)).pages)
    )


def test_every_block_can_be_read_back():
    text = text_of(
        as_pdf(
            report(
                Paragraph("a paragraph"),
                Missing("what is missing"),
                Heading("a heading", "its aside"),
                Facts([("a name", Cell("a value"))]),
                Table("a caption", ["first", "second"], [[Cell("a row"), number("7.5")]]),
                Lines(["a line"], "a title"),
                Said("what was said\n\nin two lines"),
                Quote("a quote", "1:05"),
            )
        )
    )
    for wanted in (
        "Interview report", "ann@example.org", "Made today.", "Part", "a paragraph",
        "— what is missing", "a heading", "its aside", "a name a value", "a caption",
        "first second", "a row 7.5", "a title", "a line", "what was said in two lines",
        "“a quote” (1:05)", "Page 1",
    ):  # fmt: skip
        assert wanted in text, wanted


@pytest.mark.parametrize(
    "words",
    [
        "Größe, Übung, Straße – „Äpfel“",
        "Ελληνικά: Καλημέρα, ψυχή",
        "Русский: съешь ещё этих мягких булок; Українська: їжак",
        "Türkçe ğışö, Polski źdźbło, Tiếng Việt",
        "Հայերեն ქართული",
    ],
)
def test_scripts_of_the_own_fonts_stand_in_the_file(words):
    content = as_pdf(report(Said(words)))
    assert words in text_of(content)
    fonts = PdfReader(io.BytesIO(content)).pages[0]["/Resources"]["/Font"]
    assert any("DejaVuSans" in font.get_object()["/BaseFont"] for font in fonts.values())


@pytest.mark.parametrize(
    ("words", "font"),
    [
        ("数据库事务", "STSong-Light"),
        ("データベースの取引", "HeiseiKakuGo-W5"),
        ("데이터베이스 트랜잭션", "HYGothic-Medium"),
    ],
)
def test_chinese_japanese_and_korean_name_the_readers_fonts(words, font):
    content = as_pdf(report(Said(f"before {words} after")))
    page = PdfReader(io.BytesIO(content)).pages[0]
    names = {f.get_object()["/BaseFont"].lstrip("/") for f in page["/Resources"]["/Font"].values()}
    assert any(name.startswith(font) for name in names)
    # Their letters stand there as two bytes each, of Unicode.
    assert words.split()[0].encode("utf-16-be") in _unescaped(page.get_contents().get_data())
    assert "□" not in page.extract_text()


def _unescaped(stream: bytes) -> bytes:
    """The stream with the escapes of PDF's texts undone."""
    octal = re.sub(rb"\\([0-7]{3})", lambda m: bytes([int(m[1], 8)]), stream)
    return re.sub(rb"\\([()\\])", rb"\1", octal)


def test_what_cannot_be_shown_is_said():
    text = text_of(as_pdf(report(Said("fine 🎉 and अ"))))
    assert "fine □ and □" in text
    assert "2 signs cannot be shown here and stand as □: U+0905, U+1F389." in text


def test_right_to_left_texts_are_said_to_stand_otherwise():
    assert "from right to left" in text_of(as_pdf(report(Said("שלום"))))
    assert "from right to left" not in text_of(as_pdf(report(Said("hello"))))


def test_signs_that_turn_the_line_round_are_left_out():
    """ "8.5" behind an override would be read as "5.8"."""
    assert "score 8.5 end" in text_of(as_pdf(report(Said("score \u202e8.5\u202c\u200b end"))))


@pytest.mark.parametrize(
    "attack",
    [
        *XSS,
        "<font size=900>big</font>",
        '<img src="file:///etc/passwd"/>',
        '<a href="http://evil.example/">x</a>',
        "<para><b><i>",
        "&lt;b&gt; &#0; &amp;",
        ") Tj ET Q /JS (app.alert(1)) endstream",
        "%(n)s {0} %s",
        "a" * 3000,
        "\x01\x02\x7f\ufeff",
        "\n\n\n",
        "",
    ],
)
def test_hostile_texts_are_texts(attack):
    blocks = [
        Paragraph(attack), Missing(attack), Heading(attack, attack), Said(attack), Quote(attack),
        Facts([(attack, Cell(attack))]), Lines([attack], attack),
        Table(attack, [attack, attack], [[Cell(attack), number(attack)]]),
    ]  # fmt: skip
    content = as_pdf(report(*blocks, title=attack))
    reader = PdfReader(io.BytesIO(content))
    assert b"/JavaScript" not in content
    assert all("/Annots" not in page for page in reader.pages)
    assert not {"/OpenAction", "/AA", "/Names", "/AcroForm"} & reader.trailer["/Root"].keys()
    shown = re.sub(r"\s+", "", attack)
    if shown and shown.isprintable() and len(shown) < 80:
        assert shown in re.sub(r"\s+", "", text_of(content))


def test_endless_texts_are_cut_which_is_said():
    text = text_of(as_pdf(report(Said("word " * MOST_CHARACTERS))))
    assert f"… {MOST_CHARACTERS * 4} more characters; the record has them." in text


def test_the_same_report_is_the_same_file():
    assert as_pdf(report(Said("so"))) == as_pdf(report(Said("so")))


def test_without_the_package_it_is_said_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "reportlab", None)
    with pytest.raises(NoPdf, match=r"pip install -r requirements\.txt"):
        as_pdf(report())
