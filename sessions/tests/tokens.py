"""Service tokens for tests."""

from django.contrib.auth.models import Permission

from sessions.access import new_service_token, token_digest
from sessions.models import ServiceToken


def service_header(*permissions: str, name: str = "reports", **fields: object) -> dict[str, str]:
    """The header of a new service that holds `permissions` ("app.codename")."""
    token = new_service_token()
    service = ServiceToken.objects.create(name=name, token_sha256=token_digest(token), **fields)
    for permission in permissions:
        app_label, codename = permission.split(".")
        service.permissions.add(
            Permission.objects.get(content_type__app_label=app_label, codename=codename)
        )
    return {"Authorization": f"Bearer {token}"}
