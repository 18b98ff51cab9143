"""Judgement in the reader's language: names, words of the database, numbers."""

import re

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import trans_real

from analytics.agreement import Verdict
from analytics.anonymity import NameMask, candidate_label
from analytics.calculations import DIMENSIONS
from analytics.figures import share
from analytics.models import SCORE_FIELDS, Feedback, RubricCategory
from analytics.models.names import category_label, dimension_labels
from analytics.pages.compare_drawings import score_strip, signed
from analytics.pages.compare_shown import VERDICTS
from analytics.pages.dashboard_parts import in_order, number, share_note
from analytics.pages.numbers import local
from analytics.services.assignment import assign
from analytics.services.review import submit_review
from analytics.tests.factories import FeedbackFactory
from analytics.tests.reviewing import dimensions, judge, make_reviewer, over
from interviewdata.common.errors import DomainError, Invalid
from sessions.tests.factories import InterviewSessionFactory

GERMAN = {
    "Reviewer": "Prüferin",
    "service": "Dienst",
    "dimension\x04Technical": "Fachlich",
    "Score at least one category.": "Bewerte wenigstens eine Kategorie.",
    "Candidate %(letters)s": "Person %(letters)s",
    "[name]": "[Name]",
    "hidden until your score is in": "verborgen, bis du bewertet hast",
    "avg overall score": "Durchschnitt insgesamt",
    "%(name)s may not review.": "%(name)s darf nicht bewerten.",
}


@pytest.fixture(autouse=True)
def language_stays_here():
    """A page leaves its language to the thread that made it."""
    with translation.override(None):
        yield


@pytest.fixture
def german(monkeypatch):
    """These texts in German, whatever the catalogue says."""
    catalogue = trans_real.translation("de")._catalog._catalogs[0]
    for text, words in GERMAN.items():
        monkeypatch.setitem(catalogue, text, words)


def german_page(client, url):
    return client.get(url, headers={"accept-language": "de"}).content.decode()


def test_every_column_has_a_name_that_can_be_translated():
    english = []
    for model in apps.get_app_config("analytics").get_models():
        names = {field.name: field.verbose_name for field in model._meta.local_fields}
        for key in ("id", "pk"):  # nobody is shown these
            names.pop(key, None)
        names |= {"one": model._meta.verbose_name, "many": model._meta.verbose_name_plural}
        english += [
            f"{model.__name__}: {name}"
            for name, words in names.items()
            if not isinstance(words, Promise)
        ]
    assert english == []


def test_the_plural_of_feedback_is_feedback(client, db):
    client.force_login(User.objects.create_superuser("boss"))
    page = client.get(reverse("admin:app_list", args=["analytics"])).content.decode()
    assert ">Feedback<" in page
    assert "Feedbacks" not in page
    assert str(Feedback._meta.verbose_name_plural) == "feedback"


def test_dimensions_have_one_name_each():
    assert SCORE_FIELDS == DIMENSIONS
    assert dimension_labels() == (
        "Overall",
        "Technical",
        "Communication",
        "Problem solving",
        "Confidence",
    )


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_said_as_it_is_called(verdict):
    text = verdict.value
    assert VERDICTS[verdict] == text[0].upper() + text[1:]


def test_a_dimension_is_translated_until_staff_rename_it(german):
    with translation.override("de"):
        assert category_label("Technical", "technical_score") == "Fachlich"
        assert category_label("Craft", "technical_score") == "Craft"
        assert category_label("Technical", "") == "Technical"
    assert category_label("Technical", "technical_score") == "Technical"


@pytest.mark.django_db
def test_the_form_and_what_it_refuses_speak_of_the_translated_dimension(german, client):
    interview = over()
    category = dimensions()["technical_score"]
    reviewer = make_reviewer("rita")
    client.force_login(reviewer)
    page = german_page(client, reverse("review-form", args=[interview.session_id]))
    assert f'<h2 id="category-{category.pk}-name">Fachlich</h2>' in page
    assert category.name == "Technical"
    with translation.override("de"), pytest.raises(Invalid) as refusal:
        submit_review(session_id=interview.session_id, reviewer=reviewer, scores=[])
    assert refusal.value.message == "Bewerte wenigstens eine Kategorie."


@pytest.mark.django_db
def test_what_is_kept_of_a_review_does_not_depend_on_the_language(german):
    with translation.override("de"):
        review = judge(over(), make_reviewer("rita"), 7, note="Measures first.")
    assert review.scores[0]["category"] == "Technical"
    assert review.feedback.detailed_feedback == ["Technical: Measures first."]


@pytest.mark.django_db
def test_only_raters_who_are_no_reviewers_are_said_to_be_something_else(german, client):
    interview = over()
    FeedbackFactory(session=interview, author="uwe", source="reviewer")
    FeedbackFactory(session=interview, author="gpt", source="service")
    client.force_login(make_reviewer("rita", "analytics.see_scores", "analytics.view_feedback"))
    page = german_page(client, reverse("review-form", args=[interview.session_id]))
    assert re.findall(r'<th scope="row">(.*?)</th>', page) == [
        "uwe",
        'gpt <span class="badge">Dienst</span>',
    ]


def test_hidden_names_are_hidden_in_the_reader_s_words(german):
    mask = NameMask(["Kowalska"])
    with translation.override("de"):
        assert mask("Frau Kowalska sprach.") == "Frau [Name] sprach."
        assert mask.hides("Kowalska")
        assert candidate_label(27) == "Person AB"


def test_numbers_follow_the_language():
    assert (local("1,234.5"), number(1234567)) == ("1,234.5", "1,234,567")
    assert in_order([7.5, 8.0]) == "7.5, 8"
    with translation.override("de"):
        assert (local("1,234.5"), number(1234567)) == ("1.234,5", "1.234.567")
        assert signed(-1.333) == "−1,33"
        assert in_order([7.5]) == "7,5"
        assert share_note(share(1, 2)).startswith("50\N{NO-BREAK SPACE}%")
        strip = score_strip(6.25, {"rita": 6.25}, "")
        assert strip.dots[0].title == "rita: 6,25"


MACHINES_READ = re.compile(r' (?:x|y|x1|x2|y1|y2|cx|cy|width|height|value|data-[\w-]+)="([^"]*)"')


@pytest.mark.django_db
def test_what_machines_read_keeps_its_point(client):
    RubricCategory.objects.create(name="Care", weight=1.5)
    interview = over()
    for rater, given in (("uwe", 6.3), ("ann", 7.1)):
        FeedbackFactory(session=interview, author=rater, overall_score=given)
    client.force_login(User.objects.create_superuser("boss"))
    form = german_page(client, reverse("review-form", args=[interview.session_id]))
    assert 'data-weight="1.5"' in form
    table = german_page(client, reverse("compare") + "?by=scores")
    assert '<strong class="compare-mean">6,7</strong>' in table
    for page in (form, table):
        assert [value for value in MACHINES_READ.findall(page) if re.search(r"\d,\d", value)] == []


@pytest.mark.django_db
def test_the_admin_says_it_in_german(german, client):
    interview = InterviewSessionFactory(completed=True, user_email="ann@example.org")
    FeedbackFactory(session=interview, author="uwe")
    reader = make_reviewer("rita", "analytics.view_dashboardstats")
    client.force_login(reader)
    page = german_page(client, reverse("admin:analytics_dashboardstats_changelist"))
    assert "Durchschnitt insgesamt" in page
    assert "verborgen, bis du bewertet hast" in page


@pytest.mark.django_db
def test_a_refusal_reads_as_the_reader_does(german):
    nobody = User.objects.create_user("nobody")
    interview = over()
    for language, words in (("en", "nobody may not review."), ("de", "nobody darf nicht")):
        with translation.override(language), pytest.raises(DomainError) as refusal:
            assign(session_id=interview.session_id, reviewer=nobody, due_at=None, by=None)
        assert words in refusal.value.message
