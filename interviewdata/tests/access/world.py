"""Two candidates' interviews, each with a word of its own in every text, and all who may knock."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import time_machine
from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.utils import timezone

from analytics.services.dashboard import rebuild_stats
from analytics.tests.factories import FeedbackFactory, InterviewAnalyticsFactory
from conftest import ApiClient
from sessions.access import new_service_token, token_digest
from sessions.enums import Mode
from sessions.models import AccessGrant, InterviewSession, ServiceToken
from sessions.services.counters import recount
from sessions.tests.factories import (
    AudioUploadFactory,
    BankQuestionFactory,
    InterviewQuestionFactory,
    TranscriptFactory,
    UserResponseFactory,
)

# Filled by hand, or says nothing of the person.
_NOT_FILLED = {"session_id", "user_email", "audio_sha256", "audio_content_type", "batch"}
_KEPT = {"audio_file_path", "fingerprint", "bank_key"}
SOUND = b"not decoded here "


@dataclass
class Interview:
    """`word` stands in every text of the interview, in its sound as well."""

    session_id: str
    email: str
    word: str
    question_id: int = 0
    response_id: int = 0
    transcript_id: int = 0
    feedback_id: int = 0
    upload_id: str = "of-nobody"


def _mark(row: models.Model, word: str) -> None:
    """Put `word` into every text and JSON column of a row."""
    for column in row._meta.concrete_fields:
        name = column.name
        if name in _NOT_FILLED | _KEPT or column.choices or column.is_relation:
            continue
        if isinstance(column, models.JSONField):
            is_list = isinstance(getattr(row, name), list)
            setattr(row, name, [word] if is_list else {"note": word, "list": [word]})
        elif isinstance(column, (models.CharField, models.TextField)):
            setattr(row, name, word)
    row.save()


def fill(session_id: str, email: str, word: str) -> Interview:
    """A whole interview under a session that exists: questions, answer with sound, judgement."""
    session = InterviewSession.objects.get(session_id=session_id)
    _mark(session, word)
    question = InterviewQuestionFactory(session=session, question_index=1)
    sound = SOUND + word.encode()
    path = default_storage.save(f"audio/{word}.webm", ContentFile(sound))
    response = UserResponseFactory(
        question=question,
        audio_file_path=path,
        audio_sha256=f"{len(word):064x}",
        audio_content_type="audio/webm",
        audio_bytes=len(sound),
    )
    transcript = TranscriptFactory(session=session)
    feedback = FeedbackFactory(session=session, overall_score=8)
    analytics = InterviewAnalyticsFactory(session=session)
    for row in (question, response, transcript, feedback, analytics):
        _mark(row, word)
    transcript.word_timestamps = [{"word": word, "start": 0, "end": 1, "confidence": 0.5}]
    transcript.save()
    feedback.categories = {word: 7}
    feedback.save()
    recount(session_id)
    rebuild_stats(email=email)
    return Interview(
        session_id,
        email,
        word,
        question_id=question.pk,
        response_id=response.pk,
        transcript_id=transcript.pk,
        feedback_id=feedback.pk,
        upload_id=AudioUploadFactory(session=session).upload_id,
    )


@dataclass
class Principal:
    """Somebody who sends requests: with a cookie jar, with headers, at another time."""

    client: ApiClient
    headers: dict[str, str] = field(default_factory=dict)
    later: timedelta | None = None

    @contextmanager
    def clock(self) -> Iterator[None]:
        moment = timezone.now() + self.later if self.later else None
        with time_machine.travel(moment, tick=True) if moment else nullcontext():
            yield


class World:
    """Ann's interview is `own`, Bob's `foreign`; `missing` never was."""

    def __init__(self, permissions: tuple[str, ...]) -> None:
        self.permissions = permissions
        BankQuestionFactory.create_batch(3, mode=Mode.MIXED)
        BankQuestionFactory.create_batch(3, mode=Mode.TECHNICAL)
        self.ann, ann_id, self.ann_token = _candidate("ann@example.org")
        self.bob, bob_id, self.bob_token = _candidate("bob@example.org")
        self.objects = {
            "own": fill(ann_id, "ann@example.org", "canaryann7f3"),
            "foreign": fill(bob_id, "bob@example.org", "canarybob9d1"),
            "missing": Interview(str(uuid.uuid4()), "nobody@example.org", "", *[987_654_321] * 4),
        }

    def principal(self, name: str) -> Principal:
        return PRINCIPALS[name](self)

    def user(self, *permissions: str, **fields: Any) -> User:
        user = User.objects.create(username=uuid.uuid4().hex[:20], **fields)
        user.user_permissions.set(_permissions(permissions))
        return user

    def signed_in(self, user: User, client: ApiClient | None = None) -> Principal:
        client = client or ApiClient()
        client.force_login(user)
        return Principal(client)

    def service(self, *permissions: str, **fields: Any) -> Principal:
        token = new_service_token()
        row = ServiceToken.objects.create(
            name=uuid.uuid4().hex, token_sha256=token_digest(token), **fields
        )
        row.permissions.set(_permissions(permissions))
        return _bearer(token)


def _permissions(names: tuple[str, ...]) -> list[Permission]:
    return [
        Permission.objects.get(content_type__app_label=app_label, codename=codename)
        for app_label, codename in (name.split(".") for name in names)
    ]


def _candidate(email: str) -> tuple[ApiClient, str, str]:
    client = ApiClient()
    made = client.call("/api/interview/create-session", {"userEmail": email}).json()
    return client, made["sessionId"], made["accessToken"]


def _bearer(token: str) -> Principal:
    return Principal(ApiClient(), {"Authorization": f"Bearer {token}"})


def _jar(client: ApiClient, *, spoil: bool = False) -> ApiClient:
    """Another browser with the same cookies; spoilt: one letter of the session is another."""
    other = ApiClient()
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    if spoil:
        value = value[:-1] + ("A" if value[-1] != "A" else "B")
    other.cookies[settings.SESSION_COOKIE_NAME] = value
    return other


def _revoked(world: World, make: Callable[[], Principal]) -> Principal:
    AccessGrant.objects.filter(session_id=world.objects["own"].session_id).update(
        revoked_at=timezone.now()
    )
    return make()


def _logged_out(world: World) -> Principal:
    """The cookie of a session that has been logged out, kept by somebody."""
    principal = world.signed_in(world.user(*world.permissions, is_staff=True))
    kept = _jar(principal.client)
    principal.client.logout()
    return Principal(kept)


def _deactivated(world: World) -> Principal:
    user = world.user(*world.permissions, is_staff=True)
    principal = world.signed_in(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    return principal


def _spoilt_bearer(world: World) -> Principal:
    """Ann's token, made to name Bob's interview."""
    own, foreign = world.objects["own"].session_id, world.objects["foreign"].session_id
    return _bearer(world.ann_token.replace(own, foreign))


AFTER_ANSWERING = timedelta(days=8)
_past = timezone.now() - timedelta(days=1)

PRINCIPALS: dict[str, Callable[[World], Principal]] = {
    # strangers
    "anonymous": lambda w: Principal(ApiClient()),
    "expired cookie": lambda w: Principal(_jar(w.ann), later=AFTER_ANSWERING),
    "expired bearer": lambda w: Principal(
        ApiClient(), {"Authorization": f"Bearer {w.ann_token}"}, AFTER_ANSWERING
    ),
    "revoked cookie": lambda w: _revoked(w, lambda: Principal(_jar(w.ann))),
    "revoked bearer": lambda w: _revoked(w, lambda: _bearer(w.ann_token)),
    "spoilt cookie": lambda w: Principal(_jar(w.ann, spoil=True)),
    "spoilt bearer": _spoilt_bearer,
    "garbage bearer": lambda w: _bearer("nonsense"),
    "garbage bearer with own cookie": lambda w: Principal(
        _jar(w.ann), {"Authorization": "Bearer nonsense"}
    ),
    "bearer in another scheme": lambda w: Principal(
        ApiClient(), {"Authorization": f"Token {w.ann_token}"}
    ),
    "session id as bearer": lambda w: _bearer(w.objects["own"].session_id),
    "user who is no staff": lambda w: w.signed_in(w.user(*w.permissions)),
    "deactivated staff": _deactivated,
    "logged out staff": _logged_out,
    "revoked service": lambda w: w.service(*w.permissions, revoked_at=timezone.now()),
    "expired service": lambda w: w.service(*w.permissions, expires_at=_past),
    # candidates
    "own cookie": lambda w: Principal(_jar(w.ann)),
    "own bearer": lambda w: _bearer(w.ann_token),
    "foreign cookie": lambda w: Principal(_jar(w.bob)),
    "foreign bearer": lambda w: _bearer(w.bob_token),
    # staff and services
    "staff without": lambda w: w.signed_in(w.user(is_staff=True)),
    "staff with": lambda w: w.signed_in(w.user(*w.permissions, is_staff=True)),
    "superuser": lambda w: w.signed_in(w.user(is_staff=True, is_superuser=True)),
    "own cookie, staff without": lambda w: w.signed_in(w.user(is_staff=True), _jar(w.ann)),
    "own cookie, staff with": lambda w: w.signed_in(
        w.user(*w.permissions, is_staff=True), _jar(w.ann)
    ),
    "service without": lambda w: w.service(),
    "service with": lambda w: w.service(*w.permissions),
}
STRANGERS = tuple(PRINCIPALS)[: tuple(PRINCIPALS).index("own cookie")]
OWNERS = ("own cookie", "own bearer")
FOREIGN = ("foreign cookie", "foreign bearer")
