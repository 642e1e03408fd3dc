import django.db.models.deletion
from django.db import migrations, models

from marketplace.core.schema import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("reservations", "0011_confirmations"),
        ("shops", "0022_live_is_trader"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgreedText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "checkout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreed_texts",
                        to="reservations.checkout",
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.legaltext",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("checkout", "text"), name="reservations_agreed_once"
                    )
                ],
            },
        ),
        AppendOnly("reservations_agreedtext"),
    ]
