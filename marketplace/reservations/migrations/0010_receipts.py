import django.db.models.deletion
from django.db import migrations, models

from marketplace.core.schema import AppendOnly, FrozenColumns


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0004_notes"),
        ("reservations", "0009_withdrawals"),
        ("shops", "0024_city_plate"),
    ]

    operations = [
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveIntegerField()),
                ("number", models.CharField(max_length=40, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("RECEIPT", "Receipt"),
                            ("INVOICE", "Invoice"),
                            ("CORRECTION", "Correction of an invoice"),
                        ],
                        max_length=10,
                    ),
                ),
                ("issued_at", models.DateTimeField()),
                ("language", models.CharField(max_length=8)),
                ("total", models.DecimalField(decimal_places=2, max_digits=10)),
                ("content", models.JSONField()),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("sha256", models.CharField(max_length=64)),
                (
                    "about",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="later",
                        to="reservations.receipt",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.payment",
                    ),
                ),
                (
                    "reservation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="reservations.reservation",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Paper",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                (
                    "receipt",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="paper",
                        to="reservations.receipt",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InvoiceAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("addition", models.CharField(blank=True, max_length=120)),
                ("street", models.CharField(max_length=120)),
                ("postcode", models.CharField(max_length=10)),
                ("town", models.CharField(max_length=80)),
                (
                    "receipt",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="address",
                        to="reservations.receipt",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "invoice addresses",
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("prefix", models.CharField(max_length=32, unique=True)),
                ("last", models.PositiveIntegerField(default=0)),
                ("last_hash", models.CharField(blank=True, max_length=64)),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "series",
            },
        ),
        migrations.AddField(
            model_name="receipt",
            name="series",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="receipts",
                to="reservations.series",
            ),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.UniqueConstraint(
                fields=("shop", "year"), name="reservations_series_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("last", 0), ("last_hash", "")),
                    models.Q(("last__gt", 0), models.Q(("last_hash", ""), _negated=True)),
                    _connector="OR",
                ),
                name="reservations_series_has_hash",
            ),
        ),
        migrations.AddIndex(
            model_name="receipt",
            index=models.Index(fields=["shop", "issued_at"], name="reservations_receipt_of_shop"),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(
                fields=("series", "place"), name="reservations_receipt_place_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "RECEIPT")),
                fields=("payment",),
                name="reservations_receipt_once_per_payment",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "INVOICE")),
                fields=("about",),
                name="reservations_invoice_once_per_receipt",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["RECEIPT", "INVOICE", "CORRECTION"])),
                name="reservations_receipt_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("about__isnull", True), ("kind", "RECEIPT")),
                    models.Q(
                        models.Q(("kind", "RECEIPT"), _negated=True), ("about__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="reservations_receipt_about",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "CORRECTION"), ("total__lt", 0)),
                    models.Q(models.Q(("kind", "CORRECTION"), _negated=True), ("total__gt", 0)),
                    _connector="OR",
                ),
                name="reservations_receipt_sign",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("place", 1), ("previous", "")),
                    models.Q(("place__gt", 1), models.Q(("previous", ""), _negated=True)),
                    _connector="OR",
                ),
                name="reservations_receipt_chained",
            ),
        ),
        FrozenColumns("reservations_series", ("shop_id", "year", "prefix")),
        AppendOnly("reservations_receipt"),
        AppendOnly("reservations_invoiceaddress"),
        AppendOnly("reservations_paper"),
    ]
