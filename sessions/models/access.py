"""Who was given what, and who has looked: grants, invitations, service tokens, access records."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.validators import MaxValueValidator, MinValueValidator, validate_email
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Trim
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from interviewdata.common.names import name_for_people
from sessions.enums import Difficulty, Mode
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
        max_length=64, blank=True, help_text=_("random id in the browser's session; empty: none")
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
        return gettext("grant %(number)s") % {"number": self.pk}


class Invitation(models.Model):
    """A link that lets its holder create interviews where `ADMISSION=invite`, and fixes what they
    are about: an empty column leaves it to the candidate."""

    label = models.CharField(max_length=120, help_text=_("for whom or for what"))
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    user_email = models.CharField(
        max_length=254,
        blank=True,
        validators=[validate_email],
        help_text=_("whose interview it is, trimmed and lower-cased; empty: whoever has the link"),
    )
    mode = models.CharField(
        max_length=20,
        choices=Mode.choices,
        blank=True,
        help_text=_("empty: the candidate chooses"),
    )
    role = models.CharField(
        max_length=120, blank=True, help_text=_("empty: the candidate writes it")
    )
    difficulty = models.CharField(
        max_length=20,
        choices=Difficulty.choices,
        blank=True,
        help_text=_("empty: the candidate chooses"),
    )
    planned_duration = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
        help_text=_("minutes, 1–1440; empty: the candidate chooses"),
    )
    question_count = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text=_("1–50; empty: as the length asks for"),
    )
    note = models.TextField(
        max_length=2000, blank=True, help_text=_("shown to the candidate before the interview")
    )

    class Meta:
        db_table = "invitations"
        constraints = [
            models.CheckConstraint(
                condition=Q(mode__in=["", *Mode.values]),
                name="%(app_label)s_%(class)s_mode_known",
                violation_error_message=f"Use one of: {', '.join(Mode.values)}.",
            ),
            models.CheckConstraint(
                condition=Q(difficulty__in=["", *Difficulty.values]),
                name="%(app_label)s_%(class)s_difficulty_known",
                violation_error_message=f"Use one of: {', '.join(Difficulty.values)}.",
            ),
            models.CheckConstraint(
                condition=Q(planned_duration__isnull=True)
                | Q(planned_duration__gte=1, planned_duration__lte=1440),
                name="%(app_label)s_%(class)s_duration_in_range",
                violation_error_message=_("The length has 1 to 1440 minutes."),
            ),
            models.CheckConstraint(
                condition=Q(question_count__isnull=True)
                | Q(question_count__gte=1, question_count__lte=50),
                name="%(app_label)s_%(class)s_questions_in_range",
                violation_error_message=_("There are 1 to 50 questions."),
            ),
            models.CheckConstraint(
                condition=Q(user_email=Lower(Trim("user_email"))),
                name="%(app_label)s_%(class)s_email_normal",
                violation_error_message=_("The e-mail is kept trimmed and lower-cased."),
            ),
        ]

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
    actor = models.CharField(max_length=200, help_text=_("user:NAME or service:NAME"))
    action = models.CharField(max_length=60, help_text=_("read, export, listen, list …"))
    resource = models.CharField(max_length=60)
    session_ids = models.JSONField(default=list, help_text=_("the interviews that were shown"))
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "access_records"
        indexes = [
            # The newest looks, of all and of one person.
            models.Index(F("at").desc(), F("id").desc(), name="access_newest"),
            models.Index(F("actor"), F("at").desc(), name="access_by_actor"),
        ]

    def __str__(self) -> str:
        return gettext("%(actor)s %(action)s %(resource)s at %(time)s") % {
            "actor": self.actor,
            "action": self.action,
            "resource": self.resource,
            "time": f"{self.at:%Y-%m-%d %H:%M}",
        }


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


name_for_people(
    AccessGrant,
    _("access grant"),
    _("access grants"),
    session=_("session"),
    browser_id=_("browser id"),
    created_at=_("created at"),
    revoked_at=_("revoked at"),
)
name_for_people(
    Invitation,
    _("invitation"),
    _("invitations"),
    label=_("label"),
    token_sha256=_("token sha256"),
    user_email=_("user email"),
    mode=_("mode"),
    role=_("role"),
    difficulty=_("difficulty"),
    planned_duration=_("planned duration"),
    question_count=_("question count"),
    note=_("note"),
    expires_at=_("expires at"),
    revoked_at=_("revoked at"),
    created_by=_("created by"),
    created_at=_("created at"),
)
name_for_people(
    ServiceToken,
    _("service token"),
    _("service tokens"),
    name=_("name"),
    token_sha256=_("token sha256"),
    permissions=_("permissions"),
    expires_at=_("expires at"),
    revoked_at=_("revoked at"),
    created_by=_("created by"),
    created_at=_("created at"),
)
name_for_people(
    AccessRecord,
    _("access record"),
    _("access records"),
    at=pgettext_lazy("moment of a look", "at"),
    actor=_("actor"),
    action=_("action"),
    resource=_("resource"),
    session_ids=_("session ids"),
    detail=_("detail"),
)
name_for_people(IdempotencyRecord, _("idempotency record"), _("idempotency records"))
