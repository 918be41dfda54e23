"""What is counted in the register of accreditations: an indicator of table 2, and text 2.2.3.

The indicator counts every decision about accreditations, as those of the other registers do: their extensions,
amendments and refusals too. The text itemises accreditations alone: institutions, programmes of general education,
in-service training, vocational orientation and vocational programmes, and of further education only those with an
expert panel. These are 3454 of the 4314. It speaks of extensions to 31.05.2022 and of amended decisions, and gives no
number of either; so what the other 860 were can't be told, and the reconciliation shows that the parts published do
not add up to the figure.
"""

from __future__ import annotations

from domain.accreditations import REGISTER
from domain.register import Titles
from projections.measures import Among, Figure, Measure, Table, Total, among

_R = REGISTER.name
_ACCREDITED = ("accredit",)
_DECIDED = (
    "accredit", "accredit_extraordinarily", "refuse", "defer", "amend", "refuse_amendment", "defer_amendment", "extend",
    "withdraw", "annul",
)  # fmt: skip
_GENERAL, _VOCATIONAL = among("sector", "general"), among("sector", "vocational")
_INSTITUTION, _PROGRAMME = among("subject", "institution"), among("subject", "programme")
_OF_PROGRAMMES = among("subject", "programme", "implementation")
_PANEL = among("panel", "yes")
_WITH_PANEL = Titles("ar ekspertu komisiju", "with an expert panel")
_TERMS = {"2y": Titles("uz 2 gadiem", "for two years"), "6y": Titles("uz 6 gadiem", "for six years")}
_TERMS_IN_WORDS = {"2y": Titles("uz diviem gadiem", "for two years"), "6y": Titles("uz sešiem gadiem", "for six years")}
_TRACKS = {
    "inservice": _WITH_PANEL,
    "further": Titles("tālākizglītības programmas ar ekspertu komisiju", "further education with an expert panel"),
    "arts": Titles("mūzikā un mākslā ar komisiju", "music and art with a panel"),
    "sport": Titles("sportā ar komisiju", "sport with a panel"),
    "secondary": Titles("profesionālās vidējās ar komisiju", "vocational secondary with a panel"),
    "basic": Titles("profesionālās pamatizglītības ar komisiju", "vocational basic with a panel"),
    "craft": Titles("arodizglītības ar komisiju", "craft education with a panel"),
}
"""The tracks of vocational programmes, and what those accredited with a panel are called."""

_BASIC = (_OF_PROGRAMMES, _VOCATIONAL, among("track", "basic"))
"""None of these were accredited for two years: what is not published is no part of a total, so rules count them."""


def _accredited(figure: str, titles: Titles, *where: Among) -> Measure:
    return Measure(figure, titles, _R, _ACCREDITED, "count", where)


def _with_panel(figure: str, titles: Titles, terms: dict[str, Titles], *where: Among) -> tuple[Figure, ...]:
    """Those accredited with a panel, and the same by the terms that are published."""
    total = f"{figure}.panel"
    parts = tuple(f"{total}.{term}" for term in terms)
    by_term = (
        _accredited(f"{total}.{term}", called, *where, _PANEL, among("term", term)) for term, called in terms.items()
    )
    return (Total(total, titles, parts, "count"), *by_term)


def _of_track(track: str) -> tuple[Figure, ...]:
    where = (_OF_PROGRAMMES, _VOCATIONAL, among("track", track))
    return _with_panel(f"s223.vocational.{track}", _TRACKS[track], _TERMS, *where)


def _of_all_tracks(end: str, titles: Titles) -> Total:
    parts = tuple(f"s223.vocational.{track}.{end}" for track in _TRACKS)
    return Total(f"s223.vocational.{end}", titles, parts, "count")


TABLES = (Table("s223", Titles("2.2.3. nodaļas teksts", "Text of section 2.2.3"), "text 2.2.3"),)

MEASURES: tuple[Figure, ...] = (
    Measure("t2.accreditation", Titles("Izglītības kvalitātes novērtēšana (akreditācija)", "Accreditation: acts"),
            _R, _DECIDED, "count", itemised_by=(
                "s223.general.institutions", "s223.general.programmes", "s223.vocational.institutions",
                "s223.vocational.inservice", "s223.vocational.further.panel", "s223.vocational.arts_sport",
                "s223.vocational.programmes")),
    _accredited("s223.general.institutions",
                Titles("vispārējās izglītības iestāžu akreditācijas", "general institutions accredited"),
                _INSTITUTION, _GENERAL),
    _accredited("s223.general.institutions.panel", _WITH_PANEL, _INSTITUTION, _GENERAL, _PANEL),
    _accredited("s223.general.programmes",
                Titles("vispārējās izglītības programmu akreditācijas", "general programmes accredited"),
                _PROGRAMME, _GENERAL),
    *_with_panel("s223.general.programmes", _WITH_PANEL, _TERMS_IN_WORDS, _PROGRAMME, _GENERAL),
    _accredited("s223.vocational.institutions",
                Titles("profesionālās izglītības iestāžu akreditācijas", "vocational institutions accredited"),
                _INSTITUTION, _VOCATIONAL),
    _accredited("s223.vocational.institutions.panel", _WITH_PANEL, _INSTITUTION, _VOCATIONAL, _PANEL),
    _accredited("s223.vocational.inservice", Titles("pilnveides programmu īstenošanā", "in-service programmes"),
                _OF_PROGRAMMES, _VOCATIONAL, among("track", "inservice")),
    *_of_track("inservice"),
    *_of_track("further"),
    _accredited("s223.vocational.arts_sport", Titles("profesionālās ievirzes", "vocationally oriented"),
                _OF_PROGRAMMES, _VOCATIONAL, among("track", "arts", "sport")),
    *_of_track("arts"),
    *_of_track("sport"),
    _accredited("s223.vocational.programmes",
                Titles("profesionālās izglītības programmu akreditācijas", "vocational programmes accredited"),
                _PROGRAMME, _VOCATIONAL, among("track", "secondary", "basic", "craft")),
    *_of_track("secondary"),
    _accredited("s223.vocational.basic.panel", _TRACKS["basic"], *_BASIC, _PANEL),
    _accredited("s223.vocational.basic.panel.6y", _TERMS["6y"], *_BASIC, _PANEL, among("term", "6y")),
    *_of_track("craft"),
    _of_all_tracks("panel", Titles("visas profesionālās programmas ar komisiju", "all vocational with a panel")),
    _of_all_tracks("panel.6y", _TERMS["6y"]),
    _accredited("s223.vocational.panel.2y", _TERMS["2y"],
                _OF_PROGRAMMES, _VOCATIONAL, among("track", *_TRACKS), _PANEL, among("term", "2y")),
)  # fmt: skip
