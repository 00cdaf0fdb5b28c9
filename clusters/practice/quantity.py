"""Kubernetes quantities ("500m", "1Gi") as exact numbers.

Must not know what is measured.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

PATTERN = re.compile(r"^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$")
MESSAGE = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
SUFFIXES = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "": Decimal(1),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
    "G": Decimal(10**9),
    "T": Decimal(10**12),
    "P": Decimal(10**15),
    "E": Decimal(10**18),
    "Ki": Decimal(2**10),
    "Mi": Decimal(2**20),
    "Gi": Decimal(2**30),
    "Ti": Decimal(2**40),
    "Pi": Decimal(2**50),
    "Ei": Decimal(2**60),
}


def parse(value: Any) -> Decimal:
    """The exact number; ValueError with the API's own words where it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(MESSAGE)
    match = PATTERN.match(str(value))
    if not match:
        raise ValueError(MESSAGE)
    number, unit = match.groups()
    try:
        if unit in SUFFIXES:
            return Decimal(number) * SUFFIXES[unit]
        if unit[:1] in "eE" and unit[1:].lstrip("+-").isdigit():
            return Decimal(number + unit)
    except InvalidOperation:
        pass
    raise ValueError(MESSAGE)


def text(number: Decimal, *, binary: bool = False) -> str:
    """The canonical way to write a number."""
    if number == 0:
        return "0"
    if binary:
        for unit in ("Ei", "Pi", "Ti", "Gi", "Mi", "Ki"):
            if number % SUFFIXES[unit] == 0:
                return f"{int(number / SUFFIXES[unit])}{unit}"
    if number == number.to_integral_value():
        for unit in ("E", "P", "T", "G", "M", "k"):
            if number % SUFFIXES[unit] == 0:
                return f"{int(number / SUFFIXES[unit])}{unit}"
        return str(int(number))
    for unit in ("m", "u", "n"):
        scaled = number / SUFFIXES[unit]
        if scaled == scaled.to_integral_value():
            return f"{int(scaled)}{unit}"
    return str(number)


def is_binary(value: Any) -> bool:
    return isinstance(value, str) and value.endswith("i")


def canonical(value: Any) -> str:
    """The way the API server writes the same quantity back."""
    return text(parse(value), binary=is_binary(value))
