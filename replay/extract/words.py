"""What an extract says in its own words, Latvian first."""

from __future__ import annotations

from datetime import date, datetime

from domain.legal_time import RIGA
from domain.register import Titles
from replay.report.words import OFFICE, PAGE, Language, said

__all__ = ["OFFICE", "PAGE", "Language", "said"]

EXTRACT = Titles("Izraksts", "Extract")
FROM_REGISTER = Titles("no reģistra", "from the register")
NUMBERED = Titles("Nr. {number}", "No. {number}")
ISSUED_ON = Titles("izsniegts {day}", "issued on {day}")
FOR_INFORMATION = Titles("Bez numura, informācijai", "Without number, for information")
LEGAL_BASIS = Titles("Tiesiskais pamats", "Legal basis")
NUMBER = Titles("Ieraksta numurs", "Number of the entry")
STATUS = Titles("Statuss", "Status")
VALID = Titles("Spēkā no {first} līdz {last}", "Holds from {first} to {last}")
VALID_SINCE = Titles("Spēkā kopš {first}", "Holds since {first}")
STATE_ON = Titles("Stāvoklis {day}", "As of {day}")
KNOWN_AT = Titles(
    "kā reģistrs to zināja {moment} (žurnāla pozīcija {position})",
    "as the register knew it on {moment} (ledger position {position})",
)
CONTENT = Titles("Ieraksta saturs", "Content of the entry")
CONFIDENTIAL = Titles("Ierobežotas pieejamības saturs", "Confidential content")
CONFIDENTIAL_PART = Titles(
    "Izrakstā ir ierobežotas pieejamības informācija.", "This extract holds confidential information."
)
ACTS = Titles("Akti, uz kuriem ieraksts balstās", "Acts on which the entry rests")
ACT, DECISION, EFFECTIVE = Titles("Akts", "Act"), Titles("Lēmums", "Decision"), Titles("Stājas spēkā", "Takes effect")
RECORDED = Titles("Ierakstīts, pozīcija", "Recorded, position")
DECISION_NUMBERED = Titles("Nr. {number}, {day}", "No. {number}, {day}")
ABOUT_ACT = Titles("par aktu pozīcijā {position}", "of the act at position {position}")
FORMS = {"written": Titles("rakstveida", "written"), "entry": Titles("ieraksts", "register entry")}
YES, NO = Titles("jā", "yes"), Titles("nē", "no")

CHECKING = Titles("Kā pārbaudīt", "How to check")
CHECK_NUMBERED = Titles(
    "Noskenējiet kvadrātkodu vai atveriet {address} un ievadiet kodu {code}: lapa pateiks, vai izraksts ir īsts, vai"
    " tas nav atsaukts un vai ieraksts kopš tā laika ir mainījies.",
    "Scan the code, or open {address} and enter the code {code}: the page tells whether the extract is genuine, whether"
    " it was revoked, and whether the entry has changed since.",
)
CHECK_UNNUMBERED = Titles(
    "Šis izraksts nav reģistrēts. Kvadrātkods ved uz to pašu jautājumu reģistram, uz kuru atbilde ir tā pati:"
    " {address}",
    "This extract is not registered. The code leads to the same question to the register, whose answer is the same:"
    " {address}",
)
CHECK_OFFLINE = Titles(
    "Bez tīkla: šim PDF ir pievienots datu fails {file}. Tajā ir viss šeit teiktais, akti, pierādījumi, ka tie ir"
    " reģistru žurnālā, un parakstīta žurnāla kontrolsumma. To pārbauda jebkura programma, kas lasa C2SP un RFC 6962.",
    "Offline: the file {file} is attached to this PDF. It holds all that is said here, the acts, the proofs that they"
    " are in the registers' log, and the log's signed checkpoint. Any program that reads C2SP and RFC 6962 checks it.",
)
FINGERPRINT = Titles("Satura SHA-256", "SHA-256 of the content")
CODE = Titles("Pārbaudes kods", "Check code")
RULES = Titles("Noteikumu versija", "Version of the rules")
TREE = Titles("Žurnāls", "Log")
TREE_OF = Titles("{origin}, {size} akti", "{origin}, {size} acts")
QR_TELLS = Titles("Kvadrātkods ar adresi {address}", "Square code with the address {address}")
FILE = Titles("izraksts.json", "extract.json")
FILE_TELLS = Titles("Izraksta dati un pierādījumi", "The extract's data and proofs")

_EDUCATION = Titles("Izglītības likums; Ministru kabineta noteikumi Nr. 397 (14.07.2015.)",
                    "Education Law; Cabinet Regulation No. 397 (14 July 2015)")  # fmt: skip
_QUALITY = Titles(
    "Ministru kabineta 2016. gada noteikumi Nr. 831 un 2020. gada noteikumi Nr. 618",
    "Cabinet Regulations No. 831 of 2016 and No. 618 of 2020",
)
_PSYCHOLOGISTS = Titles(
    "Psihologu likums; Ministru kabineta 2018. gada noteikumi Nr. 301",
    "Psychologist Law; Cabinet Regulation No. 301 of 2018",
)
LEGAL_BASES = {
    "institutions": _EDUCATION,
    "other-institutions": _EDUCATION,
    "higher-education": Titles("Augstskolu likums", "Law on Institutions of Higher Education"),
    "scientific-institutions": Titles("Zinātniskās darbības likums", "Law on Scientific Activity"),
    "programme-licences": Titles(
        "Ministru kabineta 2019. gada noteikumi Nr. 218", "Cabinet Regulation No. 218 of 2019"
    ),
    "accreditations": _QUALITY,
    "head-evaluations": _QUALITY,
    "practice-certificates": Titles(
        "Ministru kabineta 2016. gada noteikumi Nr. 682", "Cabinet Regulation No. 682 of 2016"
    ),
    "childcare-providers": Titles(
        "Ministru kabineta 2013. gada noteikumi Nr. 404", "Cabinet Regulation No. 404 of 2013"
    ),
    "qualifications": Titles(
        "Profesionālās izglītības likuma 29.1 pants; Ministru kabineta 2011. gada noteikumi Nr. 662",
        "Vocational Education Law, section 29.1; Cabinet Regulation No. 662 of 2011",
    ),
    "teaching-permits": Titles("Ministru kabineta 2019. gada noteikumi Nr. 414", "Cabinet Regulation No. 414 of 2019"),
    "psychologists": _PSYCHOLOGISTS,
    "psychologist-certificates": _PSYCHOLOGISTS,
}
"""The legal bases of registers, as far as they are known."""

_MONTHS = (
    Titles("janvārī", "January"), Titles("februārī", "February"), Titles("martā", "March"), Titles("aprīlī", "April"),
    Titles("maijā", "May"), Titles("jūnijā", "June"), Titles("jūlijā", "July"), Titles("augustā", "August"),
    Titles("septembrī", "September"), Titles("oktobrī", "October"), Titles("novembrī", "November"),
    Titles("decembrī", "December"),
)  # fmt: skip


def day_said(day: date, language: Language) -> str:
    """A day on which something is so, its month in words."""
    month = said(_MONTHS[day.month - 1], language)
    return f"{day.year}. gada {day.day}. {month}" if language == "lv" else f"{day.day} {month} {day.year}"


def day_written(day: date, language: Language) -> str:
    """A day in figures, as either language writes it in tables."""
    return f"{day:%d.%m.%Y}." if language == "lv" else f"{day:%d/%m/%Y}"


def moment_said(instant: datetime, language: Language) -> str:
    """An instant in words, in the time of Riga."""
    local = instant.astimezone(RIGA)
    at = f"plkst. {local:%H.%M.%S}" if language == "lv" else f"at {local:%H:%M:%S}, Riga time"
    return f"{day_said(local.date(), language)} {at}"
