"""What pages need beside Django's own tags: navigation, times, figures, links that keep filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop

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
    (gettext_noop("Sessions"), "session-list", "interview_sessions.view_interviewsession"),
    (gettext_noop("Live"), "live", "interview_sessions.view_interviewsession"),
    (
        gettext_noop("Reviews"),
        "review-queue",
        "analytics.add_review analytics.add_reviewassignment",
    ),
    (gettext_noop("Compare"), "compare", "analytics.view_feedback"),
    (gettext_noop("Dashboard"), "dashboard", "analytics.view_dashboardstats"),
    (
        gettext_noop("Reports"),
        "reports",
        "analytics.view_dashboardstats analytics.view_adverse_impact",
    ),
    (gettext_noop("Admin"), "admin:index", "staff"),
    (gettext_noop("API"), "docs", ""),
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
        entries.append(
            Entry(gettext(label), url, "page" if path == url else "true" if below else "")
        )
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
        formats.date_format(local, "DATETIME_FORMAT"),
    )


@register.filter
def day(value: datetime | None) -> SafeString | str:
    """The day of a moment in the reader's zone."""
    if value is None:
        return NOTHING
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}">{}</time>', value.isoformat(), formats.date_format(local)
    )


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds as people say them: "45 s", "12 min 5 s", "1 h 3 min", from two days on "2 d 5 h"."""
    if seconds is None:
        return NOTHING
    whole = round(seconds)
    if whole >= 2 * 86400:
        return _two_units(whole, 86400, _DAYS, _HOURS)
    if whole >= 3600:
        return _two_units(whole, 3600, _HOURS, _MINUTES)
    if whole >= 60:
        return _two_units(whole, 60, _MINUTES, _SECONDS)
    return gettext(_SECONDS) % {"n": whole}


_DAYS, _HOURS, _MINUTES, _SECONDS = (
    gettext_noop("%(n)s d"),
    gettext_noop("%(n)s h"),
    gettext_noop("%(n)s min"),
    gettext_noop("%(n)s s"),
)


def _two_units(seconds: int, unit: int, larger: str, smaller: str) -> str:
    """A time in a unit and the next smaller one, which is left out where it is 0."""
    count, rest = divmod(seconds, unit)
    below = {86400: 3600, 3600: 60, 60: 1}[unit]
    text = gettext(larger) % {"n": count}
    return f"{text} {gettext(smaller) % {'n': rest // below}}" if rest >= below else text


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
    return NOTHING if value is None else _two_places(value)


def _two_places(value: float) -> str:
    """At most two places, with the decimal sign of the reader's language."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", str(formats.get_format("DECIMAL_SEPARATOR")))


@register.filter
def signed(value: float | None) -> str:
    """A difference with its sign and at most two places: "+0.5", "−1.25", "±0"."""
    if value is None:
        return NOTHING
    text = _two_places(abs(value))
    sign = "±" if text == "0" else "+" if value > 0 else "−"
    return f"{sign}{text}"


@register.filter
def percent(value: float | None) -> str:
    """A share from 0 to 1."""
    return NOTHING if value is None else f"{value * 100:.0f} %"


@register.filter
def whole(value: int) -> str:
    """A count with the thousands apart: "1,204", in German "1.204"."""
    return formats.number_format(value, force_grouping=True)


@register.filter
def words(value: str) -> str:
    """A word of the API as people read it: "system_design" → "System design"."""
    return gettext(value.replace("_", " ").capitalize()) if value else NOTHING


@register.filter
def word(value: str) -> str:
    """A word of the API in the middle of a line: "system_design" → "system design"."""
    return gettext(value.replace("_", " ")) if value else NOTHING


# What the two look up beside the labels of sessions/enums.py, which mark themselves.
WORDS = (
    gettext_noop("Hr"),
    gettext_noop("Easy"),
    gettext_noop("Medium"),
    gettext_noop("Hard"),
    gettext_noop("Case"),
    gettext_noop("Coding"),
    gettext_noop("Situational"),
    gettext_noop("Warm up"),
    gettext_noop("technical"),
    gettext_noop("behavioral"),
    gettext_noop("hr"),
    gettext_noop("mixed"),
    gettext_noop("practice"),
    gettext_noop("puzzle"),
    gettext_noop("case study"),
    gettext_noop("system design"),
    gettext_noop("beginner"),
    gettext_noop("intermediate"),
    gettext_noop("advanced"),
    gettext_noop("expert"),
    gettext_noop("easy"),
    gettext_noop("medium"),
    gettext_noop("hard"),
)
_ORIGINS = {
    "reviewer": gettext_noop("From the reviewer"),
    "service": gettext_noop("From the service"),
    "candidate": gettext_noop("From the candidate"),
    "import": gettext_noop("From the import"),
}


@register.filter
def origin(source: str) -> str:
    """Whom a row of the admin came from: one of sessions.enums.Source."""
    return gettext(_ORIGINS[source])


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
