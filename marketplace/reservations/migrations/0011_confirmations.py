import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from marketplace.core.schema import FrozenColumns

#: The mails that confirmed an order until now.
CONFIRMED_BY = ("reservations.accepted", "reservations.placed")


def _told_before(apps, schema_editor):
    """Orders that are under way or collected got their confirmation in the words of that time."""
    Reservation = apps.get_model("reservations", "Reservation")
    Notice = apps.get_model("core", "Notice")
    paid = Reservation.objects.filter(mode="PAY", state__in=["CONFIRMED", "READY", "COLLECTED"])
    for pk, ended_at in paid.values_list("pk", "ended_at").iterator():
        mails = Notice.objects.filter(subject=f"reservation:{pk}", kind__in=CONFIRMED_BY)
        sent = mails.filter(state="SENT").order_by("-sent_at").values_list("sent_at", flat=True)
        at = sent.first() or ended_at
        if at is not None:
            Reservation.objects.filter(pk=pk).update(confirmation_sent_at=at)


class Migration(migrations.Migration):
    dependencies = [
        ("reservations", "0010_receipts"),
        ("core", "0002_truths"),
        ("shops", "0020_registry"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="line",
            name="withdrawal",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not told yet"),
                    ("NONE", "Can be withdrawn from for 14 days"),
                    ("CUSTOM", "Made to the shopper's wishes"),
                    ("PERISHABLE", "Spoils quickly"),
                    ("HYGIENE", "Sealed for hygiene"),
                    ("MEDIA", "Sealed film, music or software"),
                    ("MIXED", "Mixed inseparably with other goods"),
                    ("NEWSPAPER", "Newspaper or magazine"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="confirmation_hash",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="reservation",
            name="confirmation_paper_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="confirmation_sent_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(_told_before, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("mode", "PAY"), ("state", "COLLECTED"), _negated=True),
                    ("confirmation_sent_at__isnull", False),
                    _connector="OR",
                ),
                name="reservations_handed_over_confirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmation_sent_at__isnull", False),
                    models.Q(("confirmation_hash", ""), ("confirmation_paper_by__isnull", True)),
                    _connector="OR",
                ),
                name="reservations_confirmed_with_time",
            ),
        ),
        # SQLite has rebuilt both tables, and their triggers are gone with them.
        FrozenColumns(
            "reservations_line",
            (
                "reservation_id",
                "offer_id",
                "title",
                "variant_label",
                "price",
                "tax_class",
                "tax_rate",
                "deposit_amount",
                "deposit_kind",
                "min_age",
                "withdrawal",
                "quantity",
            ),
        ),
        FrozenColumns(
            "reservations_reservation", ("checkout_id", "shop_id", "branch_id", "mode", "subject")
        ),
    ]
