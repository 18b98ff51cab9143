"""The parent's side of peaks_child: the outline of a sound, for drawing it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext_noop

from .buffers import descriptor_of, file_size
from .facts import AudioNotChecked
from .probe import CRASHES, KINDS, parse_answer, run_child

logger = logging.getLogger(__name__)

CHILD = Path(__file__).with_name("peaks_child.py")
# The child's own limit is 60 s of CPU, in which it decodes about four hours of speech.
WALL_SECONDS = 120.0
ANSWER_BYTES = 16 * 1024
NOT_NOW = "The sound cannot be drawn just now; please try again."

# Which of FFmpeg's demuxers reads a file of that type; no other is tried.
DEMUXERS = {content_type: demuxer for demuxer, (content_type, _ending) in KINDS.items()} | {
    "audio/webm": "matroska",
    "audio/matroska": "matroska",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
}
# Kept in English; the page says them in its reader's language.
_PROBLEMS = {
    "silent": gettext_noop("This file holds no sound."),
    "codec": gettext_noop("This file's sound is of a kind that cannot be drawn."),
    "long": gettext_noop("This sound is longer than can be drawn."),
    "broken": gettext_noop("This sound file is damaged."),
}


@dataclass(frozen=True)
class Outline:
    """What a sound looks like.

    peaks: up to 400 numbers from 0 to 100 (full scale), the loudest sample of each equal part;
        empty where there is a problem. duration: seconds of decoded sound, pauses between time
        stamps included. problem: one sentence, empty where there is none.
    """

    peaks: list[int] = field(default_factory=list)
    duration: float = 0.0
    problem: str = ""
    engine: str = ""


def draw_outline(file: BinaryIO, content_type: str) -> Outline:
    """The outline of `file`, a seekable binary file of that type (as `inspect_audio` tells it).

    Costs a process: about 0.3 s and 1 s for each 5 minutes of speech. A file that cannot be
    decoded gives an outline with a problem. Raises AudioNotChecked where the machine rather than
    the file is at fault.
    """
    demuxer = DEMUXERS.get(content_type.lower())
    if demuxer is None:
        return Outline(problem=_PROBLEMS["codec"])
    try:
        with descriptor_of(file, file_size(file)) as descriptor:
            status, output = run_child(
                CHILD, descriptor, demuxer, wall_seconds=WALL_SECONDS, answer_bytes=ANSWER_BYTES
            )
    except OSError as error:
        logger.exception("a sound could not be read for its outline")
        raise AudioNotChecked(NOT_NOW) from error
    answer = parse_answer(output)
    if status == 0:
        outline = _believed(answer)
        if outline is not None:
            return outline
    if status in CRASHES:
        logger.warning("drawing a sound ended with %s", status)
        return Outline(problem=_PROBLEMS["broken"])
    logger.error("drawing a sound failed: status %s, answer %.300r", status, output)
    raise AudioNotChecked(NOT_NOW)


def _believed(answer: dict[str, object]) -> Outline | None:
    """The child's answer where it is one: a process that read hostile bytes wrote it."""
    engine = str(answer.get("engine", ""))[:120]
    refused = answer.get("refused")
    if isinstance(refused, str) and refused in _PROBLEMS:
        return Outline(problem=_PROBLEMS[refused], engine=engine)
    peaks, duration = answer.get("peaks"), answer.get("duration")
    if not isinstance(peaks, list) or not isinstance(duration, float) or not duration >= 0:
        return None
    if not all(type(peak) is int and 0 <= peak <= 100 for peak in peaks):
        return None
    return Outline(peaks=peaks, duration=duration, engine=engine)
