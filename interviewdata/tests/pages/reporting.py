"""What tests of reports share: a page or a PDF as the text that it says."""

from __future__ import annotations

import html
import io
import re
from typing import Any

from pypdf import PdfReader


def plain(reply: Any) -> str:
    """What a page or a PDF says, spaces as one."""
    assert reply.status_code == 200, reply.content[:300]
    if reply["Content-Type"] == "application/pdf":
        pages = PdfReader(io.BytesIO(reply.content)).pages
        text = " ".join(page.extract_text() for page in pages)
    else:
        main = reply.content.decode().partition("<main")[2].partition("</main>")[0]
        text = html.unescape(re.sub(r"<[^>]+>", " ", main))
    return re.sub(r"\s+", " ", text)
