"""Reads about resources."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from peer.core import clock, work
from peer.core.errors import NotFound
from peer.core.languages import folded
from peer.resources.models import Category, Resource

PAGE = 30
LONGEST_QUERY, MOST_WORDS = 100, 6
CHECK_AFTER = timedelta(days=180)  # an entry older than this is worth a call

_in_order = case(
    {category.value: n for n, category in enumerate(Category)}, value=Resource.category
)


@dataclass(frozen=True)
class Found:
    """One page of entries, and whether there are more."""

    entries: Sequence[Resource]
    page: int
    more: bool


def words_of(query: str) -> list[str]:
    """The words of a search, as they are compared."""
    return folded(query[:LONGEST_QUERY]).split()[:MOST_WORDS]


def search(
    query: str = "",
    category: Category | None = None,
    *,
    named: Mapping[str, Collection[str]] | None = None,
    page: int = 1,
) -> Found:
    """Entries that hold every word of `query`, by category and title.

    `named` gives, for a word, the categories whose name on the page holds it.
    """
    wanted = select(Resource).where(Resource.retired_at.is_(None))
    if category is not None:
        wanted = wanted.where(Resource.category == category)
    for word in words_of(query):
        wanted = wanted.where(_holds(word, (named or {}).get(word, ())))
    return _page(wanted, page)


def _holds(word: str, categories: Collection[str]) -> ColumnElement[bool]:
    in_text = Resource.sought.contains(word, autoescape=True)
    return or_(in_text, Resource.category.in_(categories)) if categories else in_text


def _page(wanted: Select[Resource], page: int) -> Found:
    page = min(max(page, 1), 1000)
    rows = (
        work.session()
        .scalars(
            wanted.order_by(_in_order, func.lower(Resource.title), Resource.id)
            .offset((page - 1) * PAGE)
            .limit(PAGE + 1)
        )
        .all()
    )
    return Found(rows[:PAGE], page, len(rows) > PAGE)


def counts() -> dict[str, int]:
    """How many entries each category has; those that have none are left out."""
    rows = work.session().execute(
        select(Resource.category, func.count())
        .where(Resource.retired_at.is_(None))
        .group_by(Resource.category)
    )
    return {row[0]: row[1] for row in rows}


def resource_with(resource_id: str) -> Resource:
    """The entry with this id, retired or not, or NotFound."""
    found = work.session().get(Resource, resource_id)
    if found is None:
        raise NotFound()
    return found


def to_check(page: int = 1) -> Found:
    """Entries that nobody has checked for half a year or ever."""
    return _page(select(Resource).where(_due()), page)


def count_to_check() -> int:
    """How many entries `to_check` has."""
    return work.session().scalar(select(func.count()).where(_due())) or 0


def _due() -> ColumnElement[bool]:
    old = Resource.verified_at < clock.now() - CHECK_AFTER
    return and_(Resource.retired_at.is_(None), or_(Resource.verified_at.is_(None), old))


def retired(page: int = 1) -> Found:
    """Entries that are no longer shown."""
    return _page(select(Resource).where(Resource.retired_at.is_not(None)), page)
