from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from interviewdata.common.fields import VerbatimJSONField
from interviewdata.common.names import name_for_people
from sessions.enums import use_one_of


class JobKind(models.TextChoices):
    """What is done: one answer analysed, an interview put together from its answers' analyses, or
    feedback on it drafted by a language model (where somebody asked for that)."""

    ANSWER = "answer", _("Answer")
    INTERVIEW = "interview", _("Interview")
    DRAFT = "draft", _("Draft of feedback")


class JobState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("analysis", "Waiting")
    RUNNING = "running", pgettext_lazy("analysis", "Running")
    DONE = "done", pgettext_lazy("analysis", "Done")
    FAILED = "failed", pgettext_lazy("analysis", "Failed")


UNFINISHED = (JobState.WAITING, JobState.RUNNING)


class AnalysisJob(models.Model):
    """What is to be analysed and how far that is: the truth of the queue, which is only a bell.

    Written by `analytics.services.jobs` alone. A running job belongs to whoever knows its claim,
    until `claimed_until`.
    """

    kind = models.CharField(max_length=20, choices=JobKind.choices)
    session = models.ForeignKey(
        "interview_sessions.InterviewSession",
        to_field="session_id",
        db_column="session_id",
        on_delete=models.CASCADE,
        related_name="analysis_jobs",
        db_index=False,  # the index by session and state begins with it
    )
    response = models.OneToOneField(
        "interview_sessions.UserResponse",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="analysis_job",
    )
    state = models.CharField(
        max_length=20, choices=JobState.choices, default=JobState.WAITING.value
    )
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    claim = models.CharField(max_length=32, blank=True, help_text=_("random, of who works on it"))
    claimed_until = models.DateTimeField(null=True, blank=True)
    enqueued_at = models.DateTimeField(
        null=True, blank=True, help_text=_("when it was put into the queue, until it is finished")
    )
    problem = models.TextField(blank=True, help_text=_("why the last attempt failed, a sentence"))
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "analysis_jobs"
        indexes = [
            # What is due next, of each kind: every two seconds.
            models.Index(
                fields=["kind", "not_before", "id"],
                condition=Q(state="waiting", enqueued_at__isnull=True),
                name="analysis_due",
            ),
            # What is in the queue or being worked on, a few dozen: how much more may go in, and
            # what was lost on the way.
            models.Index(
                fields=["enqueued_at"],
                condition=Q(enqueued_at__isnull=False),
                name="analysis_in_hand",
            ),
            # The jobs of one interview: its page, and whether all its answers are through.
            models.Index(fields=["session", "state"], name="analysis_of_session"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(kind="interview"),
                name="%(app_label)s_%(class)s_interview_once",
                violation_error_message=_("This interview has its job already."),
            ),
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(kind="draft"),
                name="%(app_label)s_%(class)s_draft_once",
                violation_error_message=_("This interview has its job already."),
            ),
            models.CheckConstraint(
                condition=Q(kind="answer", response__isnull=False)
                | Q(kind__in=("interview", "draft"), response__isnull=True),
                name="%(app_label)s_%(class)s_kind_fits",
                violation_error_message=_("An answer's job names the answer, no other does."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=JobState.values),
                name="%(app_label)s_%(class)s_state_known",
                violation_error_message=use_one_of(JobState.values),
            ),
            models.CheckConstraint(
                condition=(Q(state="running") & ~Q(claim="") & Q(claimed_until__isnull=False))
                | (~Q(state="running") & Q(claim="", claimed_until__isnull=True)),
                name="%(app_label)s_%(class)s_running_is_claimed",
                violation_error_message=_("A job is claimed while it runs, and only then."),
            ),
            models.CheckConstraint(
                condition=Q(enqueued_at__isnull=True) | Q(state__in=("waiting", "running")),
                name="%(app_label)s_%(class)s_finished_is_out",
                violation_error_message=_("A finished job is not in the queue."),
            ),
        ]

    def __str__(self) -> str:
        words = (
            gettext("analysis of answer %(id)s")
            if self.kind == JobKind.ANSWER
            else gettext("analysis of interview %(id)s")
        )
        return words % {"id": self.response_id or self.session_id}


class ResponseAnalysis(models.Model):
    """What was found out about one answer; each part says by what it was made.

    Replaced as a whole when the answer is analysed again. The interview's transcript and figures
    are made from these rows and nothing else (`analytics.services.compose`).
    """

    response = models.OneToOneField(
        "interview_sessions.UserResponse", on_delete=models.CASCADE, related_name="analysis"
    )
    session = models.ForeignKey(
        "interview_sessions.InterviewSession",
        to_field="session_id",
        db_column="session_id",
        on_delete=models.CASCADE,
        related_name="response_analyses",
    )
    seconds = models.FloatField(null=True, blank=True, help_text=_("of decoded sound, or none"))
    words = VerbatimJSONField(
        default=list,
        blank=True,
        help_text=_("[{word, start, end, confidence}], seconds of the recording"),
    )
    transcription = models.JSONField(
        default=dict, blank=True, help_text=_("{engine, model, language, parameters}, or {}")
    )
    voice = models.JSONField(default=dict, blank=True)
    tone = models.JSONField(default=dict, blank=True)
    patterns = models.JSONField(default=dict, blank=True)
    problem = models.TextField(
        blank=True, help_text=_("why the sound could not be listened to, a sentence")
    )
    engine = models.CharField(max_length=120)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "response_analyses"
        verbose_name_plural = _("response analyses")
        constraints = [
            models.CheckConstraint(
                condition=Q(seconds__isnull=True) | Q(seconds__gte=0),
                name="%(app_label)s_%(class)s_seconds_range",
                violation_error_message=_("A duration is not negative."),
            ),
        ]

    def __str__(self) -> str:
        return gettext("what was found in answer %(id)s") % {"id": self.response_id}


class StockCursor(models.Model):
    """One row: how far `take_stock` has looked. All four are ids of answers but the time.

    Everything up to `looked_through` has a job; what is between it and `settled` is there since
    before and comes in batches; what is beyond `settled` is looked at every time. `mark` was the
    newest id at `marked_at`: an hour later no transaction that holds a lower id is still open,
    and `settled` moves there.
    """

    looked_through = models.BigIntegerField(default=0)
    settled = models.BigIntegerField(default=0)
    mark = models.BigIntegerField(default=0)
    marked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "analysis_cursor"
        constraints = [
            models.CheckConstraint(
                condition=Q(id=1),
                name="%(app_label)s_%(class)s_one_row",
                violation_error_message=_("There is one cursor."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.looked_through} / {self.settled} / {self.mark}"


name_for_people(
    AnalysisJob,
    _("analysis job"),
    _("analysis jobs"),
    kind=_("kind"),
    session=_("session"),
    response=_("response"),
    state=_("state"),
    attempts=_("attempts"),
    not_before=_("not before"),
    claim=_("claim"),
    claimed_until=_("claimed until"),
    enqueued_at=_("enqueued at"),
    problem=_("problem"),
    created_at=_("created at"),
    updated_at=_("updated at"),
)
name_for_people(
    ResponseAnalysis,
    _("response analysis"),
    _("response analyses"),
    response=_("response"),
    session=_("session"),
    seconds=_("seconds"),
    words=_("words"),
    transcription=_("transcription"),
    voice=_("voice"),
    tone=_("tone"),
    patterns=_("patterns"),
    problem=_("problem"),
    engine=_("engine"),
    made_at=_("made at"),
)
name_for_people(
    StockCursor,
    _("cursor of analysis"),
    _("cursors of analysis"),
    looked_through=_("looked through"),
    settled=_("settled"),
    mark=_("mark"),
    marked_at=_("marked at"),
)
