"""One workload on one pair of servers: every tool in turn, again and again, each result looked at."""
import collections
import dataclasses
import os
import shutil

from .measure import Failed, floor_cost, measure_all
from .tools import Job, Pair
from .wire import Proxy, line

WARM_UP = 0  # the number of the repetition whose figures are thrown away


def words_for(tls):
    return "tls" if tls else "plain"


@dataclasses.dataclass(frozen=True)
class Plan:
    """How often and under what conditions the tools run."""

    build: object
    directory: object
    rtts: tuple
    protections: tuple  # of whether there is TLS
    reps: int = 5
    warm_up: bool = True
    wire: bool = True
    read_all: str = "all"  # "first": contents are compared after the first run only, then messages are counted
    sync: bool = True
    timeout: float = 900.0
    seed: int = 1
    sample: int = 0  # messages for tools that wait for each message, where there is latency; 0: all
    keep: bool = False
    shape: tuple = ()  # of the line, beside its round trip: arguments for the latency proxy


class Race:
    """`tell` is called with each run as soon as it is known. A tool that has failed does not run again under the same conditions."""

    def __init__(self, plan, workload, tools, servers, tell):
        self.plan, self.workload, self.tools, self.servers, self.tell = plan, workload, tools, servers, tell
        self.runs = []
        self.left_out = {}  # (tool, tls): why
        self.failed = set()  # (tool, rtt, tls)
        self.homes = {}  # tool: the pairs that its later runs go on from

    # --- preparation

    def prepare(self):
        self.users, self.mails = self.servers.prepare(self.workload, self.plan.directory / "mail", self.plan.seed)
        self.few = None
        if self._wants_sample():
            small = dataclasses.replace(self.workload, messages=self.plan.sample)
            self.few = self.servers.prepare(small, self.plan.directory / "few", self.plan.seed)

    def _wants_sample(self):
        return (self.servers.has_samples and self.workload.can_sample and 0 < self.plan.sample < self.workload.messages
                and max(self.plan.rtts) > 0 and any(tool.waits_for_each_message for tool in self.tools))

    def _scope(self, tool, rtt):
        """Source users and mails that a tool copies."""
        return self.few if self.few and rtt > 0 and tool.waits_for_each_message else (self.users, self.mails)

    # --- the rounds

    def run_all(self):
        self.prepare()
        for tls in self.plan.protections:
            able = self._able(tls)
            if self.workload.rerun and self.servers.keeps_copies:
                able = [tool for tool in able if self._has_copied(tool, tls)]
            for number in range(WARM_UP if self.plan.warm_up else 1, self.plan.reps + 1):
                for rtt in self.plan.rtts:
                    self._round(able, number, rtt, tls)
            if self.plan.wire:
                self._go_on()
                for tool in able:
                    self._count_wire(tool, tls)
            for pairs in self.homes.values():
                self._forget(pairs)
            self.homes.clear()
        self.servers.check_source()

    def _able(self, tls):
        able = []
        for tool in self.tools:
            if reason := tool.cannot(self.workload, tls, self.servers.kinds):
                self.left_out[tool.name, tls] = reason
            else:
                able.append(tool)
        return able

    def _round(self, able, number, rtt, tls):
        self._go_on()
        # The order changes, so that nobody always follows the same neighbour.
        shift = number % max(1, len(able))
        for tool in able[shift:] + able[:shift]:
            if (tool.name, rtt, tls) not in self.failed:
                self._run_one(tool, number, rtt, tls)

    def _go_on(self):
        if self.workload.rerun == "changes" and self.servers.keeps_copies:
            self.servers.change_all()

    def _has_copied(self, tool, tls):
        """Makes the first copy, untimed, that all later runs of the tool go on from."""
        run = self._record(tool, WARM_UP, 0.0, tls)
        self.homes[tool] = self._first_copy(tool, run, f"{tool.name}-{words_for(tls)}")
        if run["failure"]:
            for rtt in self.plan.rtts:
                self._note({**run, "rtt_ms": rtt})
        return not run["failure"]

    def _first_copy(self, tool, run, name):
        pairs = self._pairs(name, self.users, self.mails)
        self._attempt(tool, run, pairs, self.mails, self.servers.ports(run["tls"]), rerun="")
        if run["failure"]:
            run["failure"] = f"first copy: {run['failure']}"
        return pairs

    def _run_one(self, tool, number, rtt, tls):
        run = self._record(tool, number, rtt, tls)
        self._attempt_on(tool, run, f"{tool.name}-{words_for(tls)}-{rtt:g}-{number}",
                         lambda ports: line(self.plan.build / "bench" / "latency_proxy", ports, rtt, self.plan.shape))
        if run["failure"]:
            # A later run builds on the one before it.
            self.failed.update((tool.name, other, tls) for other in (self.plan.rtts if self.workload.rerun else [rtt]))
        if number != WARM_UP or run["failure"]:
            self._note(run)

    def _count_wire(self, tool, tls):
        """One more run, unmeasured, through a proxy that counts and does not delay."""
        if any((tool.name, rtt, tls) in self.failed for rtt in self.plan.rtts):
            return
        run = self._record(tool, WARM_UP, 0.0, tls)
        run["what"] = "wire"
        proxies = []

        def counting(ports):
            proxies.append(Proxy(self.plan.build / "bench" / "latency_proxy", ports, 0.0))
            return proxies[0]

        self._attempt_on(tool, run, f"{tool.name}-{words_for(tls)}-wire", counting)
        run["wire"] = proxies[0].report if proxies else None
        self._note(run)

    # --- one run

    def _attempt_on(self, tool, run, name, make_line):
        """Everything about one run, over a line to the servers' ports."""
        self.servers.renew(run["tls"])
        users, mails = self._scope(tool, run["rtt_ms"])
        pairs = self.homes.get(tool)
        if not pairs and self.workload.rerun:
            pairs = self._first_copy(tool, run, name)
            if self.workload.rerun == "changes":
                self.servers.change_all()
        pairs = pairs or self._pairs(name, users, mails)
        if not run["failure"]:
            with make_line(self.servers.ports(run["tls"])) as ports:
                self._attempt(tool, run, pairs, mails, ports, self.workload.rerun)
        if tool not in self.homes:
            self._forget(pairs)

    def _attempt(self, tool, run, pairs, mails, ports, rerun):
        job = Job(source_port=ports[0], destination_port=ports[1], password=self.servers.password, pairs=pairs, tls=run["tls"],
                  directory=pairs[0].directory.parent, ca_file=self.servers.ca_file, rtt_ms=run["rtt_ms"], rerun=rerun,
                  at_once=self.workload.at_once, mailboxes=len(self.workload.layout()),
                  prefixes=self.servers.prefixes, separators=self.servers.separators,
                  dovecot_configuration=self.servers.dovecot_configuration)
        # What an earlier run left to be written to disk must not be written during this one.
        if self.plan.sync:
            os.sync()
        run["load_before"] = os.getloadavg()[0]
        try:
            commands = tool.commands(job)
            cost = measure_all(self.plan.build / "bench" / "bench_measure", commands, self.workload.at_once, self.plan.timeout)
            run.update(floor_cost(cost, commands[0][1]) if tool.is_floor and len(commands) == 1 else cost)
            expected = [mail.evenly(job.mailboxes) for mail in mails] if tool.is_floor else mails
            read_all = self.plan.read_all == "all" or run["repetition"] <= 1
            if fault := self.servers.fault([(pair.destination_user, mail) for pair, mail in zip(pairs, expected)], read_all,
                                           tool.header):
                raise Failed(f"incomplete: {fault}")
        except Failed as failure:
            run["failure"] = str(failure)
        run["messages"] = sum(map(len, mails))
        run["bytes"] = sum(mail.bytes for mail in mails)

    def _pairs(self, name, users, mails):
        pairs = []
        for user, mail in zip(users, mails):
            directory = self.plan.directory / "work" / name / user
            directory.mkdir(parents=True)
            destination = self.servers.user_named(1, f"{user}-{name}")
            pairs.append(Pair(source_user=user, destination_user=destination, directory=directory, corpus=mail.path))
        return pairs

    def _forget(self, pairs):
        if not self.plan.keep:
            shutil.rmtree(pairs[0].directory.parent, ignore_errors=True)
            self.servers.forget([pair.destination_user for pair in pairs])

    def _record(self, tool, number, rtt, tls):
        return collections.OrderedDict(workload=self.workload.name, tls=tls, rtt_ms=rtt, tool=tool.name, repetition=number,
                                       what="timed" if number != WARM_UP else "warm-up", failure=None)

    def _note(self, run):
        self.runs.append(run)
        self.tell(run)
