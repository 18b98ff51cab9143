"""`/ui-components/`: every component in every state, light and dark. In DEBUG alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template, render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from interviewdata.common import charts
from sessions.enums import Mode, Status

FOLDER = Path(settings.BASE_DIR) / "templates" / "components"
SCHEMES = ("light", "dark")
_COMMENT = re.compile(r"\A\{% comment %\}\n(.+?)\n\{% endcomment %\}", re.DOTALL)
_SCORES = (4.5, 5.0, 6.5, 6.0, 8.0)
_LONG = (
    "A sentence that goes on for longer than any line of the page is wide, to show how it wraps. "
)


class _ExampleForm(forms.Form):
    """One field of every kind, sent with what they refuse."""

    name = forms.CharField(help_text="As it stands in the invitation.")
    email = forms.EmailField(required=False)
    mode = forms.ChoiceField(choices=Mode.choices, required=False)
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)


@dataclass(frozen=True)
class Shown:
    """One state of one component, rendered for each of SCHEMES."""

    state: str
    light: SafeString
    dark: SafeString


@dataclass(frozen=True)
class Component:
    """One file of templates/components: what its comment says of it, and its states."""

    name: str
    words: str
    states: list[Shown]


def examples(scheme: str) -> dict[str, dict[str, dict[str, Any]]]:
    """component → state → arguments. `scheme` keeps the ids of the two renderings apart."""
    form = _ExampleForm(auto_id=f"{scheme}-%s")
    refused = _ExampleForm({"email": "nobody at all", "mode": "x"}, auto_id=f"{scheme}-refused-%s")
    line = charts.line(_SCORES, fit=(4.6, 7.4))
    bars = charts.bars((0, 1, 2, 3, 5, 8, 9, 6, 3, 1))
    return {
        "chart_columns": {
            "four series": {
                "chart": charts.stacked_columns([[3, 1, 0, 1], [5, 2, 1, 0], [9, 0, 3, 2]]),
                "labels": ["2 Mar", "9 Mar", "16 Mar"],
                "series": [str(status.label) for status in Status],
                "summary": "Interviews of three weeks: 5, 8 and 14",
            },
        },
        "chart_histogram": {
            "large": {"bars": bars, "summary": "Most scores are 6 to 7", "large": True},
            "in a table": {"bars": bars, "summary": "Most scores are 6 to 7"},
        },
        "chart_interval": {
            "with interval": {
                "marks": charts.interval_marks(6.2, 5.4, 7.0),
                "label": "Mean 6.2, interval 5.4 to 7.0",
            },
            "mean alone": {"marks": charts.interval_marks(6.2, None, None), "label": "Mean 6.2"},
        },
        "chart_line": {
            "large": {"line": line, "summary": "Scores rise from 4.5 to 8", "large": True},
            "in a table": {"line": line, "summary": "Scores rise from 4.5 to 8"},
        },
        "empty": {
            "with what to do": {
                "title": "No interviews yet",
                "text": "They appear here as soon as a candidate begins.",
                "url": "#empty",
                "label": "Load the samples",
            },
            "nothing to do": {"title": "No answers here", "text": "Nobody was asked this."},
        },
        "field": {
            "needed, with help": {"field": form["name"]},
            "choice": {"field": form["mode"]},
            "long text": {"field": form["note"]},
            "refused": {"field": refused["email"]},
            "left out": {"field": refused["name"]},
        },
        "figure": {
            "with its rows": {"cell": {"value": "1,204", "url": "#figure"}, "what": "interviews"},
            "nothing": {"cell": {"value": "0", "url": "#figure"}},
            "alone": {"cell": {"value": "17", "url": ""}},
        },
        "meter": {
            "none": {"done": 0, "total": 8, "label": "questions answered"},
            "some": {"done": 3, "total": 8, "label": "questions answered"},
            "all": {"done": 8, "total": 8, "label": "questions answered"},
            "of nothing": {"done": 0, "total": 0, "label": "questions answered"},
        },
        "notice": {
            "plain": {"kind": "", "text": "This transcript was corrected."},
            "good": {"kind": "good", "text": "Your review is in."},
            "warn": {"kind": "warn", "text": "The sound of two answers is missing."},
            "bad": {"kind": "bad", "text": "Not saved. Your text is still here."},
            "long": {"kind": "", "text": _LONG * 3},
        },
        "pager": {
            state: {**page, "label": f"Pages, {state}, {scheme}"}
            for state, page in {
                "first page": {"previous": "", "next": "#older", "shown": 50},
                "in the middle": {"previous": "#newer", "next": "#older", "shown": 50},
                "last page": {"previous": "#newer", "next": "", "shown": 12},
            }.items()
        },
        "score": {
            "a score": {"value": 7.25, "hidden": False},
            "none": {"value": None, "hidden": False},
            "hidden": {"value": 7.25, "hidden": True},
        },
        "stat": {
            "a figure": {"label": "Interviews", "value": "1,204"},
            "with a note": {"label": "Mean score", "value": "6.4", "note": "6.1 to 6.7, n = 312"},
            "with its rows": {"label": "To review", "value": "7", "url": "#stat"},
        },
        "status": {str(status.label): {"status": status.value} for status in Status},
    }


def components() -> list[Component]:
    """Every file of templates/components with its states; without examples it has none."""
    light, dark = (examples(scheme) for scheme in SCHEMES)
    found = []
    for path in sorted(FOLDER.glob("*.html")):
        name = path.stem
        states = [
            Shown(state, _rendered(name, arguments), _rendered(name, dark[name][state]))
            for state, arguments in light.get(name, {}).items()
        ]
        found.append(Component(name, words_of(name), states))
    return found


def words_of(name: str) -> str:
    """What a component's opening comment says: what it is and which arguments it takes; empty
    where there is none."""
    source = get_template(f"components/{name}.html").template.source  # type: ignore[attr-defined]
    found = _COMMENT.match(source)
    return " ".join(found[1].split()) if found else ""


def _rendered(name: str, arguments: Mapping[str, Any]) -> SafeString:
    return render_to_string(f"components/{name}.html", dict(arguments))


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """The page; 404 unless DEBUG. No statement."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "record/gallery.html", {"components": components(), "schemes": SCHEMES})
