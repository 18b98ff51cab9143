"""The admin of capture: interviews and what belongs to them, the bank, and who may do what."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from sessions.admin import access, bank, evidence, interviews, logins

admin.site.site_header = admin.site.site_title = _("Interview data")
admin.site.index_title = _("Records")

__all__ = ["access", "bank", "evidence", "interviews", "logins"]
