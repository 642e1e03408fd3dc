from django.urls import path

from marketplace.operations.views import probes

app_name = "operations"
urlpatterns = [
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
]
