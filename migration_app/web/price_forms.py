"""The form of a price: a few lines for most, everything a vendor may charge for on demand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from migration_app.candidates.actions.prices import LONGEST_PROMPT
from migration_app.candidates.models import AMOUNTS, PriceKind, PriceOrigin
from migration_app.evaluation.price_lists import LengthTier

from .fields import TextField, currency_code, day


def _amount(name: str, label: Any, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_value=AMOUNTS[name], max_digits=14, decimal_places=6,
        localize=False, **options,
    )  # fmt: skip


class PriceForm(forms.Form):
    """A quote. Fields of the kind that was not chosen are not looked at."""

    kind = forms.ChoiceField(
        label=_("How it is priced"),
        choices=[(kind.value, kind.label) for kind in (PriceKind.TOKENS, PriceKind.MACHINE_TIME)],
        initial=PriceKind.TOKENS,
        widget=forms.RadioSelect,
    )
    origin = forms.ChoiceField(
        label=_("Whose price it is"),
        choices=[(origin.value, origin.label) for origin in (PriceOrigin.LIST, PriceOrigin.CONTRACT)],
        initial=PriceOrigin.LIST,
        required=False,
        help_text=_("What your own contract says comes before any public list."),
    )
    input_per_million = _amount("input_per_million", _("Input, per million tokens"))
    cached_input_per_million = _amount("cached_input_per_million", _("Cached input, per million tokens"))
    output_per_million = _amount("output_per_million", _("Output, per million tokens"))
    cache_write_per_million = _amount(
        "cache_write_per_million",
        _("Writing to the cache, per million tokens"),
        help_text=_("For five minutes, or whatever the vendor's usual time is. Empty: charged as input."),
    )
    cache_write_1h_per_million = _amount(
        "cache_write_1h_per_million", _("Writing to the cache for an hour, per million tokens")
    )
    reasoning_per_million = _amount(
        "reasoning_per_million",
        _("Reasoning, per million tokens"),
        help_text=_("Only where it differs from output. Empty: charged as output."),
    )
    image_input_per_million = _amount(
        "image_input_per_million", _("Images in the prompt, per million of their tokens")
    )
    per_image = _amount("per_image", _("Fee for each image"))
    per_request = _amount("per_request", _("Flat fee per request"))
    batch_discount = forms.DecimalField(
        label=_("Discount in the batch queue, in %"),
        required=False,
        min_value=0,
        max_value=Decimal("99.9"),
        max_digits=5,
        decimal_places=2,
        localize=False,
        help_text=_("For answers that may take up to a day. Empty: no such queue is known."),
    )
    tier_above = forms.IntegerField(
        label=_("Other prices for prompts above, in tokens"),
        required=False,
        min_value=1,
        max_value=LONGEST_PROMPT,
        help_text=_("Some vendors ask more for long prompts, for example above 200,000 tokens."),
    )
    tier_whole_call = forms.TypedChoiceField(
        label=_("They apply"),
        required=False,
        coerce=lambda value: value != "beyond",
        choices=[
            ("whole", _("to the whole request, answer included")),
            ("beyond", _("only to the input beyond that length")),
        ],
    )
    tier_input_per_million = _amount("input_per_million", _("Input then, per million tokens"))
    tier_cached_input_per_million = _amount(
        "cached_input_per_million", _("Cached input then, per million tokens")
    )
    tier_output_per_million = _amount("output_per_million", _("Output then, per million tokens"))
    per_hour = _amount(
        "per_hour",
        _("One hour of machine time"),
        help_text=_("Rent, or purchase price over its life, and electricity."),
    )
    states_free = forms.BooleanField(
        label=_("A price of 0 means free of charge"),
        required=False,
        help_text=_("What you do not know, leave empty: it counts as unknown."),
    )
    currency = currency_code(_("Currency"), "USD")
    source = TextField(
        label=_("Source"),
        max_length=300,
        help_text=_("Where it comes from: a price list's address, a contract, an invoice."),
    )
    as_of = day(_("As of"))
    valid_until = day(
        _("Valid until"), required=False,
        help_text=_("The last day of a contract's price. Empty: until you add another."),
    )  # fmt: skip

    USUAL = ("input_per_million", "output_per_million", "cached_input_per_million")
    MORE = (
        "cache_write_per_million", "cache_write_1h_per_million", "reasoning_per_million",
        "image_input_per_million", "per_image", "per_request", "batch_discount",
    )  # fmt: skip
    TIER = (
        "tier_above", "tier_whole_call", "tier_input_per_million", "tier_cached_input_per_million",
        "tier_output_per_million",
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["as_of"].initial = timezone.localdate

    def fields_named(self, names: tuple[str, ...]) -> list[forms.BoundField]:
        return [self[name] for name in names]

    @property
    def usual_fields(self) -> list[forms.BoundField]:
        return self.fields_named(self.USUAL)

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return self.fields_named(self.MORE + self.TIER)

    @property
    def shows_more(self) -> bool:
        """Whether one of the less usual fields holds something, or is wrong."""
        return any(field.errors or field.value() for field in self.fields_named(self.MORE + self.TIER[:1]))

    def quote(self) -> dict[str, Any]:
        """The arguments of `add_price`, without those of the other kind."""
        values = self.cleaned_data
        by_token = values["kind"] == PriceKind.TOKENS
        of_kind = (*self.USUAL, *self.MORE) if by_token else ("per_hour",)
        given = {name: values[name] for name in AMOUNTS if name in of_kind}
        terms = ("kind", "currency", "source", "as_of", "valid_until", "states_free")
        return {
            **{name: values[name] for name in terms},
            "origin": values["origin"] or PriceOrigin.LIST,
            **given,
            "batch_share": self._batch_share() if by_token else None,
            "tiers": self._tiers() if by_token else (),
        }

    def _batch_share(self) -> Decimal | None:
        discount = self.cleaned_data["batch_discount"]
        return None if discount is None else 1 - discount / 100

    def _tiers(self) -> tuple[LengthTier, ...]:
        values = self.cleaned_data
        if values["tier_above"] is None:
            return ()
        rates = {name.removeprefix("tier_"): values[name] for name in self.TIER[2:]}
        return (LengthTier(values["tier_above"], values["tier_whole_call"] is not False, **rates),)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        rates = [name for name in self.TIER[2:] if values.get(name) is not None]
        if rates and values.get("tier_above") is None and "tier_above" not in self.errors:
            self.add_error("tier_above", _("Say above how many tokens these prices apply."))
        return values

    def clean_as_of(self) -> Any:
        as_of = self.cleaned_data["as_of"]
        if as_of > timezone.localdate():
            raise forms.ValidationError(_("A price of a day to come cannot be used yet. Give today's."))
        return as_of
