"""The site's endpoints, as Django REST framework's documentation writes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from rest_framework import filters, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from benchmarks.contenders.django_site.models import Institution


class InstitutionSerializer(serializers.ModelSerializer):
    """An institution as JSON."""

    class Meta:
        """All columns but those that are not public."""

        model = Institution
        exclude = ("contact_person",)


class InstitutionViewSet(viewsets.ModelViewSet):
    """Institutions, now or (``as_of``) in the past; acts carry their content and the decision behind it."""

    serializer_class = InstitutionSerializer
    lookup_field = "registration_number"
    filter_backends = (filters.OrderingFilter,)
    ordering_fields = ("name", "registration_number")
    ordering = ("name",)

    def get_queryset(self) -> QuerySet[Institution]:
        """The institutions at the moment asked about."""
        as_of = self.request.query_params.get("as_of")
        return Institution.history.as_of(datetime.fromisoformat(as_of)) if as_of else Institution.objects.all()

    def create(self, request: Request, *_: Any, **__: Any) -> Response:
        """Register an institution."""
        serializer = self.get_serializer(data=request.data["content"])
        return self._save(serializer, request, 201)

    @action(detail=True, methods=["post"])
    def acts(self, request: Request, **_: Any) -> Response:
        """Amend an institution."""
        with transaction.atomic():
            institution = Institution.objects.select_for_update().get(
                registration_number=self.kwargs["registration_number"]
            )
            serializer = self.get_serializer(institution, data=request.data["content"], partial=True)
            return self._save(serializer, request, 201)

    def _save(self, serializer: InstitutionSerializer, request: Request, status: int) -> Response:
        serializer.is_valid(raise_exception=True)
        if serializer.instance is not None:
            serializer.instance._change_reason = request.data["decision"]["number"]
        with transaction.atomic():
            serializer.save()
        return Response(serializer.data, status=status)


router = SimpleRouter(trailing_slash=False)
router.register("institutions", InstitutionViewSet, basename="institution")
urlpatterns = router.urls
