"""One read that serves all reads of a thread for a while: a page sees one moment, and begins once.

It begins with the first read and ends with whoever holds it. What the thread itself writes must be
seen after it: `let_go` ends the read, and the next one begins anew.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

Begin = Callable[[], AbstractContextManager[Connection]]


class HeldRead(threading.local):
    """The read that a thread keeps."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self._stack = ExitStack()
        self._connection: Connection | None = None
        self._users = 0
        self._is_over = False
        self.is_wanted = False

    @contextmanager
    def wanted(self) -> Iterator[None]:
        """Keep the read from the first use to the end of the block."""
        self.is_wanted = True
        try:
            yield
        finally:
            self.is_wanted = False
            self.let_go()

    @contextmanager
    def use(self) -> Iterator[Connection]:
        """Yield the connection; one on which something has failed is not used again."""
        if self._connection is None:
            self._connection = self._stack.enter_context(self._begin())
        self._users += 1
        try:
            yield self._connection
        except DBAPIError:
            self._is_over = True
            raise
        finally:
            self._users -= 1
            if self._is_over:
                self.let_go()

    def let_go(self) -> None:
        """End the read, as soon as nobody uses it; what was read stays read if that fails."""
        self._is_over = self._users > 0
        if not self._is_over:
            self._connection = None
            with suppress(SQLAlchemyError):  # of a lost connection it says something else
                self._stack.close()
