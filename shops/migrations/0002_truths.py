from django.db import migrations

from marketplace.core.schema import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("shops", "0001_initial"), ("core", "0002_truths")]

    operations = [
        AppendOnly("shops_movement", blankable=("by_id",)),
        AppendOnly("shops_pricechange"),
    ]
