"""Interviews for the tests of the record page: filled, and with a text in every place."""

from __future__ import annotations

import html
import re

from analytics.tests.factories import FeedbackFactory, InterviewAnalyticsFactory
from sessions.access import AUDIO_PERMISSION, RECORD_PERMISSIONS
from sessions.services.access_record import record_access
from sessions.services.counters import recount
from sessions.tests.factories import (
    InterviewQuestionFactory,
    TranscriptFactory,
    UserResponseFactory,
)

LOOKS = "interview_sessions.view_accessrecord"
ALL = (*RECORD_PERMISSIONS, AUDIO_PERMISSION, LOOKS)
SCORES = ("analytics.add_review", "analytics.add_feedback")
XSS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><script>alert(1)</script>",
    "</p><svg onload=alert(1)>",
    "{{7*7}}{% load x %}",
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "<!--",
    "]]>",
)


def sound(question, number=1, **fields):
    return UserResponseFactory(
        question=question,
        audio_file_path=f"audio/{number}.webm",
        audio_sha256=f"{number:064x}",
        audio_content_type="audio/webm",
        audio_bytes=1000,
        **{"audio_duration": 90.0, **fields},
    )


def fill(interview, answers=1, words=10):
    """An interview with `answers` answers with sound, each with an older revision."""
    for index in range(1, answers + 1):
        question = InterviewQuestionFactory(
            session=interview,
            question_index=index,
            question_type="technical",
            category="Databases",
            difficulty="advanced",
            metadata={"expected_keywords": ["index", "lock"], "time_limit": 240},
        )
        UserResponseFactory(question=question, revision=1, is_current=False)
        sound(question, index, revision=2, user_answer="Because of the index. " * 60)
        FeedbackFactory(session=interview, author=f"rater{index}", overall_score=6.57)
    TranscriptFactory(
        session=interview,
        transcript_data={"text": "none"},
        word_timestamps=[
            {
                "word": f"word{n % 977}{'.' if n % 13 == 0 else ''}",
                "start": round(n * 0.36, 2),
                "end": round(n * 0.36 + 0.3, 2),
                "confidence": 0.4 if n % 20 == 0 else 0.957,
            }
            for n in range(words)
        ],
    )
    InterviewAnalyticsFactory(session=interview, engine="voice 2.1", voice_metrics={"pace": 131})
    recount(interview.session_id)
    return interview


def url_of(interview):
    return f"/sessions/{interview.session_id}/"


def page_text(reply):
    assert reply.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(reply.content.decode()))


def poison(interview, text):
    """`text` in every text of the record."""
    question = InterviewQuestionFactory(
        session=interview,
        question_index=1,
        question_text=text,
        question_type=text[:60],
        category=text,
        difficulty=text[:20],
        metadata={"expected_keywords": [text, {text: text}], "time_limit": text, text: [text]},
    )
    sound(question, user_answer=text, emotion_detected=text[:60])
    TranscriptFactory(
        session=interview,
        author=text,
        transcript_data={"segments": [{"start": 0, "end": 1, "speaker": text, "text": text}]},
        word_timestamps=[{"word": text, "start": 0, "end": 1, "confidence": 0.1}],
    )
    FeedbackFactory(
        session=interview,
        author=text,
        categories={text: 5, "odd": text},
        strengths=[text, {text: text}],
        suggestions=text,
        ai_generated_feedback=text,
        tts_feedback=text,
        transcript={text: [{text: text}, {text: text}]},
    )
    InterviewAnalyticsFactory(
        session=interview,
        engine=text,
        question_analytics={text: [{text: text}, {text: 1}]},
        voice_metrics={text: {text: text}},
        reported={text: text},
    )
    record_access(actor=f"user:{text}", action=text[:60], resource=text[:60],
                  session_ids=[interview.session_id], detail=text)  # fmt: skip
    recount(interview.session_id)
    return interview
