"""Doors for machines, below `/api/v1/`. The manual for people stands with the pages."""

from django.urls import path

from marketplace.api.doors import doors
from marketplace.api.views import manual

app_name = "api"
urlpatterns = [path("openapi.json", manual.contract, name="contract"), *doors()]
