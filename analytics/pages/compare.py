"""`/compare/`: the same question across candidates, and candidates by dimension."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from analytics.agreement import MIN_DIFFERENCES, MIN_UNITS, RELIABLE, TENTATIVE
from analytics.anonymity import NameMask
from analytics.models.names import dimension_labels
from analytics.pages.compare_query import ANSWERS, SCORES, Place, read_place
from analytics.pages.compare_shown import (
    agreement_rows,
    mask_of,
    score_rows,
    severity_rows,
    shown_answers,
)
from analytics.pages.numbers import local
from analytics.services.comparison import (
    ANSWERS_A_PAGE,
    MOST_CHOSEN,
    NEWEST_SEARCHED,
    Interviewee,
    answers_to,
    asked_questions,
    chosen_interviewees,
    find_question,
)
from analytics.services.comparison_scores import (
    INTERVIEWS_A_PAGE,
    NEWEST_COMPARED,
    rater_figures,
    scores_page,
)
from analytics.visibility import SEE_SCORES
from interviewdata.common.staff_pages import actor_of, staff_page
from sessions.services.access_record import record_access

ANSWER_PERMISSION = "interview_sessions.view_userresponse"


@staff_page("analytics.view_feedback", "interview_sessions.view_interviewsession")
def compare(request: HttpRequest) -> HttpResponse:
    """The page. Beside the 2 for user and permissions: 3 statements to choose a question, 3 with
    one chosen, 3 for scores, 5 for who may see the figures of raters, and 1 more for answers of
    chosen interviews; one of them is the access record."""
    place, form = read_place(request.GET)
    by_scores = place.by == SCORES
    shown = _by_scores(request, place) if by_scores else _by_question(request, place)
    place = shown.pop("place", place)
    record_access(
        actor=actor_of(request),
        action="read",
        resource="comparison",
        session_ids=shown.pop("session_ids"),
        detail=shown.pop("detail"),
    )
    page = {
        **shown,
        "place": place,
        "form": form,
        "by_scores": by_scores,
        "most_chosen": MOST_CHOSEN,
        "kept": _kept(place, form, shown.get("question") is not None),
        "answers_url": place.url(by=ANSWERS, filters={}),
        "scores_url": place.url(by=SCORES, filters={}, question_id=0, bank_key="", text=""),
        "names_url": place.url(names_hidden=not place.names_hidden),
        "all_url": place.url(session_ids=()),
        "bare_url": place.url(filters={}),
    }
    return render(request, "analytics/compare.html", page)


def _kept(place: Place, form: Any, has_question: bool) -> list[tuple[str, str]]:
    """What the form of filters sends along unseen; words are asked for until one is found."""
    if has_question:
        del form.fields["q"]
    left = {*form.fields, "cursor", "letters", "session"}
    return [(name, value) for name, value in place.parameters() if name not in left]


def _by_question(request: HttpRequest, place: Place) -> dict[str, Any]:
    if not request.user.has_perm(ANSWER_PERMISSION):
        return {"may_read": False, "session_ids": [], "detail": "no answers"}
    if not (place.question_id or place.bank_key or place.text):
        return _questions(place)
    question = find_question(
        question_id=place.question_id, bank_key=place.bank_key, text=place.text
    )
    # From here on the question goes by its key or id: a text may name somebody.
    place = replace(
        place,
        question_id=question.id if question and not question.bank_key else 0,
        bank_key=question.bank_key if question else "",
        text="",
    )
    if question is None:
        return {
            "may_read": True,
            "unknown": True,
            "place": replace(place, session_ids=()),
            "session_ids": [],
            "detail": "no such question",
        }
    page = answers_to(question, place.interviews(), place.position())
    people = [answer.interviewee for answer in page.answers]
    everybody = [*people, question.interviewee, *chosen_interviewees(place.session_ids)]
    mask = mask_of(everybody) if place.names_hidden else None
    place = _with_known(place, everybody, mask)
    return {
        "may_read": True,
        "place": place,
        "question": question,
        "question_text": question.text if mask is None else mask(question.text),
        "answers": shown_answers(page.answers, mask, letters=place.letters),
        "other_url": place.url(question_id=0, bank_key="", text=""),
        "may_listen": request.user.has_perm("interview_sessions.play_audio"),
        **_neighbours(place, page.next, page.previous, len(people), ANSWERS_A_PAGE),
        "session_ids": [person.session_id for person in people],
        "detail": f"answers to {question.bank_key or f'question {question.id}'}",
    }


def _with_known(place: Place, people: list[Interviewee], mask: NameMask | None) -> Place:
    """The place with those chosen ids alone that are ids, and tell no name: the rest of what was
    typed into the address stays out of the page and its links."""
    known = {one.session_id for one in people if mask is None or not mask.hides(one.session_id)}
    return replace(place, session_ids=tuple(i for i in place.session_ids if i in known))


def _questions(place: Place) -> dict[str, Any]:
    found = asked_questions(place.filters.get("q", ""), place.interviews())
    everybody = [question.interviewee for question in found]
    everybody += chosen_interviewees(place.session_ids)
    mask = mask_of(everybody) if place.names_hidden else None
    place = _with_known(place, everybody, mask)
    without_words = {name: value for name, value in place.filters.items() if name != "q"}
    chosen = replace(place, filters=without_words, bank_key="", text="")
    shown = [
        (question, chosen.url(question_id=question.id))
        for question in found
        if mask is None or not mask.hides(question.text)
    ]
    return {
        "may_read": True,
        "place": place,
        "questions": shown,
        "unsaid": len(found) - len(shown),
        "newest_searched": local(f"{NEWEST_SEARCHED:,}"),
        "session_ids": sorted({question.interviewee.session_id for question, _url in shown}),
        "detail": "questions to compare",
    }


def _by_scores(request: HttpRequest, place: Place) -> dict[str, Any]:
    interviews = place.interviews()
    page = scores_page(
        request.user,
        interviews,
        only_scored=bool(place.filters.get("scored")) and not place.session_ids,
        cursor=place.position(),
    )
    people = [one.interviewee for one in page.interviews]
    mask = mask_of(people) if place.names_hidden else None
    place = _with_known(place, people, mask)
    shown: dict[str, Any] = {
        "place": place,
        "dimensions": dimension_labels(),
        "rows": score_rows(page.interviews, mask, letters=place.letters),
        "hidden": sum(one.is_hidden for one in page.interviews),
        "sees_raters": request.user.has_perm(SEE_SCORES),
        **_neighbours(place, page.next, page.previous, len(people), INTERVIEWS_A_PAGE),
        "session_ids": [person.session_id for person in people],
        "detail": "scores",
    }
    if shown["sees_raters"]:
        figures = rater_figures(request.user, interviews)
        shown |= {
            "figures": figures,
            "agreements": agreement_rows(figures),
            "severities": severity_rows(figures),
            "reliable": RELIABLE,
            "tentative": TENTATIVE,
            "least_units": MIN_UNITS,
            "least_differences": MIN_DIFFERENCES,
            "newest_compared": NEWEST_COMPARED,
            "detail": f"scores; agreement over {figures.interviews} interviews",
        }
    return shown


def _neighbours(
    place: Place, following: str, previous: str, shown: int, size: int
) -> dict[str, Any]:
    """The addresses of the pages before and after, with the letter each begins at."""
    return {
        "next_url": place.url(cursor=following, letters=place.letters + shown) if following else "",
        "previous_url": (
            place.url(cursor=previous, letters=max(0, place.letters - size)) if previous else ""
        ),
        "shown": shown,
    }
