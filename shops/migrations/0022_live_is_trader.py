from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shops", "0021_legal_texts")]

    operations = [
        migrations.AddConstraint(
            model_name="shop",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_live", False), ("trader_declared_at__isnull", False), _connector="OR"
                ),
                name="shops_shop_live_is_trader",
            ),
        ),
    ]
