"""A figure's counting rule in plain words, from the rule that stands beside each figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.institution_types import KINDS
from domain.register import Register, Titles
from domain.registers import all_registers
from replay.report.words import Language, number_said, said

_TOTAL = Titles("Summa: {parts}.", "The sum of: {parts}.")
_SHARE = Titles("{part} procentos no {whole}.", "{part} as a percentage of {whole}.")
_STOCK = Titles(
    "{register}: ieraksti, kuru statuss 31. decembra beigās ir {statuses}{where}{rounded}.",
    "{register}: entries with the status {statuses} at the end of 31 December{where}{rounded}.",
)
_DISTINCT_STOCK = Titles(
    "{register}: dažādi «{distinct}» ierakstos, kuru statuss 31. decembra beigās ir {statuses}{where}{rounded}.",
    "{register}: different values of “{distinct}” in entries with the status {statuses} at the end of"
    " 31 December{where}{rounded}.",
)
_ROUNDED = Titles("; noapaļots līdz {to}", "; rounded to {to}")
_DECISIONS = Titles(
    "{register}: dažādi lēmumi (pēc numura un datuma), ar kuriem izdarīts akts {kinds}{where}; {by}.",
    "{register}: different decisions (by number and date) that made the act {kinds}{where}; {by}.",
)
_PERSONS = Titles(
    "{register}: dažādas personas, par kurām ir akts {kinds}{where}; {by}.",
    "{register}: different persons about whom there is the act {kinds}{where}; {by}.",
)
_DISTINCT = Titles(
    "{register}: dažādi «{distinct}» aktos {kinds}{where}; {by}.",
    "{register}: different values of “{distinct}” in the acts {kinds}{where}; {by}.",
)
_SUM = Titles(
    "{register}: «{sum_of}» summa aktos {kinds}{where}; {by}.",
    "{register}: the sum of “{sum_of}” over the acts {kinds}{where}; {by}.",
)
_ACTS = Titles(
    "{register}: akti {kinds}, katra ieraksta akts atsevišķi{where}; {by}.",
    "{register}: acts {kinds}, each entry's act by itself{where}; {by}.",
)
_WHERE = Titles("; tikai: {conditions}", "; only: {conditions}")
_OR = Titles(" vai ", " or ")
_BY = {
    "decided_on": Titles("pēc lēmuma gada", "by the year of the decision"),
    "school_year": Titles("pēc mācību gada", "by the school year"),
}
_COLUMNS = {
    "form": Titles("forma", "form"),
    "kind": Titles("veids", "kind"),
    "type": Titles("tips", "type"),
    "basis": Titles("pamats", "basis"),
    "founder_class": Titles("dibinātājs", "founder"),
}
_VALUES = {
    "written": Titles("rakstisks lēmums", "written decision"),
    "entry": Titles("ieraksts", "entry"),
    "new": Titles("jauna iestāde", "new institution"),
    "type_or_name_changed": Titles("mainīts tips vai nosaukums", "type or name changed"),
    "reorganised": Titles("reorganizēta", "reorganised"),
    "private": Titles("privāts", "private"),
    "natural": Titles("fiziska persona", "natural person"),
    "legal": Titles("juridiska persona", "legal person"),
    **{kind: Titles(label.lv.strip(), label.en) for kind, label in KINDS.items()},
}
"""What conditions are called. One without a name here is told by the name that the rule has for it."""


def rule_said(rule: Mapping[str, Any], called: Mapping[str, str], language: Language) -> str:
    """``rule`` in plain words; ``called`` is what the other figures are called, by id."""
    if "total_of" in rule:
        return said(_TOTAL, language, parts=" + ".join(_quoted(called.get(p, p), language) for p in rule["total_of"]))
    if "percent" in rule:
        part, whole = (_quoted(called.get(rule[key], rule[key]), language) for key in ("percent", "of"))
        return said(_SHARE, language, part=part, whole=whole)
    register = _registers().get(rule["register"])
    about = {"register": rule["register"] if register is None else said(register.titles, language)}
    about["where"] = _where(rule["where"], language)
    if "statuses" in rule:
        return _stock_said(rule, register, about, language)
    about["kinds"] = _listed(rule["acts"], _kinds(register), language)
    about["by"] = said(_BY[rule["by"]], language)
    return said(_flow(rule), language, **about, distinct=rule.get("distinct", ""), sum_of=rule.get("sum_of", ""))


def _flow(rule: Mapping[str, Any]) -> Titles:
    if rule["unit"] == "acts":
        return _DECISIONS
    if "distinct" in rule:
        return _PERSONS if rule["unit"] == "persons" else _DISTINCT
    return _SUM if "sum_of" in rule else _ACTS


def _stock_said(rule: Mapping[str, Any], register: Register | None, about: dict[str, str], language: Language) -> str:
    known = {} if register is None else register.statuses
    to = rule.get("rounded_to")
    rounded = "" if to is None else said(_ROUNDED, language, to=number_said(to, language))
    statuses = _listed(rule["statuses"], known, language)
    template = _DISTINCT_STOCK if "distinct" in rule else _STOCK
    return said(template, language, **about, statuses=statuses, rounded=rounded, distinct=rule.get("distinct", ""))


def _where(conditions: Mapping[str, list[str]], language: Language) -> str:
    if not conditions:
        return ""
    told = [f"{_named(column, _COLUMNS, language)} {_listed(v, _VALUES, language)}" for column, v in conditions.items()]
    return said(_WHERE, language, conditions=", ".join(told))


def _listed(names: list[str], known: Mapping[str, Titles], language: Language) -> str:
    return said(_OR, language).join(_quoted(_named(name, known, language), language) for name in names)


def _quoted(text: str, language: Language) -> str:
    return f"«{text}»" if language == "lv" else f"“{text}”"


def _named(name: str, known: Mapping[str, Titles], language: Language) -> str:
    return said(known[name], language) if name in known else name


def _kinds(register: Register | None) -> dict[str, Titles]:
    return {} if register is None else {verb: kind.titles for verb, kind in register.by_verb.items()}


def _registers() -> dict[str, Register]:
    return {register.name: register for register in all_registers()}
