"""The application that holds the site's model."""

from __future__ import annotations

from django.apps import AppConfig


class Register(AppConfig):
    """The register of institutions."""

    name = "benchmarks.contenders.django_site"
    label = "register"
