import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from marketplace.core.schema import FrozenColumns


class Migration(migrations.Migration):
    dependencies = [
        ("reservations", "0007_prices_by_law"),
        ("shops", "0020_registry"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="line",
            name="min_age",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="reservation",
            name="age_checked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="reservation",
            name="age_checked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("age_checked_at__isnull", True), ("age_checked_by__isnull", True)),
                    models.Q(("age_checked_at__isnull", False), ("age_checked_by__isnull", False)),
                    _connector="OR",
                ),
                name="reservations_age_checked_by_somebody",
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
                "quantity",
            ),
        ),
        FrozenColumns(
            "reservations_reservation", ("checkout_id", "shop_id", "branch_id", "mode", "subject")
        ),
    ]
