"""The sentences of :mod:`.recurrence_words`: language → kind of rule → ``each`` or plural category."""


def _with_number(each: str, other: str, few: str | None = None) -> dict[str, str]:
    """One kind of sentence: for an interval of 1, for the numbers that Romanian joins with "de", and for the few."""
    return {"each": each, "few": few or other, "other": other}


SENTENCES = {
    "en": {
        "daily": _with_number("Every day", "Every {interval} days"),
        "weekly_workdays": _with_number("Every weekday (Monday to Friday)", ""),
        "weekly_day": _with_number("Every week on {weekdays}", "Every {interval} weeks on {weekdays}"),
        "weekly_days": _with_number("Every week on {weekdays}", "Every {interval} weeks on {weekdays}"),
        "monthly_date": _with_number("Every month on day {day}", "Every {interval} months on day {day}"),
        "monthly_weekday": _with_number(
            "Every month on the {position} {weekdays}", "Every {interval} months on the {position} {weekdays}"
        ),
        "monthly_workday": _with_number(
            "Every month on the {position} working day", "Every {interval} months on the {position} working day"
        ),
        "yearly_date": _with_number("Every year on {day} {month}", "Every {interval} years on {day} {month}"),
        "yearly_last_day": _with_number(
            "Every year on the last day of {month}", "Every {interval} years on the last day of {month}"
        ),
        "yearly_weekday": _with_number(
            "Every year on the {position} {weekdays} of {month}",
            "Every {interval} years on the {position} {weekdays} of {month}",
        ),
        "yearly_workday": _with_number(
            "Every year on the {position} working day of {month}",
            "Every {interval} years on the {position} working day of {month}",
        ),
    },
    "tr": {
        "daily": _with_number("Her gün", "Her {interval} günde bir"),
        "weekly_workdays": _with_number("Hafta içi her gün (Pazartesi–Cuma)", ""),
        "weekly_day": _with_number("Her hafta {weekdays} günü", "Her {interval} haftada bir {weekdays} günü"),
        "weekly_days": _with_number("Her hafta {weekdays} günleri", "Her {interval} haftada bir {weekdays} günleri"),
        "monthly_date": _with_number("Her ayın {day}. günü", "Her {interval} ayda bir, ayın {day}. günü"),
        "monthly_weekday": _with_number(
            "Her ayın {position} {weekdays} günü", "Her {interval} ayda bir, ayın {position} {weekdays} günü"
        ),
        "monthly_workday": _with_number(
            "Her ayın {position} iş günü", "Her {interval} ayda bir, ayın {position} iş günü"
        ),
        "yearly_date": _with_number(
            "Her yıl {day} {month} tarihinde", "Her {interval} yılda bir {day} {month} tarihinde"
        ),
        "yearly_last_day": _with_number(
            "Her yıl {month} ayının son günü", "Her {interval} yılda bir, {month} ayının son günü"
        ),
        "yearly_weekday": _with_number(
            "Her yıl {month} ayının {position} {weekdays} günü",
            "Her {interval} yılda bir, {month} ayının {position} {weekdays} günü",
        ),
        "yearly_workday": _with_number(
            "Her yıl {month} ayının {position} iş günü",
            "Her {interval} yılda bir, {month} ayının {position} iş günü",
        ),
    },
    "ro": {
        "daily": _with_number("În fiecare zi", "La fiecare {interval} de zile", "La fiecare {interval} zile"),
        "weekly_workdays": _with_number("În fiecare zi lucrătoare (luni–vineri)", ""),
        "weekly_day": _with_number(
            "În fiecare săptămână, {weekdays}",
            "La fiecare {interval} de săptămâni, {weekdays}",
            "La fiecare {interval} săptămâni, {weekdays}",
        ),
        "weekly_days": _with_number(
            "În fiecare săptămână, {weekdays}",
            "La fiecare {interval} de săptămâni, {weekdays}",
            "La fiecare {interval} săptămâni, {weekdays}",
        ),
        "monthly_date": _with_number(
            "În fiecare lună, în ziua {day}",
            "La fiecare {interval} de luni, în ziua {day}",
            "La fiecare {interval} luni, în ziua {day}",
        ),
        "monthly_weekday": _with_number(
            "În fiecare lună, în {position} zi de {weekdays} a lunii",
            "La fiecare {interval} de luni, în {position} zi de {weekdays} a lunii",
            "La fiecare {interval} luni, în {position} zi de {weekdays} a lunii",
        ),
        "monthly_workday": _with_number(
            "În fiecare lună, în {position} zi lucrătoare a lunii",
            "La fiecare {interval} de luni, în {position} zi lucrătoare a lunii",
            "La fiecare {interval} luni, în {position} zi lucrătoare a lunii",
        ),
        "yearly_date": _with_number(
            "În fiecare an, pe {day} {month}",
            "La fiecare {interval} de ani, pe {day} {month}",
            "La fiecare {interval} ani, pe {day} {month}",
        ),
        "yearly_last_day": _with_number(
            "În fiecare an, în ultima zi din luna {month}",
            "La fiecare {interval} de ani, în ultima zi din luna {month}",
            "La fiecare {interval} ani, în ultima zi din luna {month}",
        ),
        "yearly_weekday": _with_number(
            "În fiecare an, în {position} zi de {weekdays} din luna {month}",
            "La fiecare {interval} de ani, în {position} zi de {weekdays} din luna {month}",
            "La fiecare {interval} ani, în {position} zi de {weekdays} din luna {month}",
        ),
        "yearly_workday": _with_number(
            "În fiecare an, în {position} zi lucrătoare din luna {month}",
            "La fiecare {interval} de ani, în {position} zi lucrătoare din luna {month}",
            "La fiecare {interval} ani, în {position} zi lucrătoare din luna {month}",
        ),
    },
}

ORDINALS = {
    "en": {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"},
    "tr": {1: "ilk", 2: "ikinci", 3: "üçüncü", 4: "dördüncü", -1: "son"},
    "ro": {1: "prima", 2: "a doua", 3: "a treia", 4: "a patra", -1: "ultima"},
}

# A yearly rule that meets a shorter month is one of 29 February.
MONTH_ENDS = {
    "en": {
        ("monthly", "clamp"): " (the last day in shorter months)",
        ("monthly", "skip"): " (shorter months are skipped)",
        ("yearly", "clamp"): " (28 February in other years)",
        ("yearly", "skip"): " (leap years only)",
    },
    "tr": {
        ("monthly", "clamp"): " (daha kısa aylarda ayın son günü)",
        ("monthly", "skip"): " (daha kısa aylar atlanır)",
        ("yearly", "clamp"): " (diğer yıllarda 28 Şubat)",
        ("yearly", "skip"): " (yalnızca artık yıllarda)",
    },
    "ro": {
        ("monthly", "clamp"): " (în lunile mai scurte, în ultima zi)",
        ("monthly", "skip"): " (lunile mai scurte sunt omise)",
        ("yearly", "clamp"): " (în ceilalți ani, pe 28 februarie)",
        ("yearly", "skip"): " (numai în anii bisecți)",
    },
}

ENDS = {
    "en": {"until": ", until {until}", "once": ", once", "few": ", {count} times", "other": ", {count} times"},
    "tr": {
        "until": ", {until} tarihine kadar (dahil)",
        "once": ", bir kez",
        "few": ", {count} kez",
        "other": ", {count} kez",
    },
    "ro": {
        "until": ", până la {until} (inclusiv)",
        "once": ", o singură dată",
        "few": ", de {count} ori",
        "other": ", de {count} de ori",
    },
}
