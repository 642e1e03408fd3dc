from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class CmsConfig(AppConfig):
    default = True
    name = "cms"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("City pages")

    def ready(self) -> None:
        from wagtail.models import Page  # noqa: PLC0415

        from cms import checks  # noqa: F401, PLC0415
        from cms.desk import start_chooser_without_script  # noqa: PLC0415 needs Wagtail's models
        from cms.domain import report_mails  # noqa: PLC0415
        from cms.models import Published  # noqa: PLC0415
        from cms.models.living import Living  # noqa: PLC0415
        from cms.views import pages  # noqa: PLC0415

        start_chooser_without_script()
        report_mails.register()
        Published.read = staticmethod(pages.read)
        Living.sample = staticmethod(pages.sample)
        Page.route_for_request = staticmethod(pages.route)  # Wagtail has no hook before it looks
        self._keep_frames()

    def _keep_frames(self) -> None:
        """Tell the cities their menus anew when a page comes, goes, moves or is renamed.

        Wagtail's own signals: its hooks know only the desk, not the schedule or a translation.
        """
        from wagtail import signals  # noqa: PLC0415

        from cms.views import frame, legal  # noqa: PLC0415

        signals.page_published.connect(legal.keep, dispatch_uid="cms.versions.published")
        signals.page_published.connect(frame.changed, dispatch_uid="cms.frame.published")
        signals.page_unpublished.connect(frame.gone, dispatch_uid="cms.frame.unpublished")
        signals.page_slug_changed.connect(frame.changed, dispatch_uid="cms.frame.slug")
        signals.post_page_move.connect(frame.changed, dispatch_uid="cms.frame.moved")


class PeopleConfig(WagtailUsersAppConfig):
    """Wagtail's app for people, with forms for our User, who has one name and no username."""

    default = False
    user_viewset = "cms.views.people.PeopleViewSet"

    def ready(self) -> None:
        super().ready()
        from wagtail.admin.views.account import NameEmailSettingsPanel  # noqa: PLC0415

        from cms.forms import OwnNameForm  # noqa: PLC0415 needs the models

        NameEmailSettingsPanel.form_class = OwnNameForm
