"""When a branch is open, as its shop says it. `shops.domain.hours` compiles these rows into
`Branch.calendar`, which is all that pages read; `shops.domain.calendar` resolves it."""

from django.db import models
from django.db.models import F, Q

from shops.enums import HoursFor


class Season(models.Model):
    """Weeks of the year with a week of their own, every year again: 1 November to 28 February."""

    branch = models.ForeignKey("shops.Branch", on_delete=models.CASCADE, related_name="seasons")
    name = models.CharField(max_length=60)
    first_month = models.PositiveSmallIntegerField()
    first_day = models.PositiveSmallIntegerField()
    last_month = models.PositiveSmallIntegerField()
    last_day = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="shops_season_in_year",
                condition=Q(
                    first_month__range=(1, 12),
                    last_month__range=(1, 12),
                    first_day__range=(1, 31),
                    last_day__range=(1, 31),
                ),
            ),
            # The same days said twice (a double tap) are one season.
            models.UniqueConstraint(
                fields=["branch", "first_month", "first_day", "last_month", "last_day"],
                name="shops_season_days_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OpeningHours(models.Model):
    """One weekly interval, local time; `closes <= opens` runs past midnight."""

    branch = models.ForeignKey("shops.Branch", on_delete=models.CASCADE, related_name="hours")
    #: Part of that season's week; None: of the ordinary one.
    season = models.ForeignKey(
        Season, on_delete=models.CASCADE, null=True, blank=True, related_name="hours"
    )
    #: The door, or the hand-over of reserved goods where that has hours of its own.
    what_for = models.CharField(max_length=8, choices=HoursFor, default=HoursFor.SHOP)
    #: 0 is Monday (ISO 8601 minus one, as `date.weekday()`).
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        verbose_name_plural = "opening hours"
        constraints = [
            models.CheckConstraint(name="shops_openinghours_weekday", condition=Q(weekday__lte=6)),
            # Two, because NULLs are all different to a unique constraint.
            models.UniqueConstraint(
                fields=["branch", "what_for", "weekday", "opens"],
                condition=Q(season=None),
                name="shops_openinghours_once",
            ),
            models.UniqueConstraint(
                fields=["season", "what_for", "weekday", "opens"],
                condition=Q(season__isnull=False),
                name="shops_openinghours_once_a_season",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}-{self.closes:%H:%M}"


class SpecialHours(models.Model):
    """One interval of one day on which everything is different from the week."""

    branch = models.ForeignKey("shops.Branch", on_delete=models.CASCADE, related_name="specials")
    date = models.DateField()
    opens = models.TimeField()
    closes = models.TimeField()
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name_plural = "special hours"
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "date", "opens"], name="shops_specialhours_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.opens:%H:%M}-{self.closes:%H:%M}"


class Closure(models.Model):
    """Dated closing, first and last day included."""

    branch = models.ForeignKey("shops.Branch", on_delete=models.CASCADE, related_name="closures")
    first_date = models.DateField()
    last_date = models.DateField()
    reason = models.CharField(max_length=120, blank=True)
    #: UID of the event of a calendar file it came from: the same file again changes nothing.
    uid = models.CharField(max_length=250, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="shops_closure_in_order", condition=Q(last_date__gte=F("first_date"))
            ),
            models.UniqueConstraint(
                fields=["branch", "uid"], condition=~Q(uid=""), name="shops_closure_uid_once"
            ),
            # The same days said twice by hand are one closure.
            models.UniqueConstraint(
                fields=["branch", "first_date", "last_date"],
                condition=Q(uid=""),
                name="shops_closure_days_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_date} - {self.last_date}"


class Slot(models.Model):
    """A window in which a branch hands over no more than so many reservations."""

    branch = models.ForeignKey("shops.Branch", on_delete=models.CASCADE, related_name="slots")
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    capacity = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branch", "starts"], name="shops_slot_once"),
            models.CheckConstraint(name="shops_slot_in_order", condition=Q(ends__gt=F("starts"))),
            # RACE: the last word on overbooking, whatever the code above it does.
            models.CheckConstraint(
                name="shops_slot_not_overbooked", condition=Q(taken__lte=F("capacity"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts:%d.%m. %H:%M}"
