"""What each answer is worth: by rule, by judges, by people."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy

from migration_app.accounts.models import TeamOwned, User
from migration_app.runs.models import Item, Run, RunCandidate


class SampleScore(models.Model):
    """The score of one item by one scorer: a value in [0, 1], or unscored with a reason."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="scores")
    scorer = models.CharField(max_length=60)
    value = models.FloatField(null=True)
    unscored = models.CharField(max_length=300, blank=True, default="")
    explanation = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "scorer"], name="one_score_per_scorer"),
            models.CheckConstraint(
                condition=models.Q(value__isnull=True) | models.Q(value__gte=0, value__lte=1),
                name="score_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(value__isnull=False) | ~models.Q(unscored=""), name="unscored_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scorer} of {self.item}: {self.value}"


class Rubric(TeamOwned):
    """What judges of a team were told, as it stood. Another text is another version."""

    scorer = models.CharField(max_length=60)  # the scorer it belongs to
    version = models.PositiveIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["scorer", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["team", "scorer", "version"], name="one_rubric_per_version"),
            models.UniqueConstraint(fields=["team", "scorer", "sha256"], name="one_version_per_rubric"),
        ]

    def __str__(self) -> str:
        return f"{self.scorer}, version {self.version}"


class Order(models.TextChoices):
    """Which answer a pairwise judge sees first."""

    ALONE = "", gettext_lazy("One answer")
    STRAIGHT = "straight", gettext_lazy("The candidate's answer first")
    SWAPPED = "swapped", gettext_lazy("Today's answer first")


class Judgement(models.Model):
    """One question to one judge about one answer, and what its reply said.

    `item` is the call, in the judges' run; `subject` the answer that is judged. A reply that could
    not be read has a `problem`, and one repair: the same question once more.
    """

    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="judgement")
    judge = models.ForeignKey(RunCandidate, on_delete=models.CASCADE, related_name="judgements")
    subject = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="judgements")
    order = models.CharField(max_length=8, choices=Order, blank=True, default=Order.ALONE)
    repairs = models.OneToOneField("self", on_delete=models.CASCADE, null=True, related_name="repair")
    is_read = models.BooleanField(default=False)
    grade = models.PositiveSmallIntegerField(null=True)
    preference = models.CharField(max_length=6, blank=True)  # evaluation.judging.Preference
    reason = models.CharField(max_length=600, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "judge", "order"],
                condition=models.Q(repairs=None),
                name="one_judgement_per_question",
            )
        ]
        indexes = [models.Index(fields=["judge", "is_read"])]

    def __str__(self) -> str:
        return f"judgement {self.pk} of {self.subject}"


class ReviewRound(TeamOwned):
    """A blind review of a run: which answers people are asked about, drawn by a seed.

    The order of the draw never changes; a larger round takes more of the same order, so that what
    was reviewed stays a random part of the samples.
    """

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="review_round")
    seed = models.BigIntegerField()
    samples = models.PositiveIntegerField(default=0)  # drawn so far, the same for every candidate

    def __str__(self) -> str:
        return f"review of {self.run}"


class Choice(models.TextChoices):
    """What a reviewer says of a pair, as it lay on the page."""

    LEFT = "left", gettext_lazy("The left answer is better")
    SAME = "same", gettext_lazy("Neither is better")
    RIGHT = "right", gettext_lazy("The right answer is better")


class ReviewCase(models.Model):
    """A candidate's answer beside today's to the same request; the names stay hidden.

    `known` is what needs no person: 1 or 0 where only one of the two answered, ½ where they are
    the same or neither did.
    """

    round = models.ForeignKey(ReviewRound, on_delete=models.CASCADE, related_name="cases")
    subject = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="review_cases")
    rival = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    place = models.PositiveIntegerField()  # in the draw
    order = models.FloatField()  # in which people see the cases; shuffled
    subject_left = models.BooleanField()
    known = models.FloatField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "subject"], name="one_case_per_answer")]
        indexes = [models.Index(fields=["round", "order"])]

    def __str__(self) -> str:
        return f"case {self.pk}"


class ReviewLabel(models.Model):
    """One reviewer's word on one case."""

    case = models.ForeignKey(ReviewCase, on_delete=models.CASCADE, related_name="labels")
    reviewer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    choice = models.CharField(max_length=5, choices=Choice)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "reviewer"], name="one_label_per_reviewer")]

    def __str__(self) -> str:
        return f"{self.choice} on {self.case}"

    @property
    def preference(self) -> float:
        """1 where the candidate's answer is preferred, 0 where today's is, ½ for neither. Needs the case."""
        if self.choice == Choice.SAME:
            return 0.5
        return float((self.choice == Choice.LEFT) == self.case.subject_left)


class SkippedCase(models.Model):
    """A case that a reviewer could not judge. It stays open for others, and for them when they ask for it."""

    case = models.ForeignKey(ReviewCase, on_delete=models.CASCADE, related_name="skips")
    reviewer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "reviewer"], name="one_skip_per_reviewer")]

    def __str__(self) -> str:
        return f"{self.case}, skipped"
