"""Long lists of the admin say what they know and count no further."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interviewdata.common.sql import is_postgresql
from sessions.admin import paging
from sessions.models import InterviewSession
from sessions.tests.admin.pages import list_url
from sessions.tests.factories import InterviewSessionFactory


@pytest.fixture
def few(monkeypatch):
    """As if five were many."""
    monkeypatch.setattr(paging, "MOST_COUNTED", 5)


def paginator(rows, per_page=2):
    return paging.HousePaginator(rows, per_page)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_short_lists_are_counted_exactly(db, few, count):
    InterviewSessionFactory.create_batch(count)
    pages = paginator(InterviewSession.objects.order_by("id"))
    assert (pages.count, pages.said) == (count, "")
    assert pages.num_pages == max(1, -(-count // 2))


def test_filtered_long_lists_say_more_than(db, few):
    InterviewSessionFactory.create_batch(8)
    pages = paginator(InterviewSession.objects.filter(status="created").order_by("id"))
    assert (pages.count, pages.said, pages.num_pages) == (5, "more than", 3)
    assert len(pages.page(3).object_list) == 1


def test_whole_long_tables_say_about_how_many_where_the_database_knows(db, few):
    InterviewSessionFactory.create_batch(8)
    if is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE interview_sessions")
    pages = paginator(InterviewSession.objects.order_by("id"))
    expected = (8, "about") if is_postgresql() else (5, "more than")
    assert ((pages.count, pages.said), pages.num_pages) == (expected, 3)
    assert len(pages.page(1).object_list) == 2


def test_list_says_so_and_counts_no_further(boss, few):
    InterviewSessionFactory.create_batch(8)
    with CaptureQueriesContext(connection) as asked:
        page = boss.get(f"{list_url('interviewsession')}?status=created").content.decode()
    text = " ".join(page.split())
    assert "more than 5 interview sessions" in text
    assert "more than 5 results" in text
    counts = [query["sql"] for query in asked if "COUNT(" in query["sql"].upper()]
    assert len(counts) == 1
    assert "LIMIT 6" in counts[0]


@pytest.mark.parametrize(
    "name",
    ["interviewsession", "interviewquestion", "userresponse", "transcript", "accessgrant",
     "accessrecord"],
)  # fmt: skip
def test_filters_ask_the_table_for_no_words(boss, name):
    """Neither which values there are nor between which dates: that reads every row."""
    with CaptureQueriesContext(connection) as asked:
        page = boss.get(list_url(name))
    assert page.status_code == 200
    sql = [query["sql"].upper() for query in asked]
    assert [one for one in sql if "DISTINCT" in one or " MIN(" in one or " MAX(" in one] == []
