"""The closed catalogue of events: (name, version) to kind of act, and the canonical bytes of what an act says.

A name or a version's meaning never changes. A new shape is a new version, with an upcaster from the one before. An
event that the catalogue does not know stops the reader.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import from_json

from domain.act import Act, Decision, Payload
from domain.four_eyes import FourEyes, rules_of_the_service
from domain.register import ActKind, Register
from domain.stated_fields import StatedFields
from domain.value import Value


class UnreadableEvent(Exception):
    """A stored event that this version of the software can't read. Reading stops here."""


class UnknownEvent(UnreadableEvent):
    """An event whose name or version is not in the catalogue."""


def stated_fields(content: Value) -> dict[str, Any]:
    """The content of an act as plain JSON values: what the act states."""
    return content.model_dump(mode="json")


def topic_of(kind: ActKind) -> str:
    """The event's name and version as stored, e.g. ``institution.amended:1``."""
    return f"{kind.event}:{kind.version}"


class _Reader(NamedTuple):
    """How an event is read: ``validate`` reads what it says from JSON; ``fields`` is how many its content states."""

    register: Register
    kind: ActKind
    version: int
    validate: Callable[..., Payload[Any]]
    fields: int | None


class Catalogue:
    """All events of the given registers, and which of them need two people: by the rules of the service, or others."""

    def __init__(self, registers: Iterable[Register], four_eyes: FourEyes | None = None) -> None:
        self.four_eyes = rules_of_the_service() if four_eyes is None else four_eyes
        self.registers = {register.name: register for register in registers}
        self._kinds: dict[str, tuple[Register, ActKind, int]] = {}
        self._readers: dict[str, _Reader] = {}
        for register in self.registers.values():
            for kind in register.kinds:
                for version in range(1, kind.version + 1):
                    self._enter(f"{kind.event}:{version}", register, kind, version)

    def _enter(self, topic: str, register: Register, kind: ActKind, version: int) -> None:
        if topic in self._kinds:
            raise ValueError(f"event {topic} stands twice in the catalogue")
        if version < kind.version and version not in kind.upcasts:
            raise ValueError(f"event {topic} has no upcaster to version {version + 1}")
        self._kinds[topic] = (register, kind, version)

    @property
    def topics(self) -> frozenset[str]:
        """Every name and version that can be read."""
        return frozenset(self._kinds)

    def register_of(self, topic: str) -> Register:
        """The register whose acts are recorded under ``topic``; raises UnknownEvent."""
        return self._known(topic)[0]

    def encode(self, act: Act) -> bytes:
        """The canonical bytes of what ``act`` says: sorted keys, no spaces, UTF-8 in NFC."""
        stated = act.payload.model_dump(mode="json", exclude={"content"})
        stated["content"] = act.fields
        text = json.dumps(stated, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return unicodedata.normalize("NFC", text).encode()

    def decode(
        self, topic: str, state: bytes, *, position: int, recorded_at: datetime, entry_id: UUID, version: int
    ) -> Act:
        """The act stored as ``state`` under ``topic``. Raises UnreadableEvent on anything unexpected."""
        register, kind, stored_version, validate, content_fields = self._readers.get(topic) or self._reader(topic)
        try:
            stated = from_json(state, allow_inf_nan=False)
            if stored_version < kind.version:
                stated = _upcast(kind, stored_version, stated)
                state = json.dumps(stated).encode()
            payload = validate(state, strict=True)
        except (ValidationError, ValueError) as error:
            raise UnreadableEvent(f"position {position}, {topic}: {error}") from error
        if payload.register_name != register.name:
            raise UnreadableEvent(f"position {position}: {topic} names register {payload.register_name!r}")
        fields = stated["content"]
        if len(stated["decision"]) != _DECISION_FIELDS:
            raise UnreadableEvent(f"position {position}, {topic}: {_lacking(Decision, stated['decision'])}")
        if content_fields is not None and len(fields) != content_fields:
            raise UnreadableEvent(f"position {position}, {topic}: {_lacking(kind.content, fields)}")
        return Act(position, recorded_at, entry_id, version, kind, payload, fields)

    def _reader(self, topic: str) -> _Reader:
        register, kind, version = self._known(topic)
        # What a validated type's own method does besides costs as much as reading a field or two, for every act.
        validate = kind.payload_type.__pydantic_validator__.validate_json
        fields = None if issubclass(kind.content, StatedFields) else len(kind.content.model_fields)
        reader = self._readers[topic] = _Reader(register, kind, version, validate, fields)
        return reader

    def _known(self, topic: str) -> tuple[Register, ActKind, int]:
        try:
            return self._kinds[topic]
        except KeyError:
            raise UnknownEvent(f"event {topic!r} is not in the catalogue of this version") from None


_DECISION_FIELDS = len(Decision.model_fields)


def _lacking(content: type[Value], fields: Iterable[str]) -> str:
    """What ``fields``, all known to ``content``, lack of it: what is stored states even what has a default."""
    return f"{content.__name__} lacks {', '.join(sorted(content.model_fields.keys() - set(fields)))}"


def _upcast(kind: ActKind, version: int, stated: dict[str, Any]) -> dict[str, Any]:
    for step in range(version, kind.version):
        stated = kind.upcasts[step](stated)
    return stated
