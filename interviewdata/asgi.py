"""ASGI entry point, for servers that speak nothing else; WSGI is the faster way to run this."""

import os

from django.core.asgi import get_asgi_application

from interviewdata.common.forgiving import ForgivingASGIRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interviewdata.settings")
application = get_asgi_application()
application.request_class = ForgivingASGIRequest
