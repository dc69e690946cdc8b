# SPDX-License-Identifier: BSD-3-Clause
"""What repeated measurements of two servers say of their ratio.

The n-th measurement of one stands beside the n-th of the other, made right before or after it, so that a minute in
which the machine is slow touches both: each pair gives a ratio, and the ratios a median and a spread.
"""
import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Spread:
    median: float
    least: float
    most: float
    count: int


def spread(values):
    """None where there are none."""
    values = [value for value in values if value is not None]
    return Spread(statistics.median(values), min(values), max(values), len(values)) if values else None


def paired(ours, theirs):
    """The ratios of values that belong together; a pair in which one is missing or nothing gives none."""
    return [mine / other for mine, other in zip(ours, theirs) if mine is not None and other]


def ratio(ours, theirs):
    return spread(paired(ours, theirs))


def mean(values):
    """None where one of them is missing: half of a measurement is none."""
    values = list(values)
    return statistics.fmean(values) if values and None not in values else None


def number(value, digits=3):
    """As people write it: three digits that mean something, and commas between thousands."""
    if value is None:
        return "–"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    text = f"{value:.{digits}g}"
    return text if "e" not in text else f"{value:.2g}"


def factor(value):
    """A ratio: two digits after the point, and three where it is small."""
    return "–" if value is None else f"{value:.2f}" if value >= 0.2 else f"{value:.3f}"
