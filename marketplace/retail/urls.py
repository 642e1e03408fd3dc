from django.urls import URLPattern, URLResolver

app_name = "retail"
urlpatterns: list[URLPattern | URLResolver] = []
