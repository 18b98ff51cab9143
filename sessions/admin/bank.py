"""The question bank: the one table that people write here themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.validators import validate_slug
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from sessions.admin.base import HouseAdmin, excerpt
from sessions.models import BankQuestion

MOST_KEYWORDS = 50
KEYWORD_CHARACTERS = 80


class LinesField(forms.CharField):
    """A list of short texts, one a line."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        lines = [line.strip() for line in (super().clean(value) or "").splitlines()]
        words = list(dict.fromkeys(line for line in lines if line))
        if len(words) > MOST_KEYWORDS:
            raise forms.ValidationError(
                gettext("Keep it to %(most)s keywords at most.") % {"most": MOST_KEYWORDS}
            )
        if any(len(word) > KEYWORD_CHARACTERS for word in words):
            raise forms.ValidationError(
                gettext("A keyword has %(most)s characters at most; put each on its own line.")
                % {"most": KEYWORD_CHARACTERS}
            )
        return words

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((self.prepare_value(initial) or "").split("\n") != (data or "").splitlines())


class BankQuestionForm(forms.ModelForm):
    key = forms.CharField(
        label=pgettext_lazy("name of an entry", "Key"),
        max_length=80,
        validators=[validate_slug],
        help_text=_("letters, digits, - and _; interviews refer to it, so it does not change"),
    )
    expected_keywords = LinesField(
        label=_("Expected keywords"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("one a line: what a good answer is likely to mention"),
    )

    class Meta:
        model = BankQuestion
        fields = (
            "key",
            "question_text",
            "question_type",
            "mode",
            "role",
            "category",
            "difficulty",
            "expected_keywords",
            "time_limit",
            "is_active",
        )


@admin.register(BankQuestion)
class BankQuestionAdmin(HouseAdmin):
    form = BankQuestionForm
    list_display = ("text", "mode", "role", "category", "difficulty", "time_limit", "is_active")
    list_filter = ("is_active", "mode", "difficulty", "role")
    search_fields = ("key", "question_text", "category", "role")
    ordering = ("mode", "role", "key")
    readonly_fields = ("created_at", "updated_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("key", *self.readonly_fields) if obj else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: BankQuestion, form: Any, change: bool) -> None:
        obj.updated_at = timezone.now()
        super().save_model(request, obj, form, change)

    @admin.display(description=_("question"), ordering="question_text")
    def text(self, row: BankQuestion) -> str:
        return excerpt(row.question_text)
