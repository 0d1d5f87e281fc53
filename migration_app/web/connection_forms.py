"""Forms about connections and their secrets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from migration_app.candidates.actions import MOST_CONCURRENCY, MOST_PER_MINUTE
from migration_app.candidates.ways import way_in
from migration_app.providers.vendors import Vendor

from .fields import TextField, technical, whole


class SecretField(forms.CharField):
    """A vendor's secret. It goes in and never comes out: a form with errors asks for it again.

    expected: asked for without being called optional, where few get in without it.
    """

    expected = False

    def __init__(self, label: Any, *, lines: bool = False, **options: Any) -> None:
        attributes = {"autocomplete": "new-password", "spellcheck": "false"}
        widget = _Unshown(attrs={**attributes, "rows": 6}) if lines else forms.PasswordInput(attrs=attributes)
        # What is too long, or no key at all, is the action's to say.
        super().__init__(label=label, required=False, widget=widget, strip=False, **options)


class _Unshown(forms.Textarea):
    """A text of several lines that is never put back into the page."""

    def format_value(self, value: Any) -> None:
        return None


def _address() -> forms.URLInput:
    return forms.URLInput(attrs={"spellcheck": "false", "autocomplete": "off"})


SECRETS: dict[str, Any] = {
    "api_key": lambda: SecretField(_("API key")),
    "client_secret": lambda: SecretField(
        _("Client secret"), help_text=_("The secret's value, not its ID. It ends on a date that you chose.")
    ),
    "service_account": lambda: SecretField(
        _("Service account"),
        lines=True,
        help_text=_("The whole JSON file that Google gives out for its key."),
    ),
    "access_key_id": lambda: SecretField(_("Access key ID")),
    "secret_access_key": lambda: SecretField(_("Secret access key")),
    "session_token": lambda: SecretField(
        _("Session token"), help_text=_("Only for temporary keys. They end after some hours.")
    ),
}


# Asked of some vendors only.
OPTIONAL = (
    "region",
    "project",
    "api_version",
    "tenant_id",
    "client_id",
    "token_url",
    "prompt_caching",
    "machine",
)


class ConnectionForm(forms.Form):
    """Only what the vendor and the way in ask for; the rest of the fields is not there."""

    name = TextField(
        label=_("Name"),
        max_length=120,
        help_text=_("What your team calls it, for example “OpenAI, EU project”."),
    )
    region = technical(_("Region"), 60, help_text=_("As the vendor writes it, for example eu-central-1."))
    project = technical(_("Project ID"), 120)
    base_url = technical(
        _("Base URL"),
        500,
        widget=_address(),
        help_text=_("The address of the service, before /chat/completions and the like."),
    )
    api_version = technical(
        _("API version"),
        40,
        required=False,
        help_text=_("Such as 2024-10-21, for addresses by deployment. Leave it empty for the v1 path."),
    )
    tenant_id = technical(_("Tenant ID"), 120)
    client_id = technical(_("Client ID"), 200)
    prompt_caching = forms.BooleanField(
        label=_("Let the vendor cache what requests have in common"),
        required=False,
        help_text=_(
            "Marks the instructions and tools of each request. A cached part costs less to read, "
            "and more than usual to write the first time."
        ),
    )
    max_concurrency = whole(
        _("Requests at a time"), 1, MOST_CONCURRENCY,
        initial=8,
        help_text=_("How many requests the vendor may have at once. Lower it if you share a rate limit."),
    )  # fmt: skip
    requests_per_minute = whole(
        _("Requests a minute"), 1, MOST_PER_MINUTE,
        required=False,
        help_text=_("The limit of this key, if it has one. All runs together stay within it."),
    )  # fmt: skip
    tokens_per_minute = whole(
        _("Tokens a minute"), 1, MOST_PER_MINUTE,
        required=False,
        help_text=_("Input and output together. Leave it empty where there is no limit."),
    )  # fmt: skip
    machine = TextField(
        label=_("Shares a machine with"),
        max_length=120,
        required=False,
        help_text=_(
            "For your own servers: give connections on one machine the same name here, such as “gpu-1”. "
            "They then take turns, one request at a time, and do not slow each other down."
        ),
    )
    token_url = technical(
        _("Address of the sign-in service"),
        500,
        required=False,
        widget=_address(),
        help_text=_("Only where it is not the usual one, such as in a national cloud."),
    )
    ca_bundle = technical(
        _("Your own certificate authority"),
        50_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("In PEM form. Only for servers whose certificate your company issued itself."),
    )

    LATER = (
        "prompt_caching",
        "max_concurrency",
        "requests_per_minute",
        "tokens_per_minute",
        "machine",
        "token_url",
        "ca_bundle",
    )

    def __init__(self, vendor: Vendor, auth: str, *args: Any, held: bool = False, **options: Any) -> None:
        """held: the connection has secrets, which stay when none are entered."""
        super().__init__(*args, **options)
        way = way_in(vendor, auth)
        asked = {*vendor.details, *way.settings}
        asked |= {"prompt_caching"} if vendor.prompt_caching else set()
        asked |= {"machine"} if vendor.own_server else set()
        for name in OPTIONAL:
            if name not in asked:
                del self.fields[name]
        for name in way.secrets:
            secret = SECRETS[name]()
            secret.required = name in way.needed and not held
            secret.expected = name == "api_key" and not (held or vendor.own_server)
            self.fields[name] = secret
        self.fields["base_url"].required = "{region}" not in vendor.base_url
        if not self.fields["base_url"].required:
            self.fields["base_url"].help_text = _("Leave it empty: it follows from the region.")
        if held:
            last = self.fields[way.secrets[-1]]
            last.help_text = _("Leave it empty to keep the present one, unless you change the address.")
        elif way.secrets == ("api_key",):
            self.fields["api_key"].help_text = (
                _("Stored encrypted. You can replace it, nobody can read it back.")
                if vendor.own_server
                else _("Stored encrypted. Leave it empty only where a gateway of yours adds it.")
            )
        self.order_fields([*(name for name in self.fields if name not in self.LATER), *self.LATER])

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """What everybody fills in."""
        return [field for field in self if field.name not in self.LATER]

    @property
    def later_fields(self) -> list[forms.BoundField]:
        """What few need: limits, and networks of one's own."""
        return [field for field in self if field.name in self.LATER]

    @property
    def later_is_open(self) -> bool:
        """Whether something among the later fields wants to be seen."""
        return any(field.errors for field in self.later_fields)


class KeyForm(forms.Form):
    """The secrets of a connection, to be replaced all together."""

    def __init__(self, vendor: Vendor, auth: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        names = way_in(vendor, auth).secrets
        for name in names:
            secret = SECRETS[name]()
            secret.expected = name != "session_token"
            self.fields[name] = secret
        if len(names) > 1:
            self.fields[names[-1]].help_text = _("They are replaced together.")

    @property
    def removes(self) -> bool:
        """Whether the button was pressed that takes the present secrets away."""
        return "remove" in self.data

    def clean(self) -> dict[str, Any]:
        """Nothing typed removes nothing by mistake."""
        values = super().clean() or {}
        if self.removes:
            return dict.fromkeys(values, "")
        if not any(values.values()):
            raise forms.ValidationError(_("Enter the new key, or press “Remove the key” to have none."))
        return values
