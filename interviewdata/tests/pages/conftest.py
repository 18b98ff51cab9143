"""Fixtures of the tests of pages."""

import pytest

from interviewdata.tests.pages.comparing import ADDRESS, BASE


@pytest.fixture
def reader(client, staff_user):
    """Signs in staff with these permissions beside the ordinary ones; gives the user."""

    def make(*permissions, base=BASE):
        user = staff_user(*base, *permissions)
        client.force_login(user)
        return user

    return make


@pytest.fixture
def text_of(client):
    def get(**query):
        reply = client.get(ADDRESS, query)
        assert reply.status_code == 200
        return reply.content.decode()

    return get
