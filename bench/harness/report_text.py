"""The figures as tables for a terminal."""
from . import workloads
from .figures import conditions_of, latency_costs

RATE_COLUMNS = {workloads.MESSAGES: ("rate", ",.0f"), workloads.BYTES: ("mb_per_second", ",.1f"), workloads.SECONDS: ("seconds", ",.3f")}


def number(value, form=",.0f"):
    return "-" if value is None else format(value, form)


def ratio(value):
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def ratio_with_spread(one, turned=False):
    """A ratio and its extremes; `turned` is for how many times faster instead of how much of the time."""
    if one is None:
        return "-"
    values = [one["median"], one["min"], one["max"]]
    if turned:
        values = [1 / one["median"], 1 / one["max"], 1 / one["min"]]
    return f"{ratio(values[0])} ({ratio(values[1])}-{ratio(values[2])})"


def size_text(size):
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= scale:
            return f"{size / scale:,.2f} {unit}"
    return f"{size:,.0f} B"


def condition_text(workload, tls, rtt):
    return f"{workload.name}, round trip {rtt:g} ms, {'TLS' if tls else 'no TLS'}"


def aligned(rows):
    """Rows of cells as lines; a row that is shorter than the others ends with free text."""
    width = max(len(row) for row in rows)
    whole = [row for row in rows if len(row) == width]
    columns = [max(len(row[i]) for row in whole) for i in range(width)]
    columns[0] = max(columns[0], *(len(row[0]) for row in rows))
    return ["  ".join(cell.ljust(columns[i]) if i == 0 or len(row) != width else cell.rjust(columns[i])
                      for i, cell in enumerate(row)).rstrip() for row in rows]


class Table:
    """What there is to say about one condition: rows by tool in their order, and why others have none."""

    def __init__(self, result, workload, tls, rtt):
        self.workload, self.tls, self.rtt = workload, tls, rtt
        found = {row["tool"]: row for row in result["summary"] if conditions_of(row) == (workload.name, tls, rtt)}
        self.rows = [found[name] for name in result["order"] if name in found]
        self.good = [row for row in self.rows if not row["failure"]]
        self.left_out = [(one["tool"], one["reason"]) for one in result["left_out"]
                         if (one["workload"], one["tls"]) == (workload.name, tls)]
        self.ours = [row for row in self.good if row["tool"] in result["ours"]]
        self.peers = [row["tool"] for row in self.good if row["tool"] in result["peers"]]

    def speed(self):
        """Heading and rows of the first table."""
        name, form = RATE_COLUMNS[self.workload.unit]
        head = ["tool", "runs", self.workload.unit, "min", "max"]
        head += ["s"] if self.workload.unit != workloads.SECONDS else []
        head += ["MB/s"] if self.workload.unit == workloads.MESSAGES else []
        head += ["time/floor (min-max)", "CPU us/msg", "peak MiB"]
        body = []
        for row in self.rows:
            if row["failure"]:
                body.append([row["tool"], f"FAILED: {row['failure']}"])
                continue
            cells = [row["tool"] + self.mark(row), str(row["runs"])] + [number(row[name][of], form) for of in ("median", "min", "max")]
            cells += [number(row["seconds"]["median"], ",.2f")] if self.workload.unit != workloads.SECONDS else []
            cells += [number(row["mb_per_second"]["median"], ",.1f")] if self.workload.unit == workloads.MESSAGES else []
            cells.append("1" if row["tool"] == "floor" else ratio_with_spread(row["time_of"].get("floor")))
            body.append(cells + [number(row["cpu_us_per_message"]), number(row["peak_rss_mib"], ",.1f")])
        return [head, *body, *([tool, f"not run: {reason}"] for tool, reason in self.left_out)]

    def is_first(self, result):
        """Of its workload's tables: what holds for all of them is shown there."""
        same = [row["rtt_ms"] for row in result["summary"] if (row["workload"], row["tls"]) == (self.workload.name, self.tls)]
        return self.rtt == same[0]

    def mark(self, row):
        return f" ({row['messages']:,} messages)" if row["messages"] < max(one["messages"] for one in self.good) else ""

    def faster(self):
        """How many times faster ours is than each peer: a row for each peer."""
        head = ["times faster than"] + [row["tool"] for row in self.ours]
        return [head] + [[peer] + [ratio_with_spread(row["time_of"].get(peer), turned=True) for row in self.ours]
                         for peer in self.peers]

    def wire(self):
        """What one run moved; empty when nothing was counted."""
        head = ["on the wire", "connections", "round trips", "most on one",
                "from source", "to source", "to destination", "from destination"]
        body = []
        for row in self.good:
            if "wire_failure" in row:
                body.append([row["tool"], f"FAILED in the run that was counted: {row['wire_failure']}"])
            elif wire := row.get("wire"):
                body.append([row["tool"]] + [number(wire[of]) for of in ("connections", "round_trips", "round_trips_most")]
                            + [size_text(wire[of]) for of in ("from_source", "to_source", "to_destination", "from_destination")])
        return [head] + body if body else []


def latency_rows(result, name):
    """What latency costs in one workload: a row for each tool, a column for each round trip; empty when there is none."""
    costs = {(row["tool"], row["tls"], row["rtt_ms"]): times for row, times in latency_costs(result["summary"]) if row["workload"] == name}
    rtts = sorted({rtt for _, _, rtt in costs})
    rows = [["times its own time at 0 ms", *(f"{rtt:g} ms" for rtt in rtts)]]
    for tls in (False, True):
        for tool in result["order"]:
            if any((tool, tls, rtt) in costs for rtt in rtts):
                rows.append([tool + (", TLS" if tls else "")]
                            + [ratio(costs[tool, tls, rtt]) if (tool, tls, rtt) in costs else "-" for rtt in rtts])
    return rows if costs else []


def tables(result):
    """Every condition that there were runs of, in order."""
    seen = dict.fromkeys((row["workload"], row["tls"], row["rtt_ms"]) for row in result["summary"])
    known = result["workload_objects"]
    return [Table(result, known[name], tls, rtt) for name, tls, rtt in seen]


def text(result):
    lines, before = [], None
    for table in tables(result):
        if table.workload.name != before:
            lines += end_of(result, before)
            before = table.workload.name
            lines += ["", f"=== {before}: {table.workload.title}", table.workload.describe()]
        lines += ["", condition_text(table.workload, table.tls, table.rtt), *aligned(table.speed())]
        if table.ours and table.peers:
            lines += ["", *aligned(table.faster())]
        if table.is_first(result):
            if wire := table.wire():
                lines += ["", *aligned(wire)]
    lines += end_of(result, before)
    if result["notes"]:
        lines += ["", *(f"note: {note}" for note in result["notes"])]
    return "\n".join(lines)


def end_of(result, name):
    """What is said once of a workload, below its tables."""
    rows = latency_rows(result, name)
    return ["", *aligned(rows)] if rows else []
