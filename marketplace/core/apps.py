from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "marketplace.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("People and tools")

    def ready(self) -> None:
        from marketplace.core import checks  # noqa: F401, PLC0415
