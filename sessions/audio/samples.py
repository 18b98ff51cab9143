"""The parent's side of samples_child: a sound as plain numbers, for whatever listens to it."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from django.utils.translation import gettext_noop
from numpy.typing import NDArray

from .buffers import descriptor_of, file_size
from .facts import AudioNotChecked, UnreadableAudio
from .peaks import DEMUXERS
from .probe import CRASHES, parse_answer, run_child

logger = logging.getLogger(__name__)

CHILD = Path(__file__).with_name("samples_child.py")
RATE = 16_000
# The child's own limit is 180 s of CPU: who needs longer than this was kept waiting.
WALL_SECONDS = 400.0
ANSWER_BYTES = 4096
NOT_NOW = gettext_noop("The sound cannot be decoded just now; it is tried again.")
# Kept in English; a page says them in its reader's language.
_PROBLEMS = {
    "silent": gettext_noop("This file holds no sound."),
    "codec": gettext_noop("This file's sound is of a kind that cannot be decoded."),
    "long": gettext_noop("This sound is longer than six hours."),
    "broken": gettext_noop("This sound file is damaged."),
}


@dataclass(frozen=True)
class Samples:
    """One sound, decoded: mono, mixed from all its channels.

    values: int16, `rate` of them a second, mapped from a file: they live as long as the context
        that gave them, and slices are read when they are used. Pauses between time stamps are
        kept as zeros, so that an index divided by rate is the time a player shows.
    duration: seconds. engine: name and version of what decoded it.
    """

    values: NDArray[np.int16]
    rate: int
    duration: float
    engine: str


@contextmanager
def samples_of(file: BinaryIO, content_type: str) -> Iterator[Samples]:
    """The samples of `file`, a seekable binary file of that type (as `inspect_audio` tells it).

    Costs a process (about 0.3 s and 1 s for each 5 minutes of speech) and 115 MB an hour in the
    folder of temporary files, under no name. Raises UnreadableAudio where the file cannot be
    decoded or is longer than six hours, AudioNotChecked where the machine is at fault.
    """
    demuxer = DEMUXERS.get(content_type.lower())
    if demuxer is None:
        raise UnreadableAudio(_PROBLEMS["codec"])
    try:
        output = tempfile.TemporaryFile(prefix="samples-")  # noqa: SIM115
    except OSError as error:
        logger.exception("no room for decoded sound")
        raise AudioNotChecked(NOT_NOW) from error
    with output:
        count, engine = _decode(file, demuxer, output.fileno())
        values = np.memmap(output, dtype="<i2", mode="r", shape=(count,))
        yield Samples(values, RATE, round(count / RATE, 3), engine)


def _decode(file: BinaryIO, demuxer: str, output: int) -> tuple[int, str]:
    """Fills `output`: (samples, at least one; engine)."""
    try:
        with descriptor_of(file, file_size(file)) as descriptor:
            status, reply = run_child(
                CHILD,
                descriptor,
                demuxer,
                wall_seconds=WALL_SECONDS,
                answer_bytes=ANSWER_BYTES,
                writable=output,
            )
        written = os.fstat(output).st_size
    except OSError as error:
        logger.exception("a sound could not be read for decoding")
        raise AudioNotChecked(NOT_NOW) from error
    # Never believed: a process that read hostile bytes wrote it.
    answer = parse_answer(reply)
    if status == 0:
        samples, refused = answer.get("samples"), answer.get("refused")
        if isinstance(refused, str) and refused in _PROBLEMS:
            raise UnreadableAudio(_PROBLEMS[refused])
        # The file must be as long as is said: what is mapped beyond its end kills its reader.
        if type(samples) is int and samples > 0 and written == samples * 2:
            return samples, str(answer.get("engine", ""))[:120]
    if status in CRASHES:
        logger.warning("decoding a sound ended with %s", status)
        raise UnreadableAudio(_PROBLEMS["broken"])
    logger.error("decoding a sound failed: status %s, answer %.300r", status, reply)
    raise AudioNotChecked(NOT_NOW)
