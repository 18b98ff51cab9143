"""Texts as word error rates compare them: as words alone, however they are written."""

from __future__ import annotations

import re
import unicodedata

_SPOKEN = {"mr": "mister", "mrs": "missus", "dr": "doctor", "st": "saint", "ok": "okay"}


def plain_words(text: str) -> str:
    """Lower case, no punctuation, hyphens as spaces, apostrophes and accents left out, some short
    forms written out; numbers stay as they are written."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in spread if not unicodedata.combining(c) and c not in "'’`")
    return " ".join(_SPOKEN.get(word, word) for word in re.findall(r"[^\W_]+", bare))
