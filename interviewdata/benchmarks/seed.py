"""Fills a scratch database and writes the load generator's material.

`python -m interviewdata.benchmarks.seed FILE --sessions 4000 --listed 10000 --contenders a,b`
works on the database of the environment (DATABASE_URL), which must be empty: it migrates, loads
the question bank and makes, for each contender, interviews of its own.
"""

from __future__ import annotations

import argparse
import pickle
import random
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
import orjson

from interviewdata.benchmarks.calls import ANSWER, PATCH_BYTES, QUESTIONS, Material

AUDIO_BYTES = 200_000
RECORDS = 100  # whole interviews of each kind to read
WORDS = 1000
SERVICE_PERMISSIONS = ("view_interviewsession",)


def sound() -> tuple[bytes, int]:
    """A recording as Chromium makes it, 25 s at 64 kbit/s, a cluster a second
    (`recorder.start(1000)`); where bytes of its own may be put."""
    from sessions.tests.audio.samples import block, cluster, element, webm_of

    lot = random.Random(7)
    packets = [b"\xf8" + lot.randbytes(155) for _ in range(AUDIO_BYTES // 164)]
    content = webm_of(
        *(
            cluster(
                start * 20,
                b"".join(
                    element(0xA3, block(number * 20, packet))
                    for number, packet in enumerate(packets[start : start + 50])
                ),
            )
            for start in range(0, len(packets), 50)
        )
    )
    at = content.index(packets[40]) + 20
    return content, at - at % 3


def words() -> list[dict[str, Any]]:
    return [
        {
            "word": ANSWER.split()[number % 30],
            "start": round(number * 0.38, 2),
            "end": round(number * 0.38 + 0.31, 2),
            "confidence": round(0.8 + number % 20 / 100, 3),
        }
        for number in range(WORDS)
    ]


class Seeder:
    def __init__(self) -> None:
        from django.utils import timezone

        from interviewdata.common.sql import to_sql_time

        self.now = timezone.now()
        self.at = to_sql_time(self.now)
        self.begun = to_sql_time(self.now - timedelta(minutes=10))

    def many(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.executemany(statement, rows)

    def interviews(self, count: int, *, questions: int = 0) -> list[str]:
        """`count` active interviews with that many questions; their ids."""
        ids = [str(uuid.uuid4()) for _ in range(count)]
        self.many(
            "INSERT INTO interview_sessions (session_id, user_email, role, interview_type,"
            " interview_mode, difficulty, planned_duration, features, status, start_time,"
            " total_questions, questions_answered, current_question_index, session_data,"
            " created_at, updated_at) VALUES (%s, %s, 'Backend Developer', 'technical',"
            " 'technical', 'intermediate', 30, '[\"audio\"]', 'active', %s, %s, 0, 0,"
            ' \'{"client": "browser"}\', %s, %s)',
            [
                (one, f"{one[:13]}@example.org", self.begun, questions, self.begun, self.at)
                for one in ids
            ],
        )
        if questions:
            metadata = orjson.dumps(
                {
                    "expected_keywords": ["latency", "index", "measure", "cache", "queue"],
                    "time_limit": 180,
                    "generator": "bank",
                }
            ).decode()
            self.many(
                "INSERT INTO interview_questions (session_id, question_index, question_text,"
                " question_type, category, difficulty, asked_at, metadata, bank_key, batch)"
                " VALUES (%s, %s, %s, 'technical', 'Performance', 'intermediate', %s, %s, '', '')",
                [
                    (
                        one,
                        index,
                        f"A page became slow last week. How do you find out why? ({index})",
                        self.begun,
                        metadata,
                    )
                    for one in ids
                    for index in range(1, questions + 1)
                ],
            )
        return ids

    def granted(self, ids: list[str]) -> list[tuple[str, str]]:
        """(session id, bearer token) of each, as create-session gives them."""
        from sessions.access import access_token
        from sessions.models import AccessGrant

        self.many(
            "INSERT INTO access_grants (session_id, browser_id, created_at) VALUES (%s, %s, %s)",
            [(one, uuid.uuid4().hex, self.at) for one in ids],
        )
        wanted = set(ids)
        pairs = AccessGrant.objects.values_list("session_id", "id").iterator()
        tokens = {one: access_token(pk, one) for one, pk in pairs if one in wanted}
        return [(one, tokens[one]) for one in ids]

    def records(self, *, with_words: bool) -> list[tuple[str, str]]:
        """Whole interviews: five answers of about 1 KB, judgement, figures, perhaps words."""
        from analytics.models import Feedback, InterviewAnalytics
        from sessions.models import InterviewQuestion, InterviewSession, Transcript, UserResponse

        ids = self.interviews(RECORDS, questions=QUESTIONS)
        questions = InterviewQuestion.objects.filter(session_id__in=ids)
        UserResponse.objects.bulk_create(
            UserResponse(
                session_id=question.session_id,
                question=question,
                user_answer=f"{question.question_index}. {ANSWER}",
                response_duration=42.5,
                confidence_score=0.8,
                emotion_detected="calm",
                fingerprint=f"{question.pk:064x}",
            )
            for question in questions
        )
        InterviewSession.objects.filter(session_id__in=ids).update(
            questions_answered=QUESTIONS, current_question_index=QUESTIONS
        )
        Feedback.objects.bulk_create(
            Feedback(
                session_id=one,
                user_email=f"{one[:13]}@example.org",
                overall_score=7.5,
                categories={"depth": 7, "clarity": 8},
                strengths=["Measures before changing", "Names the trade"],
                source="service",
                fingerprint=f"{number:064x}",
            )
            for number, one in enumerate(ids)
        )
        InterviewAnalytics.objects.bulk_create(
            InterviewAnalytics(
                session_id=one,
                user_email=f"{one[:13]}@example.org",
                voice_metrics={"words_per_minute": 132, "pauses": 14},
                source="service",
            )
            for one in ids
        )
        if with_words:
            said = words()
            Transcript.objects.bulk_create(
                Transcript(
                    session_id=one,
                    user_email=f"{one[:13]}@example.org",
                    transcript_data={"text": " ".join(word["word"] for word in said)},
                    word_timestamps=said,
                    source="service",
                    fingerprint=f"{number:064x}",
                )
                for number, one in enumerate(ids)
            )
        return self.granted(ids)


_LISTED = """
INSERT INTO interview_sessions (
    session_id, user_email, role, interview_type, interview_mode, difficulty, planned_duration,
    features, status, start_time, end_time, total_questions, questions_answered,
    current_question_index, session_data, created_at, updated_at)
SELECT 'listed-' || n, 'candidate' || n %% 50000 || '@example.org',
       CASE WHEN n %% 250000 = 1 THEN 'Wind Turbine Technician' ELSE
           (ARRAY['Backend Developer', 'Data Analyst', 'Product Manager'])[1 + n %% 3] END,
       'technical',
       (ARRAY['technical', 'behavioral', 'mixed', 'hr'])[1 + n %% 4],
       (ARRAY['beginner', 'intermediate', 'advanced', 'expert'])[1 + n / 4 %% 4], 30, '["audio"]',
       (ARRAY['created', 'active', 'completed', 'abandoned'])[1 + n / 3 %% 4],
       now() - n * interval '10 seconds',
       CASE WHEN n / 3 %% 4 = 2 THEN now() - (n - 150) * interval '10 seconds' END,
       (n %% 10 = 0)::int, (n %% 10 = 0)::int, (n %% 10 = 0)::int, '{"client": "browser"}',
       now() - n * interval '10 seconds', now()
FROM generate_series(%s::int, %s::int) AS n
"""
_LISTED_QUESTIONS = """
INSERT INTO interview_questions (session_id, question_index, question_text, question_type,
    category, difficulty, asked_at, metadata, bank_key, batch)
SELECT 'listed-' || n, 1, 'How do you find out why page number ' || n %% 997 || ' became slow?',
       'technical', 'Performance', 'intermediate', now(), '{}', 'listed-' || n %% 50, ''
FROM generate_series(%s::int, %s::int) AS n WHERE n %% 10 = 0
"""
_LISTED_ANSWERS = """
INSERT INTO user_responses (session_id, question_id, user_answer, audio_file_path, audio_sha256,
    audio_content_type, audio_bytes, emotion_detected, response_duration, revision, is_current,
    is_late, fingerprint, idempotency_key, created_at, updated_at)
SELECT q.session_id, q.id, 'I measure first, then follow request number ' || q.id %% 9973
           || ' through every layer.', '', '', '', 0, '', 40 + q.id %% 60, 1, true, false,
       md5(q.id::text), '', now(), now()
FROM interview_questions q WHERE q.session_id LIKE 'listed-%%'
  AND NOT EXISTS (SELECT 1 FROM user_responses r WHERE r.question_id = q.id)
"""
_LISTED_FEEDBACK = """
INSERT INTO feedback (session_id, user_email, overall_score, technical_score, categories,
    detailed_feedback, suggestions, strengths, areas_for_improvement, ai_generated_feedback,
    tts_feedback, source, author, fingerprint, created_at)
SELECT s.session_id, s.user_email, s.id %% 101 / 10.0, s.id %% 97 / 10.0, '{}', '[]', '[]', '[]',
       '[]', '', '', 'reviewer', 'rater' || s.id %% 7, md5(s.session_id), s.end_time
FROM interview_sessions s
WHERE s.session_id LIKE 'listed-%%' AND s.status = 'completed' AND s.id %% 5 = 0
  AND NOT EXISTS (SELECT 1 FROM feedback f WHERE f.session_id = s.session_id)
"""


def listed_interviews(count: int) -> None:
    """Fill the tables up to `count` interviews, made by the database itself (PostgreSQL): four
    modes, all states and difficulties, one in 250,000 with a role of its own, one in ten with a
    question and its answer, one in twenty scored. Each is 10 seconds older than the one before."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE session_id LIKE 'listed-%')"
            " FROM interview_sessions"
        )
        present, listed = cursor.fetchone()
        first, last = listed + 1, listed + max(count - present, 0)
        cursor.execute("SET synchronous_commit = off")
        cursor.execute(_LISTED, [first, last])
        cursor.execute(_LISTED_QUESTIONS, [first, last])
        cursor.execute(_LISTED_ANSWERS, [])
        cursor.execute(_LISTED_FEEDBACK, [])
    with connection.cursor() as cursor:
        # As a database is that has been running for a while.
        cursor.execute("VACUUM (ANALYZE)")


def service_token() -> str:
    from django.contrib.auth.models import Permission

    from sessions.access import new_service_token, token_digest
    from sessions.models import ServiceToken

    token = new_service_token()
    service = ServiceToken.objects.create(name="benchmark", token_sha256=token_digest(token))
    service.permissions.set(Permission.objects.filter(codename__in=SERVICE_PERMISSIONS))
    return token


def browser_cookie() -> str:
    from django.conf import settings

    from interviewdata.common.browser_session import BROWSER_KEY, SessionStore, new_browser_id

    session = SessionStore()
    session[BROWSER_KEY] = new_browser_id()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def staff_cookie() -> str:
    """The cookie of somebody who is signed in and may see everything."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User

    from interviewdata.common.browser_session import SessionStore

    user = User.objects.create_superuser("benchmark")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("output", type=Path)
    parser.add_argument("--sessions", type=int, required=True)
    parser.add_argument("--listed", type=int, default=0)
    parser.add_argument("--contenders", required=True)
    options = parser.parse_args()
    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    call_command("migrate", verbosity=0)
    call_command("loaddata", "question_bank", verbosity=0)
    seeder = Seeder()
    content, patch_at = sound()
    assert content[patch_at + PATCH_BYTES :]
    materials = {}
    with transaction.atomic():
        small = seeder.records(with_words=False)
        with_words = seeder.records(with_words=True)
        token, cookie, staff = service_token(), browser_cookie(), staff_cookie()
        for name in options.contenders.split(","):
            materials[name] = Material(
                host="127.0.0.1",
                fresh=seeder.granted(seeder.interviews(options.sessions)),
                asked=seeder.granted(seeder.interviews(options.sessions, questions=QUESTIONS)),
                small=small,
                words=with_words,
                service_token=token,
                browser_cookie=cookie,
                staff_cookie=staff,
                audio=content,
                audio_patch_at=patch_at,
            )
    if connection.vendor == "postgresql":
        listed_interviews(options.listed)
    options.output.write_bytes(pickle.dumps(materials))


if __name__ == "__main__":
    main()
