"""The registers the service keeps: every module of this folder that declares a ``REGISTER``."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import domain
from domain.register import Register


def all_registers() -> tuple[Register, ...]:
    """All registers, in the order of their names. Adding a register is adding its file."""
    modules = (
        import_module(f"domain.{found.name}")
        for found in pkgutil.iter_modules(domain.__path__)
        if found.name != "registers"
    )
    registers = [module.REGISTER for module in modules if hasattr(module, "REGISTER")]
    return tuple(sorted(registers, key=lambda register: register.name))
