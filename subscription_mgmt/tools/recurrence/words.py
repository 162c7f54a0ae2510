"""A rule as a sentence in English, Turkish or Romanian.

Whole sentences per language, kind of rule and plural category; only the names of days and months, lists and dates come
from Babel. Romanian *luni* is Monday and months: "zi de luni" keeps them apart. Turkish takes no plural after a number.
"""

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, get_day_names, get_month_names
from babel.lists import format_list

from .rule import WORKDAYS, Rule, month_lengths
from .sentences import ENDS, MONTH_ENDS, ORDINALS, SENTENCES

DEFAULT_LANGUAGE = "en"


def describe(rule: Rule, lang: str) -> str:
    """Return what the rule says, as a sentence without a full stop.

    :param rule: has passed :func:`~.recurrence_rule.check`.
    :param lang: a language code such as ``tr``, ``ro_RO`` or ``en_GB``. Another language than English, Turkish and
        Romanian gets English.
    """
    locale = _locale(lang)
    language = locale.language
    kind = _kind(rule)
    template = SENTENCES[language][kind][_category(locale, rule.interval)]
    return template.format(**_names(rule, locale)) + _month_end(rule, locale) + _end(rule, locale)


def _locale(lang):
    try:
        locale = Locale.parse(lang.partition("@")[0].replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale(DEFAULT_LANGUAGE)
    return locale if locale.language in SENTENCES else Locale(DEFAULT_LANGUAGE)


def _category(locale, number):
    """Which of the sentences: ``each`` for an interval of 1, else the plural category of the number."""
    return "each" if number == 1 else locale.plural_form(number)


def _kind(rule):
    if rule.frequency == "daily":
        return "daily"
    if rule.frequency == "weekly":
        return _weekly_kind(rule)
    if rule.month_by != "date":
        return f"{rule.frequency}_{rule.month_by}"
    if rule.frequency == "yearly" and rule.day > month_lengths(rule.month)[1]:
        return "yearly_last_day"
    return f"{rule.frequency}_date"


def _weekly_kind(rule):
    weekdays = set(rule.weekdays)
    if rule.interval == 1 and len(weekdays) == 7:
        return "daily"
    if rule.interval == 1 and weekdays == set(WORKDAYS):
        return "weekly_workdays"
    return "weekly_days" if len(weekdays) > 1 else "weekly_day"


def _names(rule, locale):
    """What the sentences name, in the language."""
    day_names = get_day_names("wide", "format", locale)
    weekdays = sorted(set(rule.weekdays), key=lambda weekday: (weekday - rule.week_start) % 7)
    names = {"interval": rule.interval, "day": rule.day}
    names["weekdays"] = format_list([day_names[weekday] for weekday in weekdays], locale=locale)
    names["month"] = get_month_names("wide", "format", locale)[rule.month or 1]
    names["position"] = ORDINALS[locale.language].get(rule.weekday_position, "")
    return names


def _month_end(rule, locale):
    """What happens where the month is too short, for the rules that can meet that."""
    if not rule.is_in_months or rule.month_by != "date":
        return ""
    shortest, longest = month_lengths(rule.month)
    if not shortest < rule.day <= longest:
        return ""
    return MONTH_ENDS[locale.language][rule.frequency, rule.month_end_policy]


def _end(rule, locale):
    ends = ENDS[locale.language]
    if rule.until:
        return ends["until"].format(until=format_date(rule.until, "long", locale))
    if rule.count:
        return ends["once" if rule.count == 1 else locale.plural_form(rule.count)].format(count=rule.count)
    return ""
