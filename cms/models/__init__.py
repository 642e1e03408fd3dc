from .images import CityImage, CityRendition
from .pages import CampaignIndex, CampaignPage, ContentPage, GuidePage, HomePage, Published

__all__ = [
    "CampaignIndex",
    "CampaignPage",
    "CityImage",
    "CityRendition",
    "ContentPage",
    "GuidePage",
    "HomePage",
    "Published",
]
