"""Tools for looking into a demo, below `/werkbank/`; `marketplace.urls` mounts them there only."""

from django.urls import path

from marketplace.workbench.views import post, styleguide

app_name = "workbench"
urlpatterns = [
    path("styleguide/dunkel.css", styleguide.dark, name="dark"),
    path("werkbank/post/", post.post, name="post"),
    path("werkbank/post/<slug:key>/", post.letter, name="letter"),
    path("werkbank/post/<slug:key>/html/", post.html, name="html"),
    path("werkbank/post/<slug:key>/bild/<str:cid>/", post.picture, name="picture"),
]
