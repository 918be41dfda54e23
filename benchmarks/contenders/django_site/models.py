"""An institution: the columns of an institution's content, its history kept by django-simple-history."""

from __future__ import annotations

from django.db import models
from simple_history.models import HistoricalRecords


class Institution(models.Model):
    """What the register holds of an institution."""

    name = models.CharField(max_length=1000, db_index=True)
    registration_number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=60, db_index=True)
    type = models.CharField(max_length=60, db_index=True)
    legal_status = models.CharField(max_length=60, db_index=True)
    founders = models.JSONField()
    address = models.CharField(max_length=1000)
    head = models.CharField(max_length=1000, null=True, blank=True)
    phones = models.JSONField(default=list, blank=True)
    emails = models.JSONField(default=list, blank=True)
    contact_person = models.CharField(max_length=1000, null=True, blank=True)
    branches = models.PositiveIntegerField(default=0)
    units = models.PositiveIntegerField(default=0)
    programme_sites = models.JSONField(default=list, blank=True)
    territory = models.CharField(max_length=2, null=True, blank=True, db_index=True)
    founder_class = models.CharField(max_length=1, null=True, blank=True)
    predecessors = models.JSONField(default=list, blank=True)
    successors = models.JSONField(default=list, blank=True)
    status = models.CharField(max_length=20, default="registered", db_index=True)

    history = HistoricalRecords()

    class Meta:
        """Where it belongs."""

        app_label = "register"
