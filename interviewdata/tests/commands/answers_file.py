"""A file of "Download my answers", and all that it may change."""

from __future__ import annotations

import base64
import copy
import hashlib

from sessions.models import AccessGrant, InterviewQuestion, InterviewSession, UserResponse
from sessions.tests.audio.samples import recorded_webm

SOUND = recorded_webm(1.0)
CLIENT = "0f8fad5b-d9cb-469f-a165-70867728950e"
GIVEN = 1_795_339_800_000


def sound(content=SOUND):
    return {
        "contentType": "audio/webm;codecs=opus",
        "sha256": hashlib.sha256(content).hexdigest(),
        "base64": base64.b64encode(content).decode(),
    }


def a_file(**changes):
    return {
        "format": "interview-answers",
        "version": 1,
        "clientSession": CLIENT,
        "sessionId": None,
        "interview": {
            "userEmail": "Ann@Example.org ",
            "type": "tech",
            "role": "Backend Developer",
            "difficulty": "medium",
            "duration": 45,
        },
        "consent": {"version": "2026-1", "language": "en", "givenAt": "2026-11-22T09:00:00Z"},
        "questions": [
            {"index": 0, "id": None, "question": "Who are you?", "type": "behavioral",
             "category": "Opening", "difficulty": "beginner", "timeLimit": 120},
            {"index": 1, "id": None, "question": "Why an index?", "type": "technical",
             "category": "", "difficulty": None, "timeLimit": None},
            {"index": 2, "id": None, "question": "Anything else?"},
        ],
        "answers": [
            {"questionIndex": 0, "questionId": None, "question": "Who are you?",
             "answer": "I am Ann.", "responseDuration": 12.5, "timestamp": GIVEN, "audio": sound()},
            {"questionIndex": 1, "questionId": None, "question": "Why an index?",
             "answer": "To find rows.", "responseDuration": None, "timestamp": GIVEN + 60_000,
             "audio": None},
        ],
        **changes,
    }  # fmt: skip


def everything(media_folder):
    """All that the database and the store have of interviews."""
    rows = [
        list(model.objects.order_by("id").values())
        for model in (InterviewSession, InterviewQuestion, UserResponse, AccessGrant)
    ]
    files = {str(p): p.read_bytes() for p in media_folder.rglob("*") if p.is_file()}
    return copy.deepcopy(rows), files
