"""What is counted of psychologists' certificates and supervisors' licences: its part of text 2.2.1, an indicator.

A psychologist with certificates in several areas is one certified psychologist.
"""

from __future__ import annotations

from domain.psychologist_certificates import CERTIFICATE, IN_FORCE, LICENCE, REGISTER
from domain.register import Titles
from projections.measures import Figure, Measure, Share, Stock, among

_R = REGISTER.name
_CERTIFICATES, _LICENCES = among("kind", CERTIFICATE), among("kind", LICENCE)

MEASURES: tuple[Figure, ...] = (
    Share("t2.psychologists_certified_share",
          Titles("Sertificēto psihologu īpatsvars", "Share of registered psychologists who are certified"),
          "s221.psychologists.stock.certified", "s221.psychologists.stock"),
    Measure("s221.psychologists.certificates", Titles("izsniegti sertifikāti", "certificates issued"),
            _R, ("issue",), "count", (_CERTIFICATES,)),
    Measure("s221.psychologists.supervisors", Titles("psihologa-pārrauga apliecības", "supervisor licences issued"),
            _R, ("issue",), "count", (_LICENCES,)),
    Stock("s221.psychologists.stock.certified", Titles("no tiem sertificēti", "of them certified"),
          _R, (IN_FORCE,), (_CERTIFICATES,), distinct="holder"),
)  # fmt: skip
