"""Interviews: one page shows all that belongs to one; judgement adds its part (analytics.admin)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.forms import BaseModelFormSet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from interviewdata.common.errors import Conflict, NotFound
from sessions.access import RECORD_PERMISSIONS, access_token
from sessions.admin.base import (
    EvidenceInline,
    RecordedAdmin,
    log_change,
    pretty_json,
    too_many,
)
from sessions.admin.export import MOST_EXPORTED, export_zip
from sessions.admin.transcripts import lines_of
from sessions.enums import Difficulty, Mode, Status
from sessions.models import InterviewQuestion, InterviewSession, Transcript, UserResponse
from sessions.services.session import abandon_session, create_session

LONGEST_MINUTES = 24 * 60  # as the API takes
MOST_ABANDONED = 500


class QuestionInline(EvidenceInline):
    """Questions, each with its answers, newest revision first. Two statements."""

    model = InterviewQuestion
    template = "admin/record/questions.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[InterviewQuestion]:
        answers = UserResponse.objects.order_by("-is_current", "-revision")
        if not request.user.has_perm("interview_sessions.view_userresponse"):
            answers = answers.none()
        return (
            super()
            .get_queryset(request)
            .order_by("question_index")
            .prefetch_related(Prefetch("responses", queryset=answers, to_attr="answers"))
        )


class TranscriptInline(EvidenceInline):
    """Transcripts as lines; the word times stay on their own page. One statement."""

    model = Transcript
    template = "admin/record/transcripts.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transcript]:
        rows = super().get_queryset(request).defer("word_timestamps", "confidence_scores")
        return rows.order_by("-created_at", "-id")

    def prepare(self, formset: BaseModelFormSet) -> None:
        """Give each instance what its template shows: `lines`."""
        for form in formset.forms:
            row: Any = form.instance
            row.lines = lines_of(row.transcript_data)


class NewInterviewForm(forms.ModelForm):
    """What staff say of an interview that they create; all else has its default."""

    user_email = forms.EmailField(label=_("e-mail"), max_length=254)
    role = forms.CharField(label=_("Role"), max_length=120, initial="Software Engineer")
    interview_mode = forms.ChoiceField(label=_("mode"), choices=Mode.choices, initial=Mode.MIXED)
    difficulty = forms.ChoiceField(
        label=_("Difficulty"), choices=Difficulty.choices, initial=Difficulty.INTERMEDIATE
    )
    planned_duration = forms.IntegerField(
        label=_("Planned duration"),
        initial=30,
        min_value=1,
        max_value=LONGEST_MINUTES,
        help_text=_("minutes"),
    )

    class Meta:
        model = InterviewSession
        fields = ("user_email", "role", "interview_mode", "difficulty", "planned_duration")

    def clean_user_email(self) -> str:
        return str(self.cleaned_data["user_email"]).strip().lower()


@admin.register(InterviewSession)
class InterviewSessionAdmin(RecordedAdmin):
    list_display = (
        "user_email",
        "role",
        "status",
        "progress",
        "created",
        "kind",
    )
    list_filter = ("status", "interview_mode", "difficulty", "created_at")
    search_fields = ("user_email", "role", "session_id")
    ordering = ("-created_at", "-id")
    inlines = (QuestionInline, TranscriptInline)
    actions: tuple[Any, ...] = ("export_selected", "mark_abandoned")
    change_form_template = "admin/record/interview.html"
    # Further parts of the page, each a class of inlines; judgement registers its own here.
    further_inlines: list[type[EvidenceInline]] = []
    fieldsets = (
        (None, {"fields": ("user_email", "role", ("interview_mode", "difficulty"), "status")}),
        (_("Time"), {"fields": ("created_at", ("start_time", "end_time"), "planned_duration")}),
        (
            _("Further"),
            {
                "classes": ("collapse",),
                "fields": ("session_id", "interview_type", "features_sent", "data_sent"),
            },
        ),
    )

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [*self.inlines, *self.further_inlines] if obj else []

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": NewInterviewForm.Meta.fields})]
        return self.fieldsets

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = NewInterviewForm
        return super().get_form(request, obj, change, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("features_sent", "data_sent") if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perms(RECORD_PERMISSIONS))

    def has_abandon_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("interview_sessions.change_interviewsession"))

    def has_assign_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("analytics.add_reviewassignment"))

    def has_recompute_permission(self, request: HttpRequest) -> bool:
        return self.has_abandon_permission(request)

    def save_model(
        self, request: HttpRequest, obj: InterviewSession, form: Any, change: bool
    ) -> None:
        data = form.cleaned_data
        made = create_session(
            user_email=data["user_email"],
            role=data["role"],
            interview_type=data["interview_mode"],
            mode=Mode(data["interview_mode"]),
            difficulty=Difficulty(data["difficulty"]),
            planned_duration=data["planned_duration"],
            features=[],
            session_data={"created_by": request.user.get_username()},
            browser_id="",
        )
        # What follows here (history, links) needs the row as the service made it.
        found = InterviewSession.objects.get(session_id=made.session_id)
        for field in self.opts.concrete_fields:
            setattr(obj, field.attname, getattr(found, field.attname))
        obj._state.adding = False
        self.message_user(
            request,
            format_html(
                gettext(
                    "The candidate’s access token, shown this once: <code>{token}</code>. It opens"
                    " this interview alone and is sent as <code>Authorization: Bearer …</code>."
                ),
                token=access_token(made.grant_id, made.session_id),
            ),
            messages.WARNING,
        )

    @admin.action(description=_("Export selected interviews"), permissions=["export"])
    def export_selected(
        self, request: HttpRequest, rows: QuerySet[InterviewSession]
    ) -> HttpResponseBase | None:
        """One: its export address. Several: a ZIP of just those files, fetched the same way."""
        chosen = rows.order_by("-created_at", "-id").values_list("session_id", flat=True)
        session_ids = list(chosen[: MOST_EXPORTED + 1])
        if len(session_ids) > MOST_EXPORTED:
            self.message_user(
                request,
                gettext(
                    "At most %(most)s interviews are exported at once here; the command"
                    " export_interviews takes any number."
                )
                % {"most": MOST_EXPORTED},
                messages.ERROR,
            )
            return None
        if len(session_ids) == 1:
            return redirect(reverse("export", args=session_ids))
        return export_zip(request, session_ids)

    @admin.action(description=_("Mark selected interviews abandoned"), permissions=["abandon"])
    def mark_abandoned(self, request: HttpRequest, rows: QuerySet[InterviewSession]) -> None:
        """Says how many were refused and why; what was done is in the history of each."""
        chosen = list(rows[: MOST_ABANDONED + 1])
        if too_many(self, request, chosen, MOST_ABANDONED):
            return
        done, refusals = [], Counter[str]()
        for interview in chosen:
            if interview.status == Status.ABANDONED:
                refusals[gettext("It is abandoned already.")] += 1
                continue
            try:
                abandon_session(session_id=interview.session_id)
            except (Conflict, NotFound) as refusal:
                refusals[refusal.message] += 1
            else:
                done.append(interview)
        if done:
            log_change(request, done, gettext_noop("Marked abandoned."))
            said = gettext("Abandoned: %(count)s.") % {"count": len(done)}
            self.message_user(request, said, messages.SUCCESS)
        for reason, times in refusals.most_common():
            said = gettext("Not changed: %(count)s. %(reason)s") % {
                "count": times,
                "reason": reason,
            }
            self.message_user(request, said, messages.WARNING)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        interview = kwargs.get("obj")
        context["may_listen"] = request.user.has_perm("interview_sessions.play_audio")
        context["may_export"] = interview is not None and self.has_export_permission(request)
        for group in context["inline_admin_formsets"]:
            group.opts.prepare(group.formset)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("answered"), ordering="questions_answered")
    def progress(self, row: InterviewSession) -> str:
        return gettext("%(answered)s of %(total)s") % {
            "answered": row.questions_answered,
            "total": row.total_questions,
        }

    @admin.display(description=_("created (UTC)"), ordering="created_at")
    def created(self, row: InterviewSession) -> str:
        return f"{row.created_at:%Y-%m-%d %H:%M}"

    @admin.display(description=_("kind"), ordering="interview_mode")
    def kind(self, row: InterviewSession) -> str:
        return f"{row.get_interview_mode_display()} · {row.get_difficulty_display()}"  # type: ignore[attr-defined]

    @admin.display(description=_("features"))
    def features_sent(self, row: InterviewSession) -> str:
        return ", ".join(str(feature) for feature in row.features) or "–"

    @admin.display(description=_("session data"))
    def data_sent(self, row: InterviewSession) -> str:
        return pretty_json(row.session_data)
