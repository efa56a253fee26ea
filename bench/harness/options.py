"""The command line of bench/run."""
import argparse
import dataclasses
import pathlib
import tempfile

from . import workloads
from .servers import KINDS

BENCH = pathlib.Path(__file__).resolve().parent.parent

QUICK_TOOLS = "floor,imapferry-1,imapferry,mbsync,interimap,doveadm,offlineimap,imapcopy,imapsync"
ALL_TOOLS = ("floor,imapferry-1,imapferry,imapferry-6,imapferry-nostate,mbsync,interimap,doveadm,offlineimap,imapcopy,"
             "imapsync,imapsync-cache")

EXAMPLES = """\
examples:
  bench/run --quick                                         a representative few, in about five minutes
  bench/run --workload w1 --html result.html                20,000 messages at 0, 20, 50 and 150 ms
  bench/run --workload w3,w5 --tls both --rtt 0,20          with and without TLS
  bench/run --workload w1 --server courier:dovecot --rtt 20 from a Courier to a Dovecot
  bench/run --workload w1 --messages 2000 --reps 3 --tools floor,imapferry,mbsync
"""


def parser():
    result = argparse.ArgumentParser(prog="bench/run", epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     description="Compares imapferry with its peers and with the floor, on servers that it starts.")
    what = result.add_argument_group("what is done")
    what.add_argument("--list", action="store_true", help="show the workloads and the tools that are here, and stop")
    what.add_argument("--quick", action="store_true", help="the workloads made small, three repetitions")
    what.add_argument("--workload", metavar="NAME,...", help="see --list; or all (default: w1, of --quick: all that it has)")
    what.add_argument("--tools", metavar="NAME,...", help="see --list (default: all)")
    what.add_argument("--reps", type=int, metavar="N", help="timed runs of each tool (default: 5)")
    what.add_argument("--warm-up", action=argparse.BooleanOptionalAction, default=None,
                      help="one untimed round before them (default: yes; not with --quick)")
    what.add_argument("--wire", action=argparse.BooleanOptionalAction, default=True,
                      help="one more untimed run of each tool that counts bytes and round trips (default: yes)")
    what.add_argument("--sync", action=argparse.BooleanOptionalAction, default=True,
                      help="before each run, wait until the machine has written its files to disk (default: yes)")
    what.add_argument("--verify", choices=["first", "all"], default="all",
                      help="the repetitions whose contents are compared; in the others messages are counted (default: all)")
    what.add_argument("--sample", type=int, metavar="N",
                      help="where there is latency, tools that wait for each message copy N messages only (default: 500; 0: all)")
    what.add_argument("--timeout", type=float, metavar="S", help="for one run of one tool (default: 900; of --quick: 120)")

    mail = result.add_argument_group("the mail (default: as the workload has it)")
    mail.add_argument("--messages", type=int, metavar="N", help="of an account")
    mail.add_argument("--size", type=int, metavar="BYTES", help="of a message, about")
    mail.add_argument("--spread", type=float, metavar="SIGMA", help="of log-normal sizes; 0: all about --size")
    mail.add_argument("--mailboxes", type=int, metavar="K", help="of an account")
    mail.add_argument("--accounts", type=int, metavar="N")
    mail.add_argument("--at-once", type=int, metavar="N", help="accounts that are copied at the same time")
    mail.add_argument("--seed", type=int, default=1, metavar="N", help="the same seed gives the same bytes (default: 1)")

    line = result.add_argument_group("servers and lines")
    line.add_argument("--rtt", metavar="MS,...", help="round trip times, on both sides (default: as the workload has it)")
    line.add_argument("--bandwidth", type=int, metavar="BYTES/S", help="of each side's line, each way (default: without limit)")
    line.add_argument("--jitter", type=float, metavar="MS", help="what each byte may come later (default: 0)")
    line.add_argument("--tls", nargs="?", const="yes", default="no", choices=["no", "yes", "both"], help="TLS on both sides")
    line.add_argument("--server", default="dovecot", metavar="KIND[:KIND]",
                      help=f"{', '.join(KINDS)} or synthetic; source:destination where they differ (default: dovecot)")
    line.add_argument("--format", choices=["maildir", "mdbox", "sdbox"], default="maildir", help="Dovecot's (default: maildir)")
    line.add_argument("--fsync", choices=["never", "optimized", "always"], default="never",
                      help="Dovecot's mail_fsync (default: never)")

    where = result.add_argument_group("programs and files")
    where.add_argument("--build", type=pathlib.Path, default=BENCH.parent / "build", metavar="DIR",
                       help="a release build (default: build)")
    where.add_argument("--imapferry", type=pathlib.Path, metavar="PATH", help="default: the build directory's")
    where.add_argument("--imapferry-arg", action="append", default=[], metavar="ARG", help="a further argument for it")
    where.add_argument("--imapsync", metavar="PATH", help="the imapsync script, where there is one")
    where.add_argument("--dir", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()), metavar="DIR",
                       help="where a temporary directory for servers and mail is made")
    where.add_argument("--keep", action="store_true", help="keep that directory")
    where.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write every run and the conditions there")
    where.add_argument("--html", type=pathlib.Path, metavar="FILE", help="write a page with charts there")
    return result


def numbers(text, what, words):
    try:
        values = tuple(float(one) for one in text.split(","))
    except ValueError:
        what.error(f"{words}: expected numbers, saw {text}")
    if min(values) < 0:
        what.error(f"{words}: expected no negative number, saw {text}")
    return values


def parse(arguments=None):
    """Options with `workloads`, `kinds`, `protections` made of what was given."""
    words = parser()
    options = words.parse_args(arguments)
    options.build = options.build.resolve()
    options.imapferry = (options.imapferry or options.build / "imapferry").resolve()
    options.reps = options.reps or (3 if options.quick else 5)
    options.warm_up = (not options.quick) if options.warm_up is None else options.warm_up
    options.sample = (60 if options.quick else 500) if options.sample is None else options.sample
    options.timeout = options.timeout or (120.0 if options.quick else 900.0)
    options.tools = (options.tools or (QUICK_TOOLS if options.quick else ALL_TOOLS)).split(",")
    options.protections = {"no": (False,), "yes": (True,), "both": (False, True)}[options.tls]
    options.kinds = tuple(options.server.split(":")) if ":" in options.server else (options.server,) * 2
    if len(options.kinds) != 2 or not set(options.kinds) <= {*KINDS, "synthetic"} or ("synthetic" in options.kinds
                                                                                     and options.kinds[0] != options.kinds[1]):
        words.error(f"--server: expected {', '.join(KINDS)}, synthetic, or two real ones as SOURCE:DESTINATION, saw {options.server}")
    if options.reps < 1:
        words.error("--reps: expected at least 1")
    options.shape = (*(("--bandwidth", str(options.bandwidth)) if options.bandwidth else ()),
                     *(("--jitter", f"{options.jitter:g}") if options.jitter else ()))
    options.workloads = chosen_workloads(options, words)
    return options, words


def chosen_workloads(options, words):
    synthetic = options.kinds[0] == "synthetic"
    if options.workload in (None, "all"):
        names = [one.name for one in workloads.ALL if (options.quick or options.workload) and (synthetic or not one.only_synthetic)]
        names = names or ["w1"]
    else:
        names = options.workload.split(",")
    chosen = []
    for name in names:
        one = workloads.by_name(name)
        if one is None:
            words.error(f"--workload: expected some of {', '.join(one.name for one in workloads.ALL)}, saw {name}")
        if one.only_synthetic and not synthetic:
            words.error(f"{name} needs --server synthetic")
        if options.quick:
            one = one.made_quick()
            if one is None and options.workload not in (None, "all"):
                words.error(f"--quick has no {name}")
        if one is not None:
            chosen.append(changed(one, options, words))
    return chosen


def changed(workload, options, words):
    """The workload with what the command line says otherwise."""
    given = {name: getattr(options, name) for name in ("messages", "size", "spread", "accounts", "at_once", "mailboxes")
             if getattr(options, name) is not None}
    if "size" in given:
        given["limits"] = (min(workload.limits[0], given["size"]), max(workload.limits[1], 20 * given["size"]))
    if "mailboxes" in given:
        given["nested"] = False
    if options.rtt:
        given["rtts"] = numbers(options.rtt, words, "--rtt")
    result = dataclasses.replace(workload, **given)
    if min(result.messages, result.mailboxes, result.accounts, result.at_once, result.size) < 1 or result.mailboxes > result.messages:
        words.error("expected at least one account, and one message in each mailbox")
    return result
