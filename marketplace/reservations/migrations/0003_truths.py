from django.db import migrations

from marketplace.core.schema import FrozenColumns


class Migration(migrations.Migration):
    dependencies = [("reservations", "0002_initial"), ("core", "0002_truths")]

    operations = [
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
                "quantity",
            ),
        ),
        FrozenColumns("reservations_reservation", ("checkout_id", "shop_id", "branch_id", "mode")),
        FrozenColumns("reservations_checkout", ("city_id", "nonce", "wording", "placed_at")),
    ]
