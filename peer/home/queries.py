"""Reads for the home page and for whoever watches the machine."""

import redis
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from peer.core import work


def services_answer(redis_url: str = "") -> bool:
    """Whether the database answers, and Redis when `redis_url` names one."""
    try:
        with work.begin(writes=False) as session:
            session.execute(text("SELECT 1"))
        if redis_url:
            redis.Redis.from_url(redis_url, socket_timeout=2).ping()
    except (SQLAlchemyError, redis.RedisError):
        return False
    return True
