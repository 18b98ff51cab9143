"""Makes completed interviews whose answers are recorded, in the database of the environment:
python -m interviewdata.tests.kill.interviews INTERVIEWS ANSWERS."""

from __future__ import annotations

import os
import sys
from io import BytesIO

SECONDS = 4.0


def make(interviews: int, answers: int) -> None:
    """Each with one written answer and so many recorded ones."""
    from sessions.services.audio import check_audio, store_audio
    from sessions.services.counters import recount
    from sessions.tests.audio.samples import encoded
    from sessions.tests.factories import (
        InterviewQuestionFactory,
        InterviewSessionFactory,
        UserResponseFactory,
    )

    sound = encoded("webm", "libopus", SECONDS)
    for _number in range(interviews):
        session = InterviewSessionFactory(completed=True)
        for index in range(1, answers + 2):
            question = InterviewQuestionFactory(session=session, question_index=index)
            recorded = {}
            if index > 1:
                checked = check_audio(BytesIO(sound), size=len(sound))
                stored = store_audio(checked, session_id=session.session_id)
                recorded = {
                    "audio_file_path": stored.path,
                    "audio_sha256": stored.sha256,
                    "audio_content_type": stored.content_type,
                    "audio_bytes": stored.size,
                    "audio_duration": stored.duration,
                }
            UserResponseFactory(question=question, **recorded)
        recount(session.session_id)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interviewdata.settings")
    import django

    django.setup()
    make(int(sys.argv[1]), int(sys.argv[2]))
