import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from marketplace.core.text import fold


def into_the_registry(apps, schema_editor):
    """Each name once, with the first address and mail that any of its goods has."""
    del schema_editor
    product, manufacturer = apps.get_model("shops.Product"), apps.get_model("shops.Manufacturer")
    known = {}
    for row in product.objects.exclude(manufacturer_name="").order_by("pk").iterator():
        key = fold(row.manufacturer_name)[:120]
        made = known.get(key)
        if made is None:
            made = known[key] = manufacturer(name=row.manufacturer_name, key=key)
        made.address = made.address or row.manufacturer_address
        made.email = made.email or row.manufacturer_email
        made.save()
        product.objects.filter(pk=row.pk).update(manufacturer=made)


def keep_shown(apps, schema_editor):
    """What is on the shelf stays there, to be reserved, until the gate has judged it (`tick`)."""
    del schema_editor
    apps.get_model("shops.Variant").objects.update(gate="RESERVE")


def out_of_the_registry(apps, schema_editor):
    del schema_editor
    product = apps.get_model("shops.Product")
    for row in product.objects.exclude(manufacturer=None).select_related("manufacturer"):
        made = row.manufacturer
        product.objects.filter(pk=row.pk).update(
            manufacturer_name=made.name,
            manufacturer_address=made.address,
            manufacturer_email=made.email,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("shops", "0018_shared_pages_and_names"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Facts",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "food_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("PACKED", "In a package"),
                            ("LOOSE", "Loose, or packed for this sale only"),
                        ],
                        max_length=6,
                    ),
                ),
                ("ingredients", models.TextField(blank=True, max_length=2000)),
                (
                    "allergen_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("NONE", "None of the 14 allergens"),
                            ("LISTED", "These allergens"),
                            ("IN_SHOP", "On request, in writing in the shop"),
                        ],
                        max_length=8,
                    ),
                ),
                ("allergens", models.CharField(blank=True, max_length=130)),
                ("storage", models.CharField(blank=True, max_length=300)),
                ("operator_name", models.CharField(blank=True, max_length=120)),
                ("operator_address", models.CharField(blank=True, max_length=200)),
                ("origin", models.CharField(blank=True, max_length=120)),
                (
                    "alcohol",
                    models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True),
                ),
                (
                    "nutrition_basis",
                    models.CharField(
                        blank=True, choices=[("100G", "100 g"), ("100ML", "100 ml")], max_length=5
                    ),
                ),
                (
                    "energy_kj",
                    models.DecimalField(blank=True, decimal_places=1, max_digits=6, null=True),
                ),
                ("fat", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                (
                    "saturates",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                (
                    "carbohydrate",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                (
                    "sugars",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                (
                    "protein",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                (
                    "salt",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                (
                    "nutrition_exempt",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("UNPROCESSED", "One single unprocessed ingredient"),
                            ("INFUSION", "Tea, coffee, herbs, spices, salt, vinegar"),
                            ("ALCOHOL", "More than 1.2 % alcohol"),
                            ("SMALL_MAKER", "Handmade in small quantities, sold directly"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "husbandry",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("BARN", "Barn"),
                            ("BARN_PLUS", "Barn with more room"),
                            ("FRESH_AIR", "Fresh-air barn"),
                            ("RUN", "Run or pasture"),
                            ("ORGANIC", "Organic"),
                        ],
                        max_length=10,
                    ),
                ),
                ("fibres", models.CharField(blank=True, max_length=400)),
                (
                    "fibre_total",
                    models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True),
                ),
                ("animal_parts", models.BooleanField(default=False)),
                ("eprel_id", models.CharField(blank=True, max_length=20)),
                ("data_sheet", models.URLField(blank=True, max_length=300)),
                ("has_battery", models.BooleanField(blank=True, null=True)),
                ("pictograms", models.CharField(blank=True, max_length=60)),
                (
                    "signal_word",
                    models.CharField(
                        blank=True,
                        choices=[("WARNING", "Warning"), ("DANGER", "Danger")],
                        max_length=7,
                    ),
                ),
                ("phrases", models.CharField(blank=True, max_length=200)),
                ("phrases_text", models.TextField(blank=True, max_length=2000)),
                ("ufi", models.CharField(blank=True, max_length=19)),
                (
                    "rating",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("0", "No age restriction"),
                            ("6", "From 6 years"),
                            ("12", "From 12 years"),
                            ("16", "From 16 years"),
                            ("18", "From 18 years"),
                            ("NONE", "Not rated"),
                        ],
                        max_length=4,
                    ),
                ),
                ("min_age", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("warnings", models.TextField(blank=True, max_length=2000)),
                ("model", models.CharField(blank=True, max_length=80)),
                (
                    "condition",
                    models.CharField(
                        choices=[("NEW", "New"), ("USED", "Used"), ("DEFECT", "Defective copy")],
                        default="NEW",
                        max_length=6,
                    ),
                ),
                (
                    "withdrawal",
                    models.CharField(
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
                        default="",
                        max_length=10,
                    ),
                ),
                ("guarantee_years", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("exemptions", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "verbose_name_plural": "facts",
            },
        ),
        migrations.CreateModel(
            name="Manufacturer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("key", models.CharField(max_length=120, unique=True)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("outside_eu", models.BooleanField(default=False)),
                ("responsible_name", models.CharField(blank=True, max_length=120)),
                ("responsible_address", models.CharField(blank=True, max_length=200)),
                ("responsible_email", models.EmailField(blank=True, max_length=254)),
                ("weee_number", models.CharField(blank=True, max_length=11)),
                ("gtin_prefixes", models.CharField(blank=True, max_length=200)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="ManufacturerNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ManufacturerVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("said", models.JSONField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="product",
            name="shops_product_manufacturer_named",
        ),
        migrations.RenameField(
            model_name="product",
            old_name="manufacturer",
            new_name="manufacturer_name",
        ),
        migrations.AddField(
            model_name="category",
            name="blocked",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="category",
            name="min_age",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="category",
            name="rules",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="product",
            name="review",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Nothing to review"),
                    ("WAITING", "Waits for the city"),
                    ("RELEASED", "Released"),
                    ("REFUSED", "Refused"),
                ],
                db_index=True,
                default="",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="review_reason",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="product",
            name="review_words",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="variant",
            name="energy_range",
            field=models.CharField(
                blank=True,
                choices=[("A-G", "A–G"), ("A-F", "A–F"), ("A-E", "A–E"), ("A-D", "A–D")],
                default="A-G",
                max_length=3,
            ),
        ),
        migrations.AddField(
            model_name="variant",
            name="gate",
            field=models.CharField(
                choices=[
                    ("OPEN", "May be reserved and paid online"),
                    ("RESERVE", "May be reserved, not paid online"),
                    ("CLOSED", "Not shown"),
                ],
                default="CLOSED",
                max_length=7,
            ),
        ),
        migrations.AddField(
            model_name="variant",
            name="gate_badge",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="variant",
            name="gate_reasons",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="variant",
            name="gated_on",
            field=models.DateField(blank=True, db_index=True, null=True),
        ),
        migrations.AddField(
            model_name="variant",
            name="min_age",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=models.Q(("min_age__in", (0, 16, 18))),
                name="shops_category_min_age_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.CheckConstraint(
                condition=models.Q(("gate__in", ["OPEN", "RESERVE", "CLOSED"])),
                name="shops_variant_gate_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.CheckConstraint(
                condition=models.Q(("min_age__in", (0, 16, 18))), name="shops_variant_min_age_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.CheckConstraint(
                condition=models.Q(("energy_range__in", ["", "A-G", "A-F", "A-E", "A-D"])),
                name="shops_variant_energy_range_known",
            ),
        ),
        migrations.AddField(
            model_name="facts",
            name="product",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="facts",
                to="shops.product",
            ),
        ),
        migrations.AddConstraint(
            model_name="manufacturer",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="shops_manufacturer_named"
            ),
        ),
        migrations.AddConstraint(
            model_name="manufacturer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outside_eu", False),
                    models.Q(
                        models.Q(("responsible_name", ""), _negated=True),
                        models.Q(("responsible_address", ""), _negated=True),
                        models.Q(("responsible_email", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="shops_manufacturer_responsible_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="manufacturer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("weee_number", ""), ("weee_number__startswith", "DE "), _connector="OR"
                ),
                name="shops_manufacturer_weee_number_form",
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="manufacturer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="products",
                to="shops.manufacturer",
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(("review__in", ["", "WAITING", "RELEASED", "REFUSED"])),
                name="shops_product_review_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("review", "REFUSED"), _negated=True),
                    models.Q(("review_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="shops_product_refused_with_reason",
            ),
        ),
        migrations.AddField(
            model_name="manufacturernote",
            name="manufacturer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notes",
                to="shops.manufacturer",
            ),
        ),
        migrations.AddField(
            model_name="manufacturernote",
            name="shop",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shops.shop"
            ),
        ),
        migrations.AddField(
            model_name="manufacturerversion",
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
            model_name="manufacturerversion",
            name="manufacturer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="versions",
                to="shops.manufacturer",
            ),
        ),
        migrations.AddConstraint(
            model_name="facts",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("allergen_state", "LISTED"), models.Q(("allergens", ""), _negated=True)
                    ),
                    models.Q(
                        models.Q(("allergen_state", "LISTED"), _negated=True), ("allergens", "")
                    ),
                    _connector="OR",
                ),
                name="shops_facts_allergens_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="facts",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("operator_address", ""),
                    models.Q(("operator_name", ""), _negated=True),
                    _connector="OR",
                ),
                name="shops_facts_operator_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="facts",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("alcohol__isnull", True),
                    models.Q(("alcohol__gte", 0), ("alcohol__lte", 100)),
                    _connector="OR",
                ),
                name="shops_facts_alcohol_possible",
            ),
        ),
        migrations.AddConstraint(
            model_name="facts",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("carbohydrate__isnull", True),
                        ("energy_kj__isnull", True),
                        ("fat__isnull", True),
                        ("nutrition_basis", ""),
                        ("protein__isnull", True),
                        ("salt__isnull", True),
                        ("saturates__isnull", True),
                        ("sugars__isnull", True),
                    ),
                    models.Q(
                        ("carbohydrate__isnull", False),
                        ("energy_kj__isnull", False),
                        ("fat__isnull", False),
                        ("protein__isnull", False),
                        ("salt__isnull", False),
                        ("saturates__isnull", False),
                        ("sugars__isnull", False),
                        ("nutrition_basis__in", ["100G", "100ML"]),
                        ("energy_kj__gte", 0),
                        ("energy_kj__lte", 4000),
                        ("carbohydrate__gte", 0),
                        ("fat__gte", 0),
                        ("protein__gte", 0),
                        ("salt__gte", 0),
                        ("saturates__gte", 0),
                        ("sugars__gte", 0),
                        ("carbohydrate__lte", 100),
                        ("fat__lte", 100),
                        ("protein__lte", 100),
                        ("salt__lte", 100),
                        ("saturates__lte", 100),
                        ("sugars__lte", 100),
                        ("saturates__lte", models.F("fat")),
                        ("sugars__lte", models.F("carbohydrate")),
                    ),
                    _connector="OR",
                ),
                name="shops_facts_nutrition_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="facts",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fibre_total__isnull", True), ("fibres", "")),
                    models.Q(
                        models.Q(("fibres", ""), _negated=True),
                        ("fibre_total", 100),
                        ("fibre_total__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="shops_facts_fibres_are_all",
            ),
        ),
        migrations.AddConstraint(
            model_name="facts",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("min_age__isnull", True), ("min_age__in", (0, 16, 18)), _connector="OR"
                ),
                name="shops_facts_min_age_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="facts",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("guarantee_years__isnull", True),
                    models.Q(("guarantee_years__gte", 1), ("guarantee_years__lte", 99)),
                    _connector="OR",
                ),
                name="shops_facts_guarantee_years_possible",
            ),
        ),
        migrations.AddConstraint(
            model_name="facts",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("allergen_state__in", ["", "NONE", "LISTED", "IN_SHOP"]),
                    ("condition__in", ["NEW", "USED", "DEFECT"]),
                    ("food_kind__in", ["", "PACKED", "LOOSE"]),
                    ("husbandry__in", ["", "BARN", "BARN_PLUS", "FRESH_AIR", "RUN", "ORGANIC"]),
                    (
                        "nutrition_exempt__in",
                        ["", "UNPROCESSED", "INFUSION", "ALCOHOL", "SMALL_MAKER"],
                    ),
                    ("rating__in", ["", "0", "6", "12", "16", "18", "NONE"]),
                    ("signal_word__in", ["", "WARNING", "DANGER"]),
                    (
                        "withdrawal__in",
                        [
                            "",
                            "NONE",
                            "CUSTOM",
                            "PERISHABLE",
                            "HYGIENE",
                            "MEDIA",
                            "MIXED",
                            "NEWSPAPER",
                        ],
                    ),
                ),
                name="shops_facts_words_known",
            ),
        ),
        migrations.AddIndex(
            model_name="manufacturernote",
            index=models.Index(fields=["done_at", "at"], name="shops_manufacturernote_open"),
        ),
        migrations.AddConstraint(
            model_name="manufacturernote",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="shops_manufacturernote_said"
            ),
        ),
        migrations.AddConstraint(
            model_name="manufacturernote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("done_at__isnull", True), ("done_at__gte", models.F("at")), _connector="OR"
                ),
                name="shops_manufacturernote_done_after",
            ),
        ),
        migrations.AddConstraint(
            model_name="manufacturerversion",
            constraint=models.UniqueConstraint(
                fields=("manufacturer", "version"), name="shops_manufacturerversion_once"
            ),
        ),
        # Last: no table of these rows is altered after it.
        migrations.RunPython(into_the_registry, out_of_the_registry),
        migrations.RunPython(keep_shown, migrations.RunPython.noop),
    ]
