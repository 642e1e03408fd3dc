from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RetailConfig(AppConfig):
    name = "marketplace.retail"
    label = "retail"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Retailers' rooms")
