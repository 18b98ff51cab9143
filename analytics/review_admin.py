"""The admin of reviewing: the rubric, assignments, and reviews to look at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from analytics.models import Review, ReviewAssignment, RubricCategory
from analytics.services.assignment import assign, check_assignment, is_overdue, withdraw
from analytics.services.rubric import known_modes, known_roles, save_category
from analytics.visibility import visible_reviews
from interviewdata.common.errors import DomainError
from sessions.admin.bank import LinesField
from sessions.admin.base import EvidenceAdmin, HouseAdmin, RecordedAdmin, session_link
from sessions.enums import Mode


def _as_form_error(refusal: DomainError) -> ValidationError:
    """A service's refusal as a form shows it."""
    return ValidationError(refusal.message.removeprefix(f"{next(iter(refusal.fields), '')}: "))


class RubricCategoryForm(forms.ModelForm):
    modes = forms.MultipleChoiceField(
        label=_("Modes"),
        choices=Mode.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("interview modes it is for; none ticked: all"),
    )
    roles = LinesField(
        label=_("Roles"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("roles it is for, one a line, in whatever case; empty: all"),
    )
    weight = forms.FloatField(
        label=_("Weight"),
        min_value=0,
        max_value=100,
        initial=1,
        help_text=_("share in the overall score, beside the weights of the others; 0: none"),
    )

    class Meta:
        model = RubricCategory
        fields = (
            "name",
            "description",
            "anchor_low",
            "anchor_middle",
            "anchor_high",
            "weight",
            "modes",
            "roles",
            "dimension",
            "position",
            "is_active",
        )
        widgets = {
            name: forms.Textarea(attrs={"rows": 3})
            for name in ("description", "anchor_low", "anchor_middle", "anchor_high")
        }

    def clean_modes(self) -> list[str]:
        try:
            return known_modes(self.cleaned_data["modes"])
        except DomainError as refusal:
            raise _as_form_error(refusal) from refusal

    def clean_roles(self) -> list[str]:
        try:
            return known_roles(self.cleaned_data["roles"])
        except DomainError as refusal:
            raise _as_form_error(refusal) from refusal


@admin.register(RubricCategory)
class RubricCategoryAdmin(HouseAdmin):
    """A category that has served is taken out of use, not deleted: reviews name it."""

    form = RubricCategoryForm
    list_display = (
        "name",
        "weight",
        "for_modes",
        "for_roles",
        "dimension",
        "position",
        "is_active",
    )
    list_filter = ("is_active",)
    search_fields = ("name", "description")
    ordering = ("position", "id")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: RubricCategory, form: Any, change: bool
    ) -> None:
        save_category(obj)

    @admin.display(description=_("modes"))
    def for_modes(self, row: RubricCategory) -> str:
        return ", ".join(str(Mode(mode).label) for mode in row.modes) or gettext("all")

    @admin.display(description=_("roles"))
    def for_roles(self, row: RubricCategory) -> str:
        return ", ".join(row.roles) or gettext("all")


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("open", pgettext("assignment", "Open")),
            ("overdue", pgettext("assignment", "Overdue")),
            ("done", pgettext("assignment", "Done")),
        ]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "open":
            return rows.filter(submitted_at__isnull=True)
        if self.value() == "overdue":
            return rows.filter(submitted_at__isnull=True, due_at__lt=timezone.now())
        return rows.filter(submitted_at__isnull=False) if self.value() == "done" else rows


class ReviewAssignmentForm(forms.ModelForm):
    """Checks what the service would refuse, so that it stands beside the fields."""

    class Meta:
        model = ReviewAssignment
        fields = ("session", "reviewer", "due_at")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        is_new = self.instance.pk is None
        interview = data.get("session") if is_new else self.instance.session
        reviewer = data.get("reviewer") if is_new else self.instance.reviewer
        if self.errors or interview is None or reviewer is None:
            return data
        try:
            check_assignment(
                interview=interview,
                reviewer=reviewer,
                due_at=data.get("due_at"),
                now=timezone.now(),
            )
        except DomainError as refusal:
            name = next(iter(refusal.fields), None)
            self.add_error(name if name in self.fields else None, _as_form_error(refusal))
        return data


@admin.register(ReviewAssignment)
class ReviewAssignmentAdmin(RecordedAdmin):
    """Who does not assign sees the assignments that are theirs."""

    form = ReviewAssignmentForm
    list_display = ("reviewer", "of_interview", "state", "due_at", "submitted_at", "assigned_by")
    list_select_related = ("reviewer", "assigned_by")
    list_filter = (StateFilter, "due_at")
    search_fields = ("reviewer__username", "=session__session_id", "session__user_email")
    autocomplete_fields = ("session", "reviewer")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReviewAssignment]:
        rows: QuerySet[ReviewAssignment] = super().get_queryset(request)
        if self.has_add_permission(request) or self.has_change_permission(request):
            return rows
        return rows.filter(reviewer_id=request.user.pk)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ("session", "reviewer", "due_at")
        return ("interview", "reviewer", "due_at", "assigned_by", "created_at", "submitted_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        fixed = ("interview", "reviewer", "assigned_by", "created_at", "submitted_at")
        return fixed if obj.submitted_at is None else (*fixed, "due_at")

    def save_model(
        self, request: HttpRequest, obj: ReviewAssignment, form: Any, change: bool
    ) -> None:
        made = assign(
            session_id=obj.session_id, reviewer=obj.reviewer, due_at=obj.due_at, by=request.user
        )
        for field in self.opts.concrete_fields:
            setattr(obj, field.attname, getattr(made, field.attname))
        obj._state.adding = False

    def delete_model(self, request: HttpRequest, obj: ReviewAssignment) -> None:
        withdraw(ReviewAssignment.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ReviewAssignment]) -> None:
        withdraw(queryset)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.submitted_at is not None:
            return False
        return super().has_delete_permission(request, obj)

    @admin.display(description=_("interview"))
    def interview(self, row: ReviewAssignment) -> str:
        return session_link(row.session_id)

    @admin.display(description=_("interview"), ordering="session_id")
    def of_interview(self, row: ReviewAssignment) -> str:
        return session_link(row.session_id, short=True)

    @admin.display(description=_("state"), ordering="submitted_at")
    def state(self, row: ReviewAssignment) -> str:
        if row.submitted_at is not None:
            return pgettext("assignment", "done")
        if is_overdue(row, timezone.now()):
            return pgettext("assignment", "overdue")
        return pgettext("assignment", "open")


@admin.register(Review)
class ReviewAdmin(EvidenceAdmin):
    """One's own, and those of interviews one has judged or need not judge."""

    list_display = ("of_interview", "reviewer", "weighted_score", "is_overridden", "created_at")
    list_select_related = ("reviewer",)
    list_filter = ("created_at",)
    search_fields = ("reviewer__username", "=session__session_id")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        return visible_reviews(request.user, super().get_queryset(request))

    @admin.display(description=_("overridden"), boolean=True)
    def is_overridden(self, row: Review) -> bool:
        return bool(row.override_reason)
