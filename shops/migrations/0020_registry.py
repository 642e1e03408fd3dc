from django.db import migrations

from marketplace.core.schema import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("shops", "0019_facts")]

    operations = [
        migrations.RemoveField("product", "manufacturer_name"),
        migrations.RemoveField("product", "manufacturer_address"),
        migrations.RemoveField("product", "manufacturer_email"),
        AppendOnly("shops_manufacturerversion", blankable=("by_id",)),
    ]
