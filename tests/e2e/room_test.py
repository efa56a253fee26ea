#!/usr/bin/env python3
"""A destination with little room is told before anything is copied."""

import re
import unittest

import paths  # noqa: F401
from harness import WholeProgramTest, login, run, side

MAIL = b"Message-Id: <%d@example.test>\r\n\r\n" + b"x" * 10_000 + b"\r\n"


class RoomTest(WholeProgramTest):
    def copy(self, already, to_copy):
        """A run to a destination with room for 300 kB, in which some messages are."""
        source, destination = self.serve(), self.serve(layout="mdbox", quota="300k")
        user = self.new_user()
        for server, count, first in ((source, to_copy, 0), (destination, already, 1000)):
            with self.open(server, user) as session:
                for n in range(count):
                    session.append(("INBOX",), MAIL % (first + n))
        return run(*side(1, source), *side(2, destination), *login(1, user), *login(2, user), "--progress", "plain")

    def test_nothing_is_said_where_there_is_room(self):
        finished = self.copy(2, 5)
        self.assert_ended(finished, 0)
        self.assertFalse(finished.lines_with("warning:"), str(finished))

    def test_nearly_full(self):
        finished = self.copy(28, 1)
        self.assert_ended(finished, 0)
        self.assertTrue(finished.lines_with("warning: the destination is 9", "% full"), str(finished))

    def test_more_to_come_than_fits(self):
        finished = self.copy(1, 60)
        self.assert_ended(finished, 113)
        self.assertTrue(finished.lines_with("warning: the destination is", "are to come"), str(finished))
        # imapsync tries fifty more messages before it gives up, and leaves its statistics out.
        self.assertEqual(len(re.findall("^- msg .*could not append", finished.output, re.MULTILINE)), 1, str(finished))
        self.assertIn("++++ Statistics", finished.output)
        told = finished.output.index("are to come")
        self.assertLess(told, finished.output.index("refused"), str(finished))


if __name__ == "__main__":
    unittest.main(verbosity=2)
