"""Every path of the service, in the order in which paths are tried."""

from __future__ import annotations

from functools import cache

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from api.acts import acts_router
from api.applications import applications_router
from api.audit import audit_router
from api.exactly import Exactly
from api.explanations import explanations_router
from api.extract_checks import checks_router
from api.extracts import extract_router, extracts_router
from api.four_eyes import four_eyes_router
from api.health import health_router
from api.log import log_router
from api.map_proofs import map_proofs_router
from api.outside import outside_router
from api.persons import persons_router
from api.proposals import proposals_router
from api.readings import of_entry_router, readings_router
from api.reads import Reads
from api.recording import recording_router, together_router
from api.reference import reference_router
from api.registers import register_router, registers_router
from api.series import series_router
from api.signing_in import sessions_router
from api.statistics import statistics_router
from domain.register import Register
from domain.register_maps import is_mapped


@cache
def routes_of(registers: tuple[Register, ...]) -> list[BaseRoute]:
    """The paths of a service with these registers.

    They know nothing of the service that answers, so a process works them out once. They stand in one list: a router
    that is included in another one is worked out a second time, when the first request comes.
    """
    reading = [register_router(register) for register in registers]
    proving = [map_proofs_router(register) for register in registers if is_mapped(register)]
    recorded = [register for register in registers if register.recorded_by == "clerks"]
    routers = [sessions_router(), registers_router(), *proving]
    for register, router in zip(registers, reading, strict=True):
        routers += [router, of_entry_router(register), explanations_router(register)]
        if register in recorded:
            routers.append(recording_router(register))
    routers += [extract_router(register) for register in recorded]
    routers += [
        extracts_router(), checks_router(), acts_router(), applications_router(), readings_router(), persons_router(),
        audit_router(), together_router(recorded), proposals_router(), four_eyes_router(), series_router(),
        statistics_router(), outside_router(), log_router(), reference_router(), health_router(),
    ]  # fmt: skip
    routes = [route for router in routers for route in router.routes]
    for route in routes:
        if isinstance(route, APIRoute):
            route.app = Exactly(route.app, route)
    return [Reads([*proving, *reading]), *routes]
