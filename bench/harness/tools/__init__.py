"""The tools that are compared: one file each, with the settings that its own manual recommends for speed.

docs/benchmarks.md gives the reasons; keep the two in step.
"""
from .base import Job, Pair, first_line
from .doveadm import Doveadm
from .floor import Floor
from .imapcopy import Imapcopy
from .imapferry import Imapferry
from .imapsync import Imapsync
from .interimap import Interimap
from .mbsync import Mbsync
from .offlineimap import Offlineimap

MANY_LANES = 6


def all_tools(build, imapferry, imapferry_arguments, imapsync):
    """Every tool that --tools can name, in the order of the tables."""
    return [
        Floor(build / "bench" / "bench_floor"),
        Imapferry("imapferry-1", imapferry, imapferry_arguments, lanes=1),
        Imapferry("imapferry", imapferry, imapferry_arguments),
        Imapferry(f"imapferry-{MANY_LANES}", imapferry, imapferry_arguments, lanes=MANY_LANES),
        Imapferry("imapferry-nostate", imapferry, imapferry_arguments, forgets=True),
        Mbsync(),
        Interimap(),
        Doveadm(),
        Offlineimap(),
        Imapcopy(),
        Imapsync(imapsync),
        Imapsync(imapsync, cache=True),
    ]
