"""WSGI entry point: `granian --interface wsgi interviewdata.wsgi:application`."""

import os

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from interviewdata.common.forgiving import ForgivingWSGIRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interviewdata.settings")
application = get_wsgi_application()
application.request_class = ForgivingWSGIRequest

# A server runs no system checks; this one must stop it as well (interviewdata.E001).
if settings.OPEN_API and not settings.DEBUG:
    raise ImproperlyConfigured(
        "OPEN_API: serves everybody on this machine without credentials. Unset it, or run with "
        "DEBUG=1 on a machine of your own."
    )
