"""`python rooms_place.py PEOPLE SIZE`: a fresh database with people in rooms, each signed in.

The environment says where. Prints one JSON list: session token and room of each person.
"""

import json
import sys

from peer.accounts import queries, service
from peer.app import configure_core
from peer.core import migrate, work
from peer.core.settings import load
from peer.policy.roles import Role
from peer.rooms import service as rooms

_LETTERS = str.maketrans("0123456789", "bdfghkptxz")


def main(people: int, size: int) -> None:
    """Make the place."""
    settings = load()
    migrate.upgrade(settings.database)
    configure_core(settings)
    lock = service.new_lock("river lamp seven bread").passphrase_hash
    found = []
    with work.begin():
        keeper = service.create_account("Keeper", lock, [Role.COORDINATOR])
    cora = queries.actor_from(keeper)
    room_id = ""
    for number in range(people):
        with work.begin():
            if number % size == 0:
                name = f"Room {str(number).translate(_LETTERS)}"
                room_id = rooms.create_room(cora, name=name, agreement=["Be kind."]).id
            name = f"Guest-{str(number).zfill(6).translate(_LETTERS)}"
            account = service.create_account(name, lock, [Role.MEMBER])
            rooms.agree(queries.actor_from(account), room_id)
            found.append((service.start_session(account), room_id))
    print(json.dumps(found))


main(int(sys.argv[1]), int(sys.argv[2]))
