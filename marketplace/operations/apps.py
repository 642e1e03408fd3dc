from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    name = "marketplace.operations"
    label = "operations"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Caretaker")
