"""Who is signed in at the admin."""

import pytest
from django.contrib.auth.models import User


@pytest.fixture
def boss(client, db):
    client.force_login(User.objects.create_superuser("boss"))
    return client


@pytest.fixture
def clerk(client, staff_user):
    """Signs a staff user with the named permissions in."""

    def sign_in(*permissions: str):
        client.force_login(staff_user(*permissions, username="clerk"))
        return client

    return sign_in
