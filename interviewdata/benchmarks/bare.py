"""The bare endpoint: Starlette and asyncpg, the same statement as ours and nothing around it.

It checks nothing: no access, no validation, no limits. The statements are those of our own hot
paths, so that what is compared is all that stands around them. The addresses are ours too.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import secrets
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import django
import orjson
import pybase64
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

django.setup()

from interviewdata.benchmarks.calls import QUESTIONS  # noqa: E402
from interviewdata.record import document  # noqa: E402
from sessions.api import v1, v1_base  # noqa: E402
from sessions.services import access_record, answer, question, session  # noqa: E402

MEDIA = Path(os.environ["MEDIA_ROOT"])


def numbered(statement: str) -> str:
    """A statement of Django's placeholders with PostgreSQL's own: $1, $2 …"""
    numbers = iter(range(1, 100))
    return re.sub(r"%s", lambda _: f"${next(numbers)}", statement).replace("%%", "%")


CREATE = numbered(session._INSERT_BOTH)
ASK = numbered(question._ASK_BATCH)
ANSWER = numbered(answer._RECORD_ANSWER)
RECORD = document._statement("postgresql").replace("%s", "$1").replace("%%", "%")
# The record as one would write it at first: one JSON document made by the database, word times
# and all. Ours sends word times as a column of their own, untouched.
PLAIN_RECORD = """
SELECT json_build_object(
    'success', true,
    'session', row_to_json(s),
    'questions', (SELECT json_agg(row_to_json(q) ORDER BY q.question_index)
                  FROM interview_questions q WHERE q.session_id = s.session_id),
    'responses', (SELECT json_agg(row_to_json(r) ORDER BY r.id)
                  FROM user_responses r WHERE r.session_id = s.session_id AND r.is_current),
    'transcript', (SELECT row_to_json(t) FROM transcripts t
                   WHERE t.session_id = s.session_id ORDER BY t.id DESC LIMIT 1),
    'feedback', (SELECT row_to_json(f) FROM feedback f
                 WHERE f.session_id = s.session_id ORDER BY f.id DESC LIMIT 1),
    'analytics', (SELECT row_to_json(a) FROM interview_analytics a
                  WHERE a.session_id = s.session_id)
)::text FROM interview_sessions s WHERE s.session_id = $1
"""
LIST = """
SELECT json_build_object(
    'id', s.id, 'session_id', s.session_id, 'user_email', s.user_email, 'role', s.role,
    'interview_type', s.interview_type, 'interview_mode', s.interview_mode,
    'difficulty', s.difficulty, 'planned_duration', s.planned_duration, 'features', s.features,
    'status', s.status, 'start_time', s.start_time, 'end_time', s.end_time,
    'total_questions', s.total_questions, 'questions_answered', s.questions_answered,
    'current_question_index', s.current_question_index, 'session_data', s.session_data,
    'created_at', s.created_at, 'updated_at', s.updated_at)::text AS body
FROM interview_sessions s ORDER BY s.created_at DESC, s.id DESC LIMIT 50
"""
# The page as ours: every reading of many by a service leaves a row, in the same statement.
LISTED = 50
_ROWS, _ROWS_VALUES = v1_base._first_page_statement(
    v1.SessionTableViewSet, "-created_at", LISTED, "postgresql"
)
LIST_RECORDED = numbered(
    access_record._PAGE_RECORDED.format(
        statement=_ROWS, unhurried=f"{access_record._UNHURRIED},", hurry="unhurried,"
    )
)
DRAFTS = orjson.dumps(
    [
        {
            "n": number,
            "text": f"A page became slow last week. How do you find out why? ({number})",
            "type": "technical",
            "category": "Performance",
            "difficulty": "intermediate",
            "metadata": {
                "expected_keywords": ["latency", "index", "measure", "cache", "queue"],
                "time_limit": 180,
                "bank_entry": f"backend-{number}",
                "generator": "bank",
            },
            "bank_key": f"backend-{number}",
        }
        for number in range(1, QUESTIONS + 1)
    ]
).decode()
pool: asyncpg.Pool


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    global pool
    pool = await asyncpg.create_pool(
        os.environ["DATABASE_URL"],
        min_size=4,
        max_size=4,
        server_settings={"application_name": os.environ["PGAPPNAME"]},
    )
    yield
    await pool.close()


def reply(value: Any) -> Response:
    return Response(orjson.dumps(value), media_type="application/json")


async def create_session(request: Request) -> Response:
    body = orjson.loads(await request.body())
    now = datetime.now(UTC)
    session_id = str(uuid.uuid4())
    grant_id = await pool.fetchval(
        CREATE,
        session_id,
        body["userEmail"],
        body["role"],
        body["type"],
        body["type"],
        body["difficulty"],
        body["duration"],
        orjson.dumps(body["features"]).decode(),
        "created",
        None,
        orjson.dumps({"client": body["client"]}).decode(),
        now,
        now,
        "browser",
        now,
    )
    return reply(
        {
            "success": True,
            "sessionId": session_id,
            "accessToken": f"{grant_id}:{session_id}",
            "config": {name: body[name] for name in ("type", "role", "difficulty", "duration")},
        }
    )


async def questions(request: Request) -> Response:
    body = orjson.loads(await request.body())
    now, batch = datetime.now(UTC), body["seed"]
    rows = await pool.fetch(ASK, body["sessionId"], now, batch, DRAFTS, None, batch, now, now)
    asked = [
        {"id": row[0], "question": "A page became slow last week.", "index": row[1] - 1}
        for row in rows
    ]
    return reply({"success": True, "questions": asked})


async def keep(body: Any, audio: tuple[str, str, int]) -> Response:
    path, sha256, size = audio
    now = datetime.now(UTC)
    text = body["answer"]
    row = await pool.fetchrow(
        ANSWER,
        body["sessionId"],
        None,
        int(body["questionIndex"]) + 1,
        "",
        text,
        path,
        sha256,
        "audio/webm" if path else "",
        size,
        25.0 if path else None,
        float(body["responseDuration"]),
        body.get("confidenceScore"),
        body.get("emotionDetected", ""),
        now,
        hashlib.sha256(text.encode() + sha256.encode()).hexdigest(),
        "",
        now,
    )
    return reply(
        {
            "success": True,
            "responseId": row[1],
            "questionId": row[2],
            "audioFilePath": row[3] or None,
            "audioSaved": bool(path),
            "progress": {"answered": row[5], "total": row[6], "currentQuestionIndex": row[7]},
        }
    )


def flush(folder: Path) -> None:
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def store(content: bytes, session_id: str) -> tuple[str, str, int]:
    """Durable, as ours: temporary name, fsync, rename, fsync of the folder; of new ones too."""
    sha256 = hashlib.sha256(content).hexdigest()
    folder = MEDIA / "bare" / session_id[:2] / session_id
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        flush(folder.parent)
        flush(folder.parent.parent)
    temporary, final = folder / f".tmp-{secrets.token_hex(12)}", folder / f"{sha256}.webm"
    with open(temporary, "wb", buffering=0) as file:
        file.write(content)
        os.fsync(file.fileno())
    os.rename(temporary, final)
    flush(folder)
    return str(final.relative_to(MEDIA)), sha256, len(content)


async def response(request: Request) -> Response:
    if request.headers["content-type"].startswith("multipart/"):
        async with request.form() as form:
            content = await form["audio"].read()  # type: ignore[union-attr]
            body: Any = {name: form[name] for name in form if name != "audio"}
    else:
        body = orjson.loads(await request.body())
        encoded = body.get("audioBlob")
        if not encoded:
            return await keep(body, ("", "", 0))
        content = pybase64.b64decode(encoded.partition(",")[2], validate=True)
    # The disk is waited for in a thread: the event loop goes on with other requests.
    return await keep(body, await asyncio.to_thread(store, content, body["sessionId"]))


async def session_data(request: Request) -> Response:
    parts: list[list[bytes]] = [[] for _ in range(6)]
    for row in await pool.fetch(RECORD, request.path_params["session_id"]):
        text = row[4].encode()
        if row[5] is not None:
            text = text[:-1] + b', "word_timestamps": ' + row[5].encode() + b"}"
        parts[row[0]].append(text)
    content = b"".join(
        (
            b'{"success":true,"session":',
            parts[0][0],
            b',"questions":[',
            b",".join(parts[1]),
            b'],"responses":[',
            b",".join(parts[2]),
            b'],"transcript":',
            parts[3][0] if parts[3] else b"null",
            b',"feedback":',
            parts[4][0] if parts[4] else b"null",
            b',"analytics":',
            parts[5][0] if parts[5] else b"null",
            b"}",
        )
    )
    return Response(content, media_type="application/json")


async def plain_session_data(request: Request) -> Response:
    body = await pool.fetchval(PLAIN_RECORD, request.path_params["session_id"])
    return Response(body.encode(), media_type="application/json")


async def sessions(request: Request) -> Response:
    rows = await pool.fetch(LIST)
    content = b'{"results":[' + ",".join([row[0] for row in rows]).encode() + b"]}"
    return Response(content, media_type="application/json")


async def recorded_sessions(request: Request) -> Response:
    rows = await pool.fetch(
        LIST_RECORDED,
        *_ROWS_VALUES,
        datetime.now(UTC),
        "service:bare",
        "list",
        "sessions",
        "?limit=50",
        LISTED,
    )
    content = b'{"results":[' + ",".join([row[0] for row in rows[:LISTED]]).encode() + b"]}"
    return Response(content, media_type="application/json")


app = Starlette(
    lifespan=lifespan,
    routes=[
        Route("/api/interview/create-session", create_session, methods=["POST"]),
        Route("/api/interview-modes/questions", questions, methods=["POST"]),
        Route("/api/interview/response", response, methods=["POST"]),
        Route("/api/interview/session-data/{session_id}", session_data),
        Route("/plain/session-data/{session_id}", plain_session_data),
        Route("/api/v1/sessions", sessions),
        Route("/recorded/sessions", recorded_sessions),
    ],
)
