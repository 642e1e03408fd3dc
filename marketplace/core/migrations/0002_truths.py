from django.db import migrations

from marketplace.core.schema import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [AppendOnly("core_logentry", blankable=("actor_id",))]
