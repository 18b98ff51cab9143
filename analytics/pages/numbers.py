"""Numbers in texts of pages, with the signs of the reader's language."""

from __future__ import annotations

from django.utils import formats


def local(text: str) -> str:
    """A number as Python writes it: "1,234.5" → "1.234,5" in German."""
    signs = {
        ",": str(formats.get_format("THOUSAND_SEPARATOR")),
        ".": str(formats.get_format("DECIMAL_SEPARATOR")),
    }
    return "".join(signs.get(letter, letter) for letter in text)
