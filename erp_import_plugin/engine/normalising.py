"""One form for values that mean the same, so that equal forms can be compared as text.

Every form can be stored by any database: no NUL, no lone surrogate. An empty form means that there is nothing to
compare. Nothing here raises, whatever the text.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

import idna
import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

VERSION = 1
"""To be raised whenever a form changes: keys that were stored before are then made again."""

KEY_LENGTH = 64
"""How many characters a stored key may have."""

_REPLACEMENT = "\ufffd"
# Sorting combining marks takes the square of their number, so a hostile text is left as its author composed it.
_LONGEST_COMPOSED = 10_000
_LONGEST_PHONE = 250  # the limit of libphonenumber
_LONGEST_HOST = 253  # RFC 1035, 2.3.4

# Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties, as far as it is not a format character (Cf).
_IGNORABLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")

_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
# Beside the ISO codes: Switzerland's own prefix, Greece, Northern Ireland, the one-stop shop.
_VAT_COUNTRIES = phonenumbers.SUPPORTED_REGIONS | {"CHE", "EL", "XI", "EU"}
_VAT_PREFIX = re.compile(r"CHE(?=\d{9}$)|[A-Z]{2}")
_FEWEST_VAT_DIGITS = 4
_VAT_SUFFIX = re.compile(r"(?<=\d)(MVA|MWST|TVA|IVA|TPV|VAT|MOMS|BTW|UST)$")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443, "ftp": 21}


def text(value: str) -> str:
    """The text without case, outer and repeated blanks, invisible characters and variants of form (NFKC)."""
    if value.isascii() and value.isprintable():
        return " ".join(value.split()).lower()
    return " ".join(_composed(_composed(_visible(value)).casefold()).split())


def vat(value: str) -> str:
    """The VAT number without country, punctuation, and suffixes such as "MVA"."""
    plain = value.isascii() and value.isalnum()
    compact = (value if plain else _NOT_ALPHANUMERIC.sub("", text(value))).upper()
    if not compact[-1:].isdigit():
        compact = _VAT_SUFFIX.sub("", compact)
    prefix = _VAT_PREFIX.match(compact)
    if prefix is None or prefix[0] not in _VAT_COUNTRIES:
        return compact
    number = compact[prefix.end() :]
    digits = len(number) if number.isdigit() else sum(map(str.isdigit, number))
    return number if digits >= _FEWEST_VAT_DIGITS else compact


def phone(value: str, region: str = "") -> str:
    """The number in E.164 (with ";ext=" where it has an extension), read as dialled in the ISO country ``region``.

    What is no possible number there becomes "~" and its letters and digits, which never equals an E.164 number.
    """
    if len(value) > _LONGEST_PHONE:
        return _phone_fallback(value)
    return _phone(value, region.upper())


def email(value: str) -> str:
    """The address with its domain case folded and in its ASCII form; the part before the "@" keeps its case."""
    address = " ".join(_composed(_visible(value)).split())
    local, at, domain = address.rpartition("@")
    return f"{local}@{_host(domain)}" if at else text(address)


def url(value: str) -> str:
    """The address with scheme and host case folded, without default port and trailing slash.

    An address without scheme, with http and with https lead to the same page and have the same form.
    """
    address = " ".join(_composed(_visible(value)).split())
    if not address or len(address) > _LONGEST_COMPOSED:  # urlsplit composes the host
        return text(address)
    with_scheme = address if _SCHEME.match(address) else f"https://{address}"
    try:
        return _url(urlsplit(with_scheme))
    except ValueError:  # brackets or a port that are none
        return text(address)


def digest(form: str) -> str:
    """The form itself where it fits in ``KEY_LENGTH`` characters, else a hash of it that does."""
    if len(form) <= KEY_LENGTH:
        return form
    return f"sha256:{sha256(form)}"[:KEY_LENGTH]


def sha256(form: str) -> str:
    """The SHA-256 of the form as 64 hexadecimal digits."""
    return hashlib.sha256(form.encode("utf-8", "replace")).hexdigest()


def _visible(value: str) -> str:
    """Without control and format characters; blanks of any kind stay."""
    if value.isprintable():
        return value if value.isascii() else _IGNORABLE.sub("", value)
    hidden = {ord(char): _seen(char) for char in set(value) if not char.isprintable() and not char.isspace()}
    return _IGNORABLE.sub("", value.translate(hidden))


def _seen(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cs":
        return _REPLACEMENT
    return "" if category in ("Cc", "Cf") else char


def _composed(value: str) -> str:
    return unicodedata.normalize("NFKC", value) if len(value) <= _LONGEST_COMPOSED else value


@lru_cache(maxsize=50_000)
def _phone(value: str, region: str) -> str:
    number = _composed(_visible(value)).strip()
    if not number:
        return ""
    if region not in phonenumbers.SUPPORTED_REGIONS and number.startswith("00"):
        number = f"+{number[2:]}"
    # "+47 (0)22 ...": a zero that is not dialled from abroad, except where it is part of the number.
    parsed = _parsed(number, region) or _parsed(number.replace("(0)", ""), region)
    if parsed is None:
        return _phone_fallback(value)
    e164: str = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    return f"{e164};ext={parsed.extension}" if parsed.extension else e164


def _parsed(number: str, region: str) -> PhoneNumber | None:
    try:
        parsed = phonenumbers.parse(number, region if region in phonenumbers.SUPPORTED_REGIONS else None)
    except NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(parsed) == ValidationResult.IS_POSSIBLE
    return parsed if possible else None


def _phone_fallback(value: str) -> str:
    rest = _NOT_ALPHANUMERIC.sub("", text(value))
    return f"~{rest}" if rest else ""


def _host(value: str) -> str:
    host = value.rstrip(".")
    if host.isascii() or len(host) > _LONGEST_HOST:
        return host.lower()
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return host.casefold()


def _url(parts: SplitResult) -> str:
    scheme = "https" if parts.scheme == "http" else parts.scheme
    user, at, _ = parts.netloc.rpartition("@")
    port = f":{parts.port}" if parts.port not in (None, _DEFAULT_PORTS.get(parts.scheme)) else ""
    path = parts.path.rstrip("/")
    query = f"?{parts.query}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"{scheme}://{user}{at}{_host(parts.hostname or '')}{port}{path}{query}{fragment}"
