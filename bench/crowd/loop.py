"""Runs many clients over one epoll, as one process."""

import select
import time
from collections.abc import Callable

from bench.crowd.people import Client

READ, WRITE = select.EPOLLIN, select.EPOLLOUT


class Loop:
    """Feeds clients what comes. Those that are cut come back when `returning` is set."""

    def __init__(self) -> None:
        self._poll = select.epoll()
        self._by_fd: dict[int, Client] = {}
        self.returning = False
        self.cut: list[Client] = []
        self._later: list[tuple[float, Client]] = []

    def open(self, client: Client) -> None:
        """Have a client connect."""
        sock = client.connect()
        self._by_fd[sock.fileno()] = client
        self._poll.register(sock.fileno(), READ | WRITE)

    def close(self, client: Client) -> None:
        """Have a client hang up."""
        if client.sock is not None and client.sock.fileno() in self._by_fd:
            del self._by_fd[client.sock.fileno()]
            self._poll.unregister(client.sock.fileno())
        client.close()

    def pause(self, client: Client) -> None:
        """Let a client read nothing for now, as somebody does whose telephone is in a tunnel."""
        assert client.sock is not None
        self._poll.modify(client.sock.fileno(), 0)

    def resume(self, client: Client) -> None:
        """Let it read again."""
        assert client.sock is not None
        self._poll.modify(client.sock.fileno(), READ)

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
        """Work until it is so, or time is up; whether it is so."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self.turn(0.02)
            if until():
                return True
        return until()

    def turn(self, wait: float) -> None:
        """Serve whoever has something, waiting so many seconds for it."""
        for fd, what in self._poll.poll(wait):
            client = self._by_fd.get(fd)
            if client is not None:
                self._serve(client, fd, what)
        if self._later:
            now = time.perf_counter()
            due = [client for at, client in self._later if at <= now]
            self._later = [pair for pair in self._later if pair[0] > now]
            for client in due:
                self.open(client)
        self._try_again()

    def _try_again(self) -> None:
        """Have clients that were refused say once more what got no yes."""
        for client in self._by_fd.values():
            waiting = client.heard.again
            break
        else:
            return
        if not waiting:
            return
        now = time.perf_counter()
        due = [client for at, client in waiting if at <= now]
        waiting[:] = [pair for pair in waiting if pair[0] > now]
        for client in due:
            if client.state == "in" and client.busy:
                client.speak()

    def _serve(self, client: Client, fd: int, what: int) -> None:
        if client.state == "connecting":
            if what & (select.EPOLLERR | select.EPOLLHUP):
                self._lost(client, fd)
                return
            client.connected()
            self._poll.modify(fd, READ)
            return
        alive = True
        if what & WRITE:
            client.flush()
        if what & (READ | select.EPOLLHUP | select.EPOLLERR):
            try:
                alive = client.read()
            except OSError as error:
                client.ended, alive = str(error), False
        if not alive:
            self._lost(client, fd)
        elif client.unsent or what & WRITE:
            self._poll.modify(fd, READ | WRITE if client.unsent else READ)

    def _lost(self, client: Client, fd: int) -> None:
        self._by_fd.pop(fd, None)
        self._poll.unregister(fd)
        client.close()
        client.heard.cut += 1
        if self.returning:
            self._later.append((time.perf_counter() + 0.1, client))
        else:
            self.cut.append(client)
