import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from marketplace.core.schema import AppendOnly


def take_off_the_shelf(apps, schema_editor):
    """LAW: nobody can declare for a shop that it is a trader; until it does, nobody sees it."""
    apps.get_model("shops", "Shop").objects.filter(is_live=True).update(is_live=False)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_truths"),
        ("shops", "0020_registry"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LegalText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("IMPRINT", "Legal notice (Impressum)"),
                            ("TERMS", "Terms and conditions"),
                            ("WITHDRAWAL", "Withdrawal instruction"),
                            ("FORM", "Model withdrawal form"),
                            ("GUARANTEE", "Statutory and commercial guarantee"),
                            ("DISPUTE", "Consumer arbitration"),
                        ],
                        max_length=10,
                    ),
                ),
                ("language", models.CharField(max_length=5)),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=160)),
                ("body", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("valid_from", models.DateTimeField()),
                ("is_sample", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="OperatorLegal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("legal_name", models.CharField(blank=True, max_length=160)),
                (
                    "legal_form",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("SOLE", "Einzelunternehmen"),
                            ("EK", "eingetragene Kauffrau, eingetragener Kaufmann (e. K.)"),
                            ("GBR", "Gesellschaft bürgerlichen Rechts (GbR)"),
                            ("EGBR", "eingetragene GbR (eGbR)"),
                            ("OHG", "offene Handelsgesellschaft (OHG)"),
                            ("KG", "Kommanditgesellschaft (KG, GmbH & Co. KG)"),
                            ("GMBH", "GmbH"),
                            ("UG", "UG (haftungsbeschränkt)"),
                            ("AG", "Aktiengesellschaft (AG)"),
                            ("EG", "eingetragene Genossenschaft (eG)"),
                            ("EV", "eingetragener Verein (e. V.)"),
                            ("PUBLIC", "Körperschaft des öffentlichen Rechts"),
                            ("OTHER", "andere Rechtsform"),
                        ],
                        max_length=8,
                    ),
                ),
                ("representative", models.CharField(blank=True, max_length=200)),
                ("street", models.CharField(blank=True, max_length=120)),
                ("postcode", models.CharField(blank=True, max_length=5)),
                ("town", models.CharField(blank=True, max_length=80)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("register_court", models.CharField(blank=True, max_length=80)),
                ("register_number", models.CharField(blank=True, max_length=40)),
                ("vat_id", models.CharField(blank=True, max_length=14)),
                ("w_idnr", models.CharField(blank=True, max_length=18)),
                ("authority", models.CharField(blank=True, max_length=200)),
                ("chamber", models.CharField(blank=True, max_length=200)),
                ("profession", models.CharField(blank=True, max_length=200)),
                ("profession_rules", models.CharField(blank=True, max_length=300)),
                (
                    "arbitration",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("REFUSES", "Neither willing nor obliged to take part"),
                            ("WILLING", "Willing to take part"),
                            ("OBLIGED", "Obliged to take part"),
                            ("SILENT", "Says nothing: ten people or fewer, and not obliged"),
                        ],
                        max_length=7,
                    ),
                ),
                ("body_name", models.CharField(blank=True, max_length=160)),
                ("body_address", models.CharField(blank=True, max_length=200)),
                ("body_url", models.URLField(blank=True)),
                ("few_staff", models.BooleanField(default=False)),
                (
                    "operator_model",
                    models.CharField(
                        choices=[
                            ("A", "The city itself"),
                            ("B", "A company of the city"),
                            ("C", "An association, cooperative or private company"),
                        ],
                        max_length=1,
                    ),
                ),
                ("public_share", models.PositiveSmallIntegerField()),
                ("dsa_small", models.BooleanField(default=False)),
                ("dsa_reason", models.CharField(blank=True, max_length=300)),
                ("editor", models.CharField(blank=True, max_length=200)),
                ("saved_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "operators' legal facts",
            },
        ),
        migrations.CreateModel(
            name="ShopLegal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("legal_name", models.CharField(blank=True, max_length=160)),
                (
                    "legal_form",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("SOLE", "Einzelunternehmen"),
                            ("EK", "eingetragene Kauffrau, eingetragener Kaufmann (e. K.)"),
                            ("GBR", "Gesellschaft bürgerlichen Rechts (GbR)"),
                            ("EGBR", "eingetragene GbR (eGbR)"),
                            ("OHG", "offene Handelsgesellschaft (OHG)"),
                            ("KG", "Kommanditgesellschaft (KG, GmbH & Co. KG)"),
                            ("GMBH", "GmbH"),
                            ("UG", "UG (haftungsbeschränkt)"),
                            ("AG", "Aktiengesellschaft (AG)"),
                            ("EG", "eingetragene Genossenschaft (eG)"),
                            ("EV", "eingetragener Verein (e. V.)"),
                            ("PUBLIC", "Körperschaft des öffentlichen Rechts"),
                            ("OTHER", "andere Rechtsform"),
                        ],
                        max_length=8,
                    ),
                ),
                ("representative", models.CharField(blank=True, max_length=200)),
                ("street", models.CharField(blank=True, max_length=120)),
                ("postcode", models.CharField(blank=True, max_length=5)),
                ("town", models.CharField(blank=True, max_length=80)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("register_court", models.CharField(blank=True, max_length=80)),
                ("register_number", models.CharField(blank=True, max_length=40)),
                ("vat_id", models.CharField(blank=True, max_length=14)),
                ("w_idnr", models.CharField(blank=True, max_length=18)),
                ("authority", models.CharField(blank=True, max_length=200)),
                ("chamber", models.CharField(blank=True, max_length=200)),
                ("profession", models.CharField(blank=True, max_length=200)),
                ("profession_rules", models.CharField(blank=True, max_length=300)),
                (
                    "arbitration",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("REFUSES", "Neither willing nor obliged to take part"),
                            ("WILLING", "Willing to take part"),
                            ("OBLIGED", "Obliged to take part"),
                            ("SILENT", "Says nothing: ten people or fewer, and not obliged"),
                        ],
                        max_length=7,
                    ),
                ),
                ("body_name", models.CharField(blank=True, max_length=160)),
                ("body_address", models.CharField(blank=True, max_length=200)),
                ("body_url", models.URLField(blank=True)),
                ("few_staff", models.BooleanField(default=False)),
                (
                    "return_costs",
                    models.CharField(
                        choices=[("SHOP", "The shop"), ("BUYER", "The shopper")],
                        default="SHOP",
                        max_length=5,
                    ),
                ),
                (
                    "return_most",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True),
                ),
                ("fetches_returns", models.BooleanField(default=False)),
                ("return_address", models.CharField(blank=True, max_length=200)),
                ("terms_de", models.TextField(blank=True, max_length=20000)),
                ("terms_en", models.TextField(blank=True, max_length=20000)),
                ("guarantee_de", models.TextField(blank=True, max_length=6000)),
                ("guarantee_en", models.TextField(blank=True, max_length=6000)),
                ("saved_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "shops' legal facts",
            },
        ),
        migrations.CreateModel(
            name="VatCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("vat_id", models.CharField(max_length=14)),
                ("at", models.DateTimeField()),
                ("method", models.CharField(max_length=20)),
                ("is_valid", models.BooleanField()),
                ("evidence", models.CharField(max_length=120)),
            ],
        ),
        migrations.AddField(
            model_name="shop",
            name="trader_declared_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="legaltext",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="legaltext",
            name="city",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="legal_texts",
                to="shops.city",
            ),
        ),
        migrations.AddField(
            model_name="legaltext",
            name="shop",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="legal_texts",
                to="shops.shop",
            ),
        ),
        migrations.AddField(
            model_name="operatorlegal",
            name="city",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="operator",
                to="shops.city",
            ),
        ),
        migrations.AddField(
            model_name="shoplegal",
            name="shop",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="legal", to="shops.shop"
            ),
        ),
        migrations.AddField(
            model_name="vatcheck",
            name="shop",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="vat_checks",
                to="shops.shop",
            ),
        ),
        migrations.AddConstraint(
            model_name="legaltext",
            constraint=models.UniqueConstraint(
                fields=("shop", "kind", "language", "number"), name="shops_legaltext_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="legaltext",
            constraint=models.UniqueConstraint(
                condition=models.Q(("shop__isnull", True)),
                fields=("city", "kind", "language", "number"),
                name="shops_legaltext_operators_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="legaltext",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["IMPRINT", "TERMS", "WITHDRAWAL", "FORM", "GUARANTEE", "DISPUTE"])
                ),
                name="shops_legaltext_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="legaltext",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_from__gte", models.F("created_at"))),
                name="shops_legaltext_not_before_written",
            ),
        ),
        migrations.AddConstraint(
            model_name="legaltext",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("title", ""), _negated=True),
                    models.Q(("body", ""), _negated=True),
                    models.Q(("sha256", ""), _negated=True),
                ),
                name="shops_legaltext_said",
            ),
        ),
        migrations.AddConstraint(
            model_name="operatorlegal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("arbitration__in", ["", "REFUSES", "SILENT"]),
                    models.Q(
                        models.Q(("body_name", ""), _negated=True),
                        models.Q(("body_address", ""), _negated=True),
                        models.Q(("body_url", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="shops_operatorlegal_body_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="operatorlegal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("arbitration", "SILENT"), _negated=True),
                    ("few_staff", True),
                    _connector="OR",
                ),
                name="shops_operatorlegal_silent_is_small",
            ),
        ),
        migrations.AddConstraint(
            model_name="operatorlegal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("operator_model", "A"), ("public_share", 100)),
                    models.Q(("operator_model", "B"), ("public_share__range", (51, 100))),
                    models.Q(("operator_model", "C"), ("public_share__lte", 50)),
                    _connector="OR",
                ),
                name="shops_operatorlegal_model_and_share",
            ),
        ),
        migrations.AddConstraint(
            model_name="operatorlegal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("dsa_small", False),
                    models.Q(("public_share__lt", 25), models.Q(("dsa_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="shops_operatorlegal_small_is_private",
            ),
        ),
        migrations.AddConstraint(
            model_name="shoplegal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("arbitration__in", ["", "REFUSES", "SILENT"]),
                    models.Q(
                        models.Q(("body_name", ""), _negated=True),
                        models.Q(("body_address", ""), _negated=True),
                        models.Q(("body_url", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="shops_shoplegal_body_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="shoplegal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("arbitration", "SILENT"), _negated=True),
                    ("few_staff", True),
                    _connector="OR",
                ),
                name="shops_shoplegal_silent_is_small",
            ),
        ),
        migrations.AddConstraint(
            model_name="shoplegal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fetches_returns", False), ("return_costs", "SHOP"), _connector="OR"
                ),
                name="shops_shoplegal_fetching_is_free",
            ),
        ),
        migrations.AddConstraint(
            model_name="shoplegal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("return_most__isnull", True),
                    models.Q(("return_costs", "BUYER"), ("return_most__gt", 0)),
                    _connector="OR",
                ),
                name="shops_shoplegal_most_is_the_buyers",
            ),
        ),
        migrations.AddIndex(
            model_name="vatcheck",
            index=models.Index(fields=["shop", "-at"], name="shops_vatcheck_latest"),
        ),
        AppendOnly("shops_legaltext", blankable=("by_id",)),
        AppendOnly("shops_vatcheck"),
        migrations.RunPython(take_off_the_shelf, migrations.RunPython.noop),
    ]
