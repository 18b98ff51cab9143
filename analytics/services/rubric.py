"""The rubric: what reviewers score by, as staff define it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from analytics.models import RubricCategory
from interviewdata.common.errors import Invalid
from sessions.enums import Mode, as_mode
from sessions.models import InterviewSession

ROLE_CHARACTERS = 120


def categories_for(interview: InterviewSession) -> list[RubricCategory]:
    """What an interview of this mode and role is scored by, in order of the form. One statement."""
    role = interview.role.strip().lower()
    return [
        category
        for category in RubricCategory.objects.filter(is_active=True).order_by("position", "id")
        if (not category.modes or interview.interview_mode in category.modes)
        and (not category.roles or role in category.roles)
    ]


def known_modes(words: Iterable[Any]) -> list[str]:
    """Modes by their own words or aliases, each once. Raises Invalid, naming what is known."""
    modes = []
    for word in words:
        mode = as_mode(str(word))
        if mode is None:
            sentence = gettext("“%(word)s” is unknown; use %(known)s.")
            raise Invalid.field(
                "modes", sentence % {"word": str(word)[:40], "known": ", ".join(Mode.values)}
            )
        modes.append(mode.value)
    return list(dict.fromkeys(modes))


def known_roles(words: Iterable[Any]) -> list[str]:
    """Roles as the rubric keeps them: trimmed, lower-cased, each once. Raises Invalid."""
    roles = list(dict.fromkeys(text for word in words if (text := str(word).strip().lower())))
    if any(len(role) > ROLE_CHARACTERS for role in roles):
        raise Invalid.field(
            "roles", gettext("A role has %(most)s characters at most.") % {"most": ROLE_CHARACTERS}
        )
    return roles


@transaction.atomic
def save_category(category: RubricCategory) -> RubricCategory:
    """Write a category, new or changed, after checking it whole. Reviews that are in keep the
    name and weight they were given with. Raises Invalid and Django's ValidationError."""
    category.modes = known_modes(category.modes)
    category.roles = known_roles(category.roles)
    category.name = category.name.strip()
    category.full_clean()
    category.save()
    return category
