"""What judgement adds to the actions on interviews in the admin: assign reviewers, recompute."""

from __future__ import annotations

from collections import Counter

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from analytics.pages.review_queue import AssignForm
from analytics.services.assignment import assign_all
from analytics.services.recompute import recompute_figures
from interviewdata.common.errors import NotFound
from sessions.admin.base import log_change, too_many
from sessions.admin.interviews import InterviewSessionAdmin
from sessions.models import InterviewSession

# Each takes some statements; more at once belongs into a command.
MOST_ASSIGNED = 200
MOST_RECOMPUTED = 500


class AssignManyForm(AssignForm):
    """Who, and until when; which interviews is chosen already."""

    session_id = None  # type: ignore[assignment]


@admin.action(description=_("Assign selected interviews for review"), permissions=["assign"])
def assign_for_review(
    modeladmin: InterviewSessionAdmin, request: HttpRequest, rows: QuerySet[InterviewSession]
) -> HttpResponseBase | None:
    """First asks whom and until when; then assigns, and says who could not be and why."""
    chosen = list(rows.order_by("-created_at", "-id")[: MOST_ASSIGNED + 1])
    if too_many(modeladmin, request, chosen, MOST_ASSIGNED):
        return None
    form = AssignManyForm(request.POST if "apply" in request.POST else None)
    if not form.is_valid():
        return TemplateResponse(
            request,
            "admin/record/assign.html",
            {
                **modeladmin.admin_site.each_context(request),
                "title": gettext("Assign for review"),
                "opts": modeladmin.opts,
                "form": form,
                "chosen": chosen,
                "action_checkbox_name": ACTION_CHECKBOX_NAME,
            },
            status=400 if form.is_bound else 200,
        )
    assigned, refusals = _assign(request, chosen, form)
    count = len(assigned)
    if assigned:
        log_change(request, assigned, gettext_noop("Assigned for review."))
        words = gettext("Assigned for review: %(count)s.") % {"count": count}
        modeladmin.message_user(request, words, messages.SUCCESS)
    for reason, times in refusals.most_common():
        words = gettext("%(reason)s (%(times)s ×)") % {"reason": reason, "times": times}
        modeladmin.message_user(request, words, messages.WARNING)
    return None


def _assign(
    request: HttpRequest, chosen: list[InterviewSession], form: AssignManyForm
) -> tuple[list[InterviewSession], Counter[str]]:
    """The interviews that somebody was assigned to, and the refusals with how often."""
    assigned, refusals = [], Counter[str]()
    for interview in chosen:
        try:
            outcome = assign_all(
                session_id=interview.session_id,
                reviewers=form.cleaned_data["reviewers"],
                due_at=form.cleaned_data["due"],
                by=request.user,
            )
        except NotFound:  # deleted since it was chosen
            continue
        if outcome.names:
            assigned.append(interview)
        refusals.update(outcome.refusals)
    return assigned, refusals


@admin.action(description=_("Recompute figures of selected interviews"), permissions=["recompute"])
def recompute(
    modeladmin: InterviewSessionAdmin, request: HttpRequest, rows: QuerySet[InterviewSession]
) -> None:
    """Counters of the interviews and the figures of their people, counted anew."""
    chosen = list(rows.values_list("session_id", flat=True)[: MOST_RECOMPUTED + 1])
    if too_many(modeladmin, request, chosen, MOST_RECOMPUTED):
        return
    done = recompute_figures(session_ids=chosen)
    wrong = done.wrong_interviews + done.wrong_people
    counted = gettext("Counted anew: interviews %(interviews)s, people %(people)s.") % {
        "interviews": done.interviews,
        "people": done.people,
    }
    outcome = gettext("All were right.")
    if wrong:
        outcome = gettext("Put right: interviews %(interviews)s, people %(people)s.") % {
            "interviews": done.wrong_interviews,
            "people": done.wrong_people,
        }
    modeladmin.message_user(
        request, f"{counted} {outcome}", messages.WARNING if wrong else messages.SUCCESS
    )


InterviewSessionAdmin.actions = (*InterviewSessionAdmin.actions, assign_for_review, recompute)
