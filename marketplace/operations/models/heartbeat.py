"""When the things that must run by themselves last ran."""

from django.db import models


class Heartbeat(models.Model):
    """The last time something time-driven finished, for `/readyz`."""

    #: "tick" and whatever else must not fall silent.
    name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], name="operations_heartbeat_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name
