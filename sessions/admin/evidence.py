"""Questions, answers and transcripts as they came in: browsable, never changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sessions.access import AUDIO_PERMISSION
from sessions.admin.base import EvidenceAdmin, excerpt, row_link, words_filter
from sessions.admin.transcripts import lines_of, words_of
from sessions.enums import Difficulty
from sessions.models import InterviewQuestion, Transcript, UserResponse


class WithSoundFilter(admin.SimpleListFilter):
    title = _("sound")
    parameter_name = "sound"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", gettext("With sound")), ("no", gettext("Text alone"))]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "yes":
            return rows.filter(audio_bytes__gt=0)
        return rows.filter(audio_bytes=0) if self.value() == "no" else rows


@admin.register(InterviewQuestion)
class QuestionAdmin(EvidenceAdmin):
    list_display = ("text", "of_interview", "question_index", "category", "difficulty", "asked_at")
    list_filter = (words_filter("difficulty", _("difficulty"), Difficulty.choices), "asked_at")
    search_fields = ("question_text", "category", "=session__session_id", "bank_key")
    ordering = ("-id",)
    hidden = ("batch",)

    @admin.display(description=_("question"), ordering="question_text")
    def text(self, row: InterviewQuestion) -> str:
        return excerpt(row.question_text)


@admin.register(UserResponse)
class ResponseAdmin(EvidenceAdmin):
    list_display = (
        "text",
        "question_text",
        "of_interview",
        "revision",
        "is_current",
        "has_sound",
        "created_at",
    )
    list_filter = ("is_current", "is_late", WithSoundFilter, "created_at")
    list_select_related = ("question",)
    search_fields = ("user_answer", "=session__session_id")
    ordering = ("-id",)
    hidden = ("fingerprint", "idempotency_key")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields = super().get_fields(request, obj)
        fields[fields.index("question")] = "question_link"
        if request.user.has_perm(AUDIO_PERMISSION):
            fields.insert(fields.index("user_answer") + 1, "sound")
        return fields

    @admin.display(description=_("answer"), ordering="user_answer")
    def text(self, row: UserResponse) -> str:
        return excerpt(row.user_answer) if row.user_answer else gettext("(sound alone)")

    @admin.display(description=_("question"), ordering="question")
    def question_text(self, row: UserResponse) -> str:
        return excerpt(row.question.question_text)

    @admin.display(description=_("question"))
    def question_link(self, row: UserResponse) -> str:
        question = row.question
        return row_link("interview_sessions_interviewquestion", question.pk, str(question))

    @admin.display(description=_("sound"), boolean=True, ordering="audio_bytes")
    def has_sound(self, row: UserResponse) -> bool:
        return row.audio_bytes > 0

    @admin.display(description=_("listen"))
    def sound(self, row: UserResponse) -> str:
        return render_to_string("admin/record/sound.html", {"answer": row})


@admin.register(Transcript)
class TranscriptAdmin(EvidenceAdmin):
    list_display = ("user_email", "of_interview", "source", "author", "created_at")
    list_filter = ("source", "created_at")
    search_fields = ("user_email", "author", "=session__session_id")
    ordering = ("-created_at", "-id")
    fields = (
        "interview",
        "user_email",
        "source",
        "author",
        "corrected_from",
        "text",
        "words",
        "raw_audio_path",
        "processed_audio_path",
        "created_at",
        "updated_at",
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return list(self.fields)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transcript]:
        rows = super().get_queryset(request)
        if request.resolver_match and request.resolver_match.url_name == (
            "interview_sessions_transcript_changelist"
        ):
            # The list shows none of it, and a transcript may hold many thousand words.
            rows = rows.defer("transcript_data", "word_timestamps", "confidence_scores")
        return rows

    @admin.display(description=_("corrects"))
    def corrected_from(self, row: Transcript) -> str:
        if row.corrects_id is None:
            return "–"
        words = gettext("transcript %(number)s") % {"number": row.corrects_id}
        return row_link("interview_sessions_transcript", row.corrects_id, words)

    @admin.display(description=_("text"))
    def text(self, row: Transcript) -> str:
        return render_to_string(
            "admin/record/transcript_text.html", {"lines": lines_of(row.transcript_data)}
        )

    @admin.display(description=_("words"))
    def words(self, row: Transcript) -> str:
        words = words_of(row.word_timestamps)
        if not words:
            return "–"
        return format_html(
            "{}",
            render_to_string("admin/record/transcript_words.html", {"words": words}),
        )
