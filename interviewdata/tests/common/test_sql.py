"""Statements written by hand: placeholders, errors, and the way that is not Django's cursor."""

import pytest
from django.db import IntegrityError, transaction

from interviewdata.common import sql

pytestmark = pytest.mark.django_db


def test_numbered_gives_the_placeholders_of_postgresql():
    statement = "SELECT a FROM t WHERE a = %s AND b LIKE '50%%' AND c = %s"
    assert sql._numbered(statement) == b"SELECT a FROM t WHERE a = $1 AND b LIKE '50%' AND c = $2"


def test_statement_gives_the_same_rows_counted_or_not(django_assert_num_queries):
    statement = "SELECT model FROM django_content_type WHERE app_label = %s AND model = %s"
    plain = sql.fetch_all(statement, ["auth", "user"])
    with django_assert_num_queries(1):
        counted = sql.fetch_all(statement, ["auth", "user"])
    assert plain == counted == [("user",)]


def test_broken_constraint_raises_what_django_raises():
    values = ["x" * 8, "t" * 64]
    statement = (
        "INSERT INTO service_tokens (name, token_sha256, created_at)"
        " VALUES (%s, %s, CURRENT_TIMESTAMP)"
    )
    assert sql.execute(statement, values) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        sql.execute(statement, values)
    assert sql.fetch_one("SELECT count(*) FROM service_tokens", []) == (1,)


def test_broken_transaction_takes_no_statement():
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            sql.fetch_one("SELECT 1", [])


def test_values_none_and_text_arrive_as_they_are():
    row = sql.fetch_one("SELECT CAST(%s AS text), CAST(%s AS text)", [None, "50% “é” \\ '"])
    assert row == (None, "50% “é” \\ '")
