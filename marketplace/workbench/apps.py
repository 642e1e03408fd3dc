from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkbenchConfig(AppConfig):
    name = "marketplace.workbench"
    label = "workbench"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Workbench")
