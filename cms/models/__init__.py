from .images import CityImage, CityRendition
from .pages import ContentPage, HomePage

__all__ = [
    "CityImage",
    "CityRendition",
    "ContentPage",
    "HomePage",
]
