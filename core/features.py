"""Feature lists in JSON, as initializer sessions write them beside the progress file. Pure.

Two shapes are in use: a list of features, and a document with such a list inside, such as the
`userStories` of a `prd.json`.
"""

from __future__ import annotations

from typing import Any

import msgspec

NAMES = ("feature_list.json", "features.json", "prd.json", "tests.json")
"""Names under which a feature list stands beside a progress file."""

_TITLES = ("description", "title", "name", "id")


class Feature(msgspec.Struct, frozen=True):
    """One feature; `passes` is `None` where the list does not say."""

    title: str
    passes: bool | None


class Features(msgspec.Struct, frozen=True):
    """A feature list."""

    items: tuple[Feature, ...]

    @property
    def passing(self) -> int:
        """How many are said to pass."""
        return sum(item.passes is True for item in self.items)

    @property
    def open(self) -> int:
        """How many are said not to pass yet."""
        return sum(item.passes is False for item in self.items)


def read_features(text: str) -> Features | None:
    """Return the features of a JSON text, `None` when it holds no feature list.

    Raises:
        ValueError: It is not JSON; the message says where.
    """
    try:
        document: Any = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise ValueError(str(error)) from None
    records = _records(document)
    return None if records is None else Features(tuple(map(_feature, records)))


def _records(document: Any) -> list[dict[str, Any]] | None:
    """Return the list of features, wherever it stands at the top of the document."""
    lists = [document, *document.values()] if isinstance(document, dict) else [document]
    return next((found for found in lists if _is_feature_list(found)), None)


def _is_feature_list(found: Any) -> bool:
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        return False
    return any(isinstance(item.get("passes"), bool) for item in found)


def _feature(record: dict[str, Any]) -> Feature:
    title = next((str(record[name]) for name in _TITLES if record.get(name)), "")
    passes = record.get("passes")
    return Feature(title, passes if isinstance(passes, bool) else None)
