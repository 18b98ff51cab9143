"""Who was given what, and who has looked: grants, invitations, service tokens, access records."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import models
from django.db.models import F
from django.utils import timezone

from sessions.models.session import InterviewSession


class AccessGrant(models.Model):
    """One candidate's right to one interview, held by a browser, a bearer token, or both."""

    session = models.ForeignKey(
        InterviewSession,
        to_field="session_id",
        db_column="session_id",
        on_delete=models.CASCADE,
        related_name="grants",
        db_index=False,
    )
    browser_id = models.CharField(
        max_length=64, blank=True, help_text="random id in the browser's session; empty: none"
    )
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "access_grants"
        indexes = [
            # Does this browser hold this interview? Asked at every candidate's request.
            models.Index(fields=["session", "browser_id"], name="grant_of_session"),
            # All interviews of this browser: history, statistics, export by e-mail.
            models.Index(fields=["browser_id"], name="grant_of_browser"),
        ]

    def __str__(self) -> str:
        return f"grant {self.pk}"


class Invitation(models.Model):
    """A link that lets its holder create interviews where `ADMISSION=invite`."""

    label = models.CharField(max_length=120, help_text="for whom or for what")
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "invitations"

    def __str__(self) -> str:
        return self.label


class ServiceToken(models.Model):
    """A program's key to the API; only its digest is kept."""

    name = models.CharField(max_length=120, unique=True)
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    permissions = models.ManyToManyField(Permission, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "service_tokens"

    def __str__(self) -> str:
        return self.name


class AccessRecord(models.Model):
    """One look of staff or of a service at candidates' data: who, what, when."""

    at = models.DateTimeField(default=timezone.now)
    actor = models.CharField(max_length=200, help_text="user:NAME or service:NAME")
    action = models.CharField(max_length=60, help_text="read, export, listen, list …")
    resource = models.CharField(max_length=60)
    session_ids = models.JSONField(default=list, help_text="the interviews that were shown")
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "access_records"
        indexes = [
            # The newest looks, of all and of one person.
            models.Index(F("at").desc(), F("id").desc(), name="access_newest"),
            models.Index(F("actor"), F("at").desc(), name="access_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.resource} at {self.at:%Y-%m-%d %H:%M}"


class IdempotencyRecord(models.Model):
    """The first reply to a POST that carried an Idempotency-Key."""

    scope = models.CharField(max_length=100, help_text="whose key it is")
    key = models.CharField(max_length=255)
    path = models.CharField(max_length=200)
    browser_id = models.CharField(max_length=64, blank=True)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    reply = models.BinaryField()
    content_type = models.CharField(max_length=100, default="application/json")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "idempotency_records"
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "key", "path"], name="%(app_label)s_%(class)s_once"
            )
        ]
        indexes = [
            # Old records are deleted by age.
            models.Index(fields=["created_at"], name="idempotency_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.key}"
