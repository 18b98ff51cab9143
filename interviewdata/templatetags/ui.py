"""What pages need beside Django's own tags: navigation, times, figures, links that keep filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

NOTHING = "–"


@dataclass(frozen=True)
class Entry:
    """One link of the main navigation. `current`: "page" where it is the page itself, "true" where
    the page stands below it, else empty."""

    label: str
    url: str
    current: str


# Label, name of the URL, permission that the page asks for (empty: everybody's page; of several,
# one is enough).
NAVIGATION = (
    ("Sessions", "session-list", "interview_sessions.view_interviewsession"),
    ("Reviews", "review-queue", "analytics.add_review analytics.add_reviewassignment"),
    ("Compare", "compare", "analytics.view_feedback"),
    ("Dashboard", "dashboard", "analytics.view_dashboardstats"),
    ("Admin", "admin:index", "staff"),
    ("API", "docs", ""),
)


@register.simple_tag(takes_context=True)
def navigation(context: Mapping[str, Any]) -> list[Entry]:
    """The pages that this reader may open. No statement beside that of the user."""
    request = context.get("request")
    user: Any = getattr(request, "user", None)
    is_staff = user is not None and user.is_authenticated and user.is_staff
    path = getattr(request, "path", "")
    entries = []
    for label, name, permission in NAVIGATION:
        if permission and not is_staff:
            continue
        if permission not in ("", "staff") and not any(map(user.has_perm, permission.split())):
            continue
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        below = path.startswith(url)
        entries.append(Entry(label, url, "page" if path == url else "true" if below else ""))
    return entries


@register.simple_tag
def current_zone() -> str:
    return timezone.get_current_timezone_name()


@register.filter
def when(value: datetime | None) -> SafeString | str:
    """A moment in the reader's zone, with the exact one for machines."""
    if value is None:
        return NOTHING
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}">{}</time>',
        value.isoformat(),
        f"{local.day} {local:%b %Y, %H:%M}",
    )


@register.filter
def day(value: datetime | None) -> SafeString | str:
    """The day of a moment in the reader's zone."""
    if value is None:
        return NOTHING
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}">{}</time>', value.isoformat(), f"{local.day} {local:%b %Y}"
    )


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds as people say them: "45 s", "12 min 5 s", "1 h 3 min", from two days on "2 d 5 h"."""
    if seconds is None:
        return NOTHING
    whole = round(seconds)
    if whole >= 2 * 86400:
        days, rest = divmod(whole, 86400)
        return f"{days} d {rest // 3600} h" if rest >= 3600 else f"{days} d"
    hours, rest = divmod(whole, 3600)
    minutes, rest = divmod(rest, 60)
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if minutes:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{rest} s"


@register.filter
def about(seconds: float | None) -> str:
    """Seconds as `duration`, without the unit that says nothing any more: "25 min", "13 h"."""
    if seconds is None:
        return NOTHING
    unit = 1 if seconds < 600 else 60 if seconds < 12 * 3600 else 3600
    return duration(round(seconds / unit) * unit)


@register.filter
def clock(seconds: float | None) -> str:
    """Seconds as a player shows them: "1:05", "1:02:05"."""
    if seconds is None:
        return NOTHING
    whole = int(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, rest = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def score(value: float | None) -> str:
    """A score from 0 to 10 with at most two places."""
    return NOTHING if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


@register.filter
def signed(value: float | None) -> str:
    """A difference with its sign and at most two places: "+0.5", "−1.25", "±0"."""
    if value is None:
        return NOTHING
    text = f"{abs(value):.2f}".rstrip("0").rstrip(".")
    sign = "±" if text == "0" else "+" if value > 0 else "−"
    return f"{sign}{text}"


@register.filter
def percent(value: float | None) -> str:
    """A share from 0 to 1."""
    return NOTHING if value is None else f"{value * 100:.0f} %"


@register.filter
def words(value: str) -> str:
    """A word of the API as people read it: "system_design" → "System design"."""
    return value.replace("_", " ").capitalize() if value else NOTHING


@register.simple_tag(takes_context=True)
def query_with(context: Mapping[str, Any], **changes: Any) -> str:
    """The query of this page with some parameters changed; None or "" takes one away.

    `{% query_with cursor=next %}` keeps all filters.
    """
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag
def share_of(done: float, total: float) -> str:
    """`done` of `total` as a number from 0 to 100, for drawings."""
    return f"{max(0.0, min(100.0, 100 * done / total)):.1f}" if total else "0"
