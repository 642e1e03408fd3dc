from django.urls import path

from marketplace.payments.views import webhook

app_name = "payments"
urlpatterns = [
    path("stripe/webhook/", webhook.receive, name="webhook"),
]
