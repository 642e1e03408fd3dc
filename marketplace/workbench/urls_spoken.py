"""Pages of the demo that speak both languages; mounted there only."""

from django.urls import path

from marketplace.workbench.views import styleguide

app_name = "guide"
urlpatterns = [path("styleguide/", styleguide.styleguide, name="styleguide")]
