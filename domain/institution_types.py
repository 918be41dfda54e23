"""Kinds (veids), types (tips) and legal statuses of institutions, as the register's export of 2020 names them.

The codes are ours; the Latvian labels are the export's own, spaces at their ends included, because the export
writes them so. ``number_codes`` are digits 3-4 of the registration numbers seen with a type, the usual one first.
International schools (International Schools Law, in force since 11 July 2020) came after it: no number of theirs has
been seen, so that theirs have to be supplied, and their labels are the law's.
"""

from __future__ import annotations

from typing import Literal, NamedTuple


class InstitutionType(NamedTuple):
    """A type of institution: labels, the kind it belongs to, and its codes in registration numbers."""

    lv: str
    en: str
    kind: str
    number_codes: tuple[str, ...]


class Label(NamedTuple):
    """The export's Latvian label and its English translation."""

    lv: str
    en: str


KINDS: dict[str, Label] = {
    "preschool": Label("Pirmsskolas izglītības iestāde", "Preschool"),
    "general": Label("Vispārējās izglītības iestāde", "General education"),
    "special": Label("Speciālās izglītības iestāde", "Special education"),
    "vocational": Label("Profesionālās pamata un vidējās izglītības iestāde", "Vocational basic and secondary"),
    "vocational_further": Label(
        "Profesionālās tālākizglītības un pilnveides izglītības iestāde",
        "Vocational further and in-service training",
    ),
    "vocational_orientation": Label("Profesionālās ievirzes izglītības iestāde", "Vocational orientation"),
    "adult_nonformal": Label("Pieaugušo neformālās izglītības iestāde", "Adult non-formal education"),
    "interest": Label("Bērnu un jauniešu interešu izglītības iestāde", "Children and youth interest education"),
    "higher": Label("Augstākās izglītības iestāde", "Higher education"),
    "international": Label("Starptautiskā skola", "International school"),
}

TYPES: dict[str, InstitutionType] = {
    "preschool": InstitutionType("Pirmsskolas izglītības iestāde", "Preschool", "preschool", ("01",)),
    "preschool_advisory_centre": InstitutionType(
        "Pirmsskolas izglītības konsultatīvais centrs", "Preschool advisory centre", "preschool", ("03",)
    ),
    "primary_school": InstitutionType("Vispārizglītojošā sākumskola", "Primary school", "general", ("11",)),
    "basic_school": InstitutionType("Vispārizglītojošā pamatskola", "Basic school", "general", ("12",)),
    "secondary_school": InstitutionType("Vispārizglītojošā vidusskola", "Secondary school", "general", ("13",)),
    "evening_secondary_school": InstitutionType(
        "Vispārizglītojošā vakara (maiņu) vidusskola", "Evening (shift) secondary school", "general", ("14",)
    ),
    "extramural_secondary_school": InstitutionType(
        "Neklātienes vidusskola", "Extramural secondary school", "general", ("15",)
    ),
    "gymnasium": InstitutionType("Ģimnāzija", "Gymnasium", "general", ("16",)),
    "social_correction": InstitutionType(
        "Sociālās korekcijas iestāde", "Social correction institution", "general", ("18",)
    ),
    "state_gymnasium": InstitutionType("Valsts ģimnāzija", "State gymnasium", "general", ("19",)),
    "special_basic_school": InstitutionType("Speciālā pamatskola", "Special basic school", "special", ("22", "20")),
    "boarding_development_centre": InstitutionType(
        "Internātskola - attīstības centrs", "Boarding school and development centre", "special", ("24",)
    ),
    "special_secondary_school": InstitutionType("Speciālā vidusskola", "Special secondary school", "special", ("25",)),
    "vocational_secondary_school": InstitutionType(
        "Profesionālās vidējās izglītības iestāde", "Vocational secondary school", "vocational", ("31",)
    ),
    "trade_school": InstitutionType("Arodizglītības iestāde", "Trade school", "vocational", ("32",)),
    "vocational_basic_school": InstitutionType(
        "Profesionālās pamatizglītības iestāde", "Vocational basic school", "vocational", ("33",)
    ),
    "vocational_competence_centre": InstitutionType(
        "Profesionālās izglītības kompetences centrs", "Vocational competence centre", "vocational", ("34",)
    ),
    "higher_education_institution": InstitutionType(
        "Augstskola", "Higher education institution", "higher", ("43", "42", "41")
    ),
    "branch_of_latvian_institution": InstitutionType(
        "Latvijas augstskolas filiāle", "Branch of a Latvian higher education institution", "higher", ("44",)
    ),
    "branch_of_foreign_institution": InstitutionType(
        "Ārvalstu augstskolas filiāle", "Branch of a foreign higher education institution", "higher", ("45",)
    ),
    "academy": InstitutionType("Akadēmija", "Academy", "higher", ("46",)),
    "college": InstitutionType("Koledža", "College", "higher", ("47",)),
    "college_branch": InstitutionType("Koledžas filiāle", "Branch of a college", "higher", ("48",)),
    "interest_education": InstitutionType(
        "Bērnu un jauniešu interešu izglītības iestāde",
        "Children and youth interest education",
        "interest",
        ("51",),
    ),
    "vocational_further": InstitutionType(
        "Profesionālās tālākizglītības un pilnveides izglītības iestāde",
        "Vocational further and in-service training",
        "vocational_further",
        ("60",),
    ),
    "sports_school": InstitutionType("Sporta skola", "Sports school", "vocational_orientation", ("71", "70")),
    "dance_school": InstitutionType("Deju skola", "Dance school", "vocational_orientation", ("72",)),
    "music_and_art_school": InstitutionType(
        "Mūzikas un mākslas skola", "Music and art school", "vocational_orientation", ("74",)
    ),
    "art_school": InstitutionType("Mākslas skola", "Art school", "vocational_orientation", ("75",)),
    "music_school": InstitutionType("Mūzikas skola", "Music school", "vocational_orientation", ("76",)),
    "adult_nonformal": InstitutionType(
        "Pieaugušo neformālās izglītības iestāde", "Adult non-formal education", "adult_nonformal", ("80",)
    ),
    "international_school": InstitutionType("Starptautiskā skola", "International school", "international", ()),
}

LEGAL_STATUSES: dict[str, Label] = {
    "indirect_administration": Label("Pastarpinātās pārvaldes iestāde", "Institution of indirect administration"),
    "company_unit": Label("Komercsabiedrības struktūrvienība", "Unit of a company"),
    "company": Label("Komercsabiedrība", "Company"),
    "association_unit": Label("Biedrības struktūrvienība", "Unit of an association"),
    "association": Label("Biedrība", "Association"),
    "direct_administration": Label("Valsts tiešās pārvaldes iestāde", "Institution of direct state administration"),
    "foundation_unit": Label("Nodibinājuma struktūrvienība", "Unit of a foundation"),
    "foundation": Label("Nodibinājums", "Foundation"),
    "legal_or_natural_person": Label("Juridiskā vai fiziskā persona ", "Legal or natural person"),
    "derived_public_person": Label("Atvasināta publiskā persona ", "Derived public person"),
    "founded_by_natural_person": Label("Fiziskas personas dibināta iestāde", "Institution founded by a natural person"),
    "state": Label("Valsts ", "State"),
    "state_institution": Label("Valsts iestāde", "State institution"),
    "state_institution_unit": Label("Valsts iestādes struktūrvienība", "Unit of a state institution"),
    "state_company": Label("Valsts kapitālsabiedrība", "State capital company"),
    "religious_organisation": Label("Reliģiskas organizācijas iestāde", "Institution of a religious organisation"),
    "municipality": Label("Pašvaldība ", "Municipality"),
    "private_legal_person_unit": Label(
        "Privāto tiesību juridiskās pers. struktūrvienība", "Unit of a legal person under private law"
    ),
    "public_agency": Label("Publiskā aģentūra", "Public agency"),
    "university_agency": Label("Latvijas Universitātes aģentūra", "Agency of the University of Latvia"),
    "branch_of_foreign_institution": Label("Ārvalsts augstskolas filiāle", "Branch of a foreign institution"),
    "branch_of_latvian_institution": Label("Latvijas augstskolas filiāle", "Branch of a Latvian institution"),
}

InstitutionKindCode = Literal[
    "preschool", "general", "special", "vocational", "vocational_further", "vocational_orientation",
    "adult_nonformal", "interest", "higher", "international",
]  # fmt: skip
InstitutionTypeCode = Literal[
    "preschool", "preschool_advisory_centre", "primary_school", "basic_school", "secondary_school",
    "evening_secondary_school", "extramural_secondary_school", "gymnasium", "social_correction", "state_gymnasium",
    "special_basic_school", "boarding_development_centre", "special_secondary_school", "vocational_secondary_school",
    "trade_school", "vocational_basic_school", "vocational_competence_centre", "higher_education_institution",
    "branch_of_latvian_institution", "branch_of_foreign_institution", "academy", "college", "college_branch",
    "interest_education", "vocational_further", "sports_school", "dance_school", "music_and_art_school", "art_school",
    "music_school", "adult_nonformal", "international_school",
]  # fmt: skip
LegalStatusCode = Literal[
    "indirect_administration", "company_unit", "company", "association_unit", "association", "direct_administration",
    "foundation_unit", "foundation", "legal_or_natural_person", "derived_public_person", "founded_by_natural_person",
    "state", "state_institution", "state_institution_unit", "state_company", "religious_organisation", "municipality",
    "private_legal_person_unit", "public_agency", "university_agency", "branch_of_foreign_institution",
    "branch_of_latvian_institution",
]  # fmt: skip
