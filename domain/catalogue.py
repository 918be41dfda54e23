"""The closed catalogue of events: (name, version) to kind of act, and the canonical bytes of what an act says.

A name or a version's meaning never changes. A new shape is a new version, with an upcaster from the one before. An
event that the catalogue does not know stops the reader.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from domain.act import Act, Decision, Payload
from domain.four_eyes import FourEyes, rules_of_the_service
from domain.personal import PREFIX, PROPOSED, TOKEN, Erased, Personal, Seal, Unsealing, Whose, WithoutKeys, changed
from domain.refusals import ContentRefused
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
    """All events of the given registers, which of them need two people, and who opens what is sealed in them."""

    def __init__(
        self, registers: Iterable[Register], vault: Unsealing | None = None, *, four_eyes: FourEyes | None = None
    ) -> None:
        """Without a ``vault`` nothing is sealed, and what was is read as erased."""
        self.vault: Unsealing = WithoutKeys() if vault is None else vault
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

    @cached_property
    def topics(self) -> frozenset[str]:
        """Every name and version that can be read."""
        return frozenset(self._kinds)

    def register_of(self, topic: str) -> Register:
        """The register whose acts are recorded under ``topic``; raises UnknownEvent."""
        return self._known(topic)[0]

    def encode(self, act: Act, seal: Seal | None = None) -> bytes:
        """The canonical bytes of what ``act`` says: sorted keys, no spaces, UTF-8 in NFC.

        With ``seal`` the values of persons and free texts are stored as its tokens. Raises ContentRefused if anything
        else looks like one.
        """
        stated = act.payload.model_dump(mode="json", exclude={"content"})
        stated["content"] = act.fields
        sealed = 0
        if seal is not None:
            sealing = _Sealing(seal)
            stated["content"] = self._content_changed(act.payload.register_name, act.fields, sealing)
            stated |= _free_texts_changed(stated, sealing.value)
            sealed = sealing.tokens
        text = json.dumps(stated, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        if seal is not None and text.count(PREFIX) != sealed:
            raise ContentRefused([("content", LOOKS_SEALED)])
        return unicodedata.normalize("NFC", text).encode()

    def sealed_in(self, topic: str, state: bytes) -> list[tuple[Whose, str, str]]:
        """(whose, field, token) of each sealed value in the stored bytes of an act."""
        if _PREFIX not in state:
            return []
        stated, found = from_json(state), _Finding()
        self._content_changed(self._known(topic)[0].name, stated["content"], found)
        _free_texts_changed(stated, found.value)
        return found.tokens

    def decode(
        self,
        topic: str,
        state: bytes,
        *,
        position: int,
        recorded_at: datetime,
        entry_id: UUID,
        version: int,
        vault: Unsealing | None = None,
    ) -> Act:
        """The act stored as ``state`` under ``topic``. Raises UnreadableEvent on anything unexpected.

        What is sealed is opened by ``vault``, or by the catalogue's own. An act of a person who was erased is read as
        any other, with ``Erased`` in the place of the values.
        """
        register, kind, stored_version, validate, content_fields = self._readers.get(topic) or self._reader(topic)
        try:
            stated = from_json(state, allow_inf_nan=False)
            if stored_version < kind.version:
                stated = _upcast(kind, stored_version, stated)
                state = json.dumps(stated).encode()
            if _PREFIX in state:
                opening = _Opening(vault or self.vault, entry_id)
                state = opening.opened_json(state)
                stated["content"] = self._content_changed(register.name, stated["content"], opening)
                if opening.erased:
                    validate = _READS_ERASED
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

    def _content_changed(
        self, register: str, fields: dict[str, Any], change: _Sealing | _Opening | _Finding
    ) -> dict[str, Any]:
        """The content of an act, its personal values and free texts changed; also those of acts that it proposes."""
        made = changed(fields, self.registers[register].sealed_fields, change.value)
        proposed = fields.get(PROPOSED)
        if isinstance(proposed, list | tuple):
            made[PROPOSED] = [self._proposed_changed(act, change) if isinstance(act, dict) else act for act in proposed]
        return made

    def _proposed_changed(self, act: dict[str, Any], change: _Sealing | _Opening | _Finding) -> dict[str, Any]:
        of_act = change.of_proposed(act)
        content = self._content_changed(act["register_name"], act["content"], of_act)
        return {**act, **_free_texts_changed(act, of_act.value), "content": content}

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


_READS_ERASED: Callable[..., Payload[Any]] = Payload[Any].__pydantic_validator__.validate_json
"""Reads an act in whose content something is erased: as strictly as any, but for the content's own values."""

FREE_TEXTS = ("note", "source")
"""What an act says in any words, beside its content."""

LOOKS_SEALED = "expected text, met what stands in the ledger for a sealed value"
_PREFIX = PREFIX.encode()
_TOKEN = re.compile(TOKEN.pattern.encode())


def _free_texts_changed(stated: Mapping[str, Any], change: Callable[[Whose, str, str], Any]) -> dict[str, Any]:
    return {name: change(Whose.TEXT, name, stated[name]) for name in FREE_TEXTS if stated[name] is not None}


class _Sealing:
    """Seals the values of one act, each in the form in which it is stored, and counts the tokens."""

    def __init__(self, seal: Seal, within: _Sealing | None = None) -> None:
        self._seal, self._within, self.tokens = seal, within, 0

    def of_proposed(self, act: Mapping[str, Any]) -> _Sealing:
        """What seals the values of an act that this one proposes."""
        return _Sealing(self._seal.of_proposed(act), self)

    def value(self, whose: Whose, field: str, text: str) -> str:
        """The token of a value; a value that was read from the ledger keeps the one it has."""
        self._count()
        if PREFIX in text:
            raise ContentRefused([(field, LOOKS_SEALED)])
        return (
            text.token if isinstance(text, Personal) else self._seal(whose, field, unicodedata.normalize("NFC", text))
        )

    def _count(self) -> None:
        self.tokens += 1
        if self._within is not None:
            self._within._count()


class _Opening:
    """Opens what is sealed in one act, and notes whether anything is erased."""

    def __init__(self, vault: Unsealing, entry_id: UUID) -> None:
        self._vault, self._entry_id, self.erased = vault, entry_id, False

    def of_proposed(self, _: Mapping[str, Any]) -> _Opening:
        """The same: what an act proposes is sealed for the entry of that act."""
        return self

    def value(self, _: Whose, __: str, text: str) -> str:
        """The value that is stored as ``text``; one stored before values were sealed is text itself."""
        return self._vault.opened(text, self._entry_id) if text.startswith(PREFIX) else text

    def opened_json(self, state: bytes) -> bytes:
        """The stored JSON with clear values, to be validated."""
        return _TOKEN.sub(self._json, state)

    def _json(self, found: re.Match[bytes]) -> bytes:
        value = self._vault.opened(found.group().decode(), self._entry_id)
        self.erased = self.erased or isinstance(value, Erased)
        return to_json(str(value))[1:-1]


class _Finding:
    """Finds what is sealed in one act."""

    def __init__(self) -> None:
        self.tokens: list[tuple[Whose, str, str]] = []

    def of_proposed(self, _: Mapping[str, Any]) -> _Finding:
        """The same."""
        return self

    def value(self, whose: Whose, field: str, text: str) -> str:
        """Note ``text`` if it is a token."""
        if text.startswith(PREFIX):
            self.tokens.append((whose, field, text))
        return text


_DECISION_FIELDS = len(Decision.model_fields)


def _lacking(content: type[Value], fields: Iterable[str]) -> str:
    """What ``fields``, all known to ``content``, lack of it: what is stored states even what has a default."""
    return f"{content.__name__} lacks {', '.join(sorted(content.model_fields.keys() - set(fields)))}"


def _upcast(kind: ActKind, version: int, stated: dict[str, Any]) -> dict[str, Any]:
    for step in range(version, kind.version):
        stated = kind.upcasts[step](stated)
    return stated
