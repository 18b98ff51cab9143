"""Where things are in the admin, and how a person acts there."""

import re
from html import unescape

from django.urls import reverse

from sessions.models import ServiceToken


def list_url(name: str) -> str:
    return reverse(f"admin:interview_sessions_{name}_changelist")


def page_url(row: object) -> str:
    name = f"admin:interview_sessions_{row._meta.model_name}_change"
    return reverse(name, args=[row.pk])


def code_in(page: str) -> str:
    """What the message after saving shows once."""
    return unescape(re.search(r'<li class="warning">.*?<code>(.*?)</code>', page, re.DOTALL)[1])


def choose(client, action: str, *rows: object, follow: bool = False):
    sent = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(list_url(rows[0]._meta.model_name), sent, follow=follow)


def make_service_token(n: int) -> None:
    ServiceToken.objects.create(name=f"service {n}", token_sha256=f"{n:064x}")
