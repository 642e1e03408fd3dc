from django.db import migrations

from marketplace.core.schema import FrozenColumns


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("core", "0002_truths")]

    operations = [
        FrozenColumns(
            "payments_payment", ("subject", "account_id", "shop_id", "amount", "fee", "created_at")
        ),
        FrozenColumns("payments_refund", ("payment_id", "nonce", "amount", "is_ours", "asked_at")),
        FrozenColumns(
            "payments_operation",
            ("kind", "lane", "payment_id", "refund_id", "account_id", "key", "payload"),
        ),
        FrozenColumns(
            "payments_providerevent",
            (
                "provider_id",
                "kind",
                "account_ref",
                "object_kind",
                "object_ref",
                "intent_ref",
                "reference",
                "livemode",
                "made_at",
                "received_at",
            ),
        ),
    ]
