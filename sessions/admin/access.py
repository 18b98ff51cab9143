"""Who may do what, and who has looked: tokens, invitations, grants, access records."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Permission
from django.db.models import Case, IntegerField, QuerySet, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, gettext_noop, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from sessions.access import new_service_token, token_digest
from sessions.admin.base import HouseAdmin, NothingIsWritten, session_link, words_filter
from sessions.models import AccessGrant, AccessRecord, Invitation, ServiceToken
from sessions.services.keys import create_invitation, create_service_token, revoke

# What an invitation may set for whoever comes by its link.
FIXED = (
    *("user_email", "mode", "role", "difficulty"),
    *("planned_duration", "question_count", "note"),
)
OUR_APPS = ("interview_sessions", "analytics")
# What the API asks of a service, in the order in which the form shows it.
SERVICE_PERMISSIONS = (
    "view_interviewsession",
    "view_interviewquestion",
    "view_userresponse",
    "play_audio",
    "view_transcript",
    "view_feedback",
    "view_interviewanalytics",
    "view_dashboardstats",
    "add_interviewsession",
    "change_interviewsession",
    "add_interviewquestion",
    "add_userresponse",
    "add_transcript",
    "add_feedback",
    "add_interviewanalytics",
)
# Their names as the database has them, translated where they are shown.
gettext_noop("Can view interview session")
gettext_noop("Can view interview question")
gettext_noop("Can view user response")
gettext_noop("Can listen to recorded answers")
gettext_noop("Can view transcript")
gettext_noop("Can view feedback")
gettext_noop("Can view interview analytics")
gettext_noop("Can view dashboard stats")
gettext_noop("Can add interview session")
gettext_noop("Can change interview session")
gettext_noop("Can add interview question")
gettext_noop("Can add user response")
gettext_noop("Can add transcript")
gettext_noop("Can add feedback")
gettext_noop("Can add interview analytics")
# What an access record says of a look, and how the filter names it.
LOOKS = (("list", _("List")), ("read", _("Read")), ("listen", _("Listen")), ("export", _("Export")))


class KeyAdmin(HouseAdmin):
    """Keys are made and revoked; what was given out is not rewritten or forgotten."""

    list_filter = ("revoked_at",)
    ordering = ("-id",)
    actions = ("revoke_selected",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return super().has_change_permission(request)

    @admin.action(description=_("Revoke selected"), permissions=["revoke"])
    def revoke_selected(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        said = gettext("Revoked: %(count)s.") % {"count": revoke(rows)}
        self.message_user(request, said, messages.SUCCESS)

    @admin.display(description=_("state"))
    def state(self, row: Any) -> str:
        if row.revoked_at is not None:
            return pgettext("key", "revoked")
        expires_at = getattr(row, "expires_at", None)
        if expires_at is not None and expires_at <= timezone.now():
            return pgettext("key", "expired")
        return pgettext("key", "open")

    def _hand_over(self, obj: Any, made: Any) -> None:
        """The service's row is what the admin goes on with (history, links)."""
        for field in self.opts.concrete_fields:
            setattr(obj, field.attname, getattr(made, field.attname))
        obj._state.adding = False


class ExpiryForm(forms.ModelForm):
    def clean_expires_at(self) -> Any:
        moment = self.cleaned_data["expires_at"]
        if moment is not None and moment <= timezone.now():
            raise forms.ValidationError(gettext("Choose a time to come."))
        return moment


class _PermissionsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return gettext(obj.name)


class ServiceTokenForm(ExpiryForm):
    class Meta:
        model = ServiceToken
        fields = ("name", "permissions", "expires_at")


@admin.register(ServiceToken)
class ServiceTokenAdmin(KeyAdmin):
    form = ServiceTokenForm
    list_display = ("name", "state", "expires_at", "created_by", "created_at")
    list_select_related = ("created_by",)
    search_fields = ("name",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ("name", "permissions", "expires_at")
        return ("name", "rights", "expires_at", "revoked_at", "created_by", "created_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.get_fields(request, obj) if obj else ()

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """What the API asks for, and of that only what the user holds: nobody gives more."""
        found = Permission.objects.filter(
            content_type__app_label__in=OUR_APPS, codename__in=SERVICE_PERMISSIONS
        )
        held = [
            permission.pk
            for permission in found.select_related("content_type")
            if request.user.has_perm(f"{permission.content_type.app_label}.{permission.codename}")
        ]
        place = Case(
            *(When(codename=name, then=n) for n, name in enumerate(SERVICE_PERMISSIONS)),
            output_field=IntegerField(),
        )
        kwargs["queryset"] = found.filter(pk__in=held).order_by(place)
        kwargs["widget"] = forms.CheckboxSelectMultiple
        kwargs["form_class"] = _PermissionsField
        kwargs["help_text"] = gettext(
            "What the program may do. A whole record takes all six “view”s."
        )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: ServiceToken, form: Any, change: bool) -> None:
        token = new_service_token()
        made = create_service_token(
            name=form.cleaned_data["name"],
            token_sha256=token_digest(token),
            permissions=form.cleaned_data["permissions"],
            expires_at=form.cleaned_data["expires_at"],
            by=request.user,
        )
        self._hand_over(obj, made)
        self.message_user(
            request,
            format_html(
                gettext("The token of {name}, shown this once: <code>{token}</code>"),
                name=made.name,
                token=token,
            ),
            messages.WARNING,
        )

    @admin.display(description=_("permissions"))
    def rights(self, row: ServiceToken) -> str:
        names = row.permissions.order_by("content_type__model", "codename").values_list(
            "name", flat=True
        )
        return format_html_join(
            mark_safe("<br>"), "{}", ((gettext(name),) for name in names)
        ) or pgettext("permissions", "none")


class InvitationForm(ExpiryForm):
    class Meta:
        model = Invitation
        fields = ("label", "expires_at", *FIXED)
        widgets = {"note": forms.Textarea(attrs={"rows": 4})}

    def clean_user_email(self) -> str:
        return str(self.cleaned_data["user_email"]).strip().lower()


@admin.register(Invitation)
class InvitationAdmin(KeyAdmin):
    form = InvitationForm
    list_display = ("label", "state", "fixes", "expires_at", "created_by", "created_at")
    list_select_related = ("created_by",)
    search_fields = ("label", "user_email")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        kept = ("revoked_at", "created_by", "created_at") if obj else ()
        return (
            (None, {"fields": ("label", "expires_at", *kept)}),
            (
                _("The interview"),
                {
                    "fields": FIXED,
                    "description": _("What is set here the candidate cannot change."),
                },
            ),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("label", "expires_at", "revoked_at", "created_by", "created_at", *FIXED)

    @admin.display(description=_("sets"))
    def fixes(self, row: Invitation) -> str:
        set_words = (
            row.user_email,
            row.get_mode_display() if row.mode else "",
            row.role,
            row.get_difficulty_display() if row.difficulty else "",
            gettext("%(minutes)s min") % {"minutes": row.planned_duration}
            if row.planned_duration
            else "",
            ngettext("%(count)s question", "%(count)s questions", row.question_count or 0)
            % {"count": row.question_count}
            if row.question_count
            else "",
        )
        return ", ".join(str(words) for words in set_words if words) or "–"

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        week = timezone.now().replace(second=0, microsecond=0) + timedelta(days=7)
        return {"expires_at": week, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        token = secrets.token_urlsafe(32)
        made = create_invitation(
            label=form.cleaned_data["label"],
            token_sha256=token_digest(token),
            expires_at=form.cleaned_data["expires_at"],
            by=request.user,
            **{name: form.cleaned_data[name] for name in FIXED},
        )
        self._hand_over(obj, made)
        link = request.build_absolute_uri(reverse("invitation", args=[token]))
        self.message_user(
            request,
            format_html(
                gettext("The link of {name}, shown this once: <code>{link}</code>"),
                name=made.label,
                link=link,
            ),
            messages.WARNING,
        )


@admin.register(AccessGrant)
class AccessGrantAdmin(KeyAdmin):
    list_display = ("__str__", "of_interview", "held_by", "state", "created_at")
    list_filter = ("revoked_at", "created_at")  # type: ignore[assignment]
    search_fields = ("=session__session_id", "=session__user_email")
    fields = ("interview", "held_by", "created_at", "revoked_at")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("interview"))
    def interview(self, row: AccessGrant) -> str:
        return session_link(row.session_id)

    @admin.display(description=_("interview"), ordering="session_id")
    def of_interview(self, row: AccessGrant) -> str:
        return session_link(row.session_id, short=True)

    @admin.display(description=_("held by"), ordering="browser_id")
    def held_by(self, row: AccessGrant) -> str:
        # The browser's id itself is half a key; nobody needs to see it.
        return gettext("a browser, and its token") if row.browser_id else gettext("a token alone")


@admin.register(AccessRecord)
class AccessRecordAdmin(NothingIsWritten, HouseAdmin):
    """Not recorded itself: it names interviews, it shows nothing of them."""

    list_display = ("at", "actor", "action", "resource", "how_many", "detail")
    list_filter = (words_filter("action", _("action"), LOOKS), "at")
    search_fields = ("actor", "resource", "detail")
    ordering = ("-at", "-id")
    fields = ("at", "actor", "action", "resource", "interviews", "detail")
    readonly_fields = fields

    @admin.display(description=_("interviews"))
    def how_many(self, row: AccessRecord) -> int:
        return len(row.session_ids)

    @admin.display(description=_("interviews"))
    def interviews(self, row: AccessRecord) -> str:
        links = ((session_link(session_id),) for session_id in row.session_ids)
        return format_html_join(mark_safe("<br>"), "{}", links) or "–"
