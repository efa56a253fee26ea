"""From runs to figures. Nothing that failed gets a figure."""
import statistics

MB = 1_000_000


def conditions_of(run):
    return run["workload"], run["tls"], run["rtt_ms"]


def summarize(runs):
    """One row for each tool and condition (workload, TLS, round trip), in the order in which they first ran."""
    timed, others = {}, []
    for run in runs:
        if run["what"] in ("timed", "warm-up"):
            timed.setdefault((*conditions_of(run), run["tool"]), []).append(run)
        else:
            others.append(run)
    rows = [row_of(group) for group in timed.values()]
    for run in others:
        add_other(rows, run)
    add_ratios(rows, timed)
    return rows


def row_of(group):
    first = group[0]
    row = {"workload": first["workload"], "tls": first["tls"], "rtt_ms": first["rtt_ms"], "tool": first["tool"],
           "messages": first["messages"], "runs": len(group), "failure": next((run["failure"] for run in group if run["failure"]), None)}
    if not row["failure"]:
        walls = [run["wall"] for run in group]
        cpu = [(run["user"] + run["system"]) / run["messages"] * 1e6 for run in group]
        row["seconds"] = spread(walls)
        row["rate"] = spread([run["messages"] / run["wall"] for run in group])
        row["mb_per_second"] = spread([run["bytes"] / run["wall"] / MB for run in group])
        row["cpu_us_per_message"] = statistics.median(cpu)
        row["peak_rss_mib"] = max(run["peak_rss_kib"] for run in group) / 1024
    return row


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def add_other(rows, run):
    """A run that was not timed: the one that counted what passed on the wire."""
    for row in rows:
        if (row["workload"], row["tls"], row["tool"]) == (run["workload"], run["tls"], run["tool"]):
            if run["failure"]:
                row["wire_failure"] = run["failure"]
            elif run.get("wire"):
                row["wire"] = wire_figures(run)


def wire_figures(run):
    """Of one run, from the proxy's report on the source's line and the destination's.

    A round trip is a turn: the client sends after it has heard something. Most is of the connection with the most turns, which
    is what latency costs at least when all the others wait meanwhile.
    """
    source, destination = run["wire"]
    whole = {name: source[name] + destination[name] for name in ("connections", "round_trips")}
    to_client, from_client = (source[name] + destination[name] for name in ("bytes_from_target", "bytes_to_target"))
    return {**whole, "round_trips_most": max(source["round_trips_most"], destination["round_trips_most"]),
            "bytes": to_client + from_client, "from_source": source["bytes_from_target"], "to_source": source["bytes_to_target"],
            "to_destination": destination["bytes_to_target"], "from_destination": destination["bytes_from_target"]}


def add_ratios(rows, timed):
    """`time_of` says how many times another tool's time, under the same conditions, a row's took: less is better.

    Time is that of one message, as a tool may have copied a sample. Each repetition gives a ratio of its own, of two runs that
    followed each other closely; their median and extremes are kept.
    """
    def per_message(key):
        return {run["repetition"]: run["wall"] / run["messages"] for run in timed.get(key, ())}

    for row in rows:
        if row["failure"]:
            continue
        mine = per_message((*conditions_of(row), row["tool"]))
        row["time_of"] = {}
        for other in rows:
            if other is row or other["failure"] or conditions_of(other) != conditions_of(row):
                continue
            theirs = per_message((*conditions_of(other), other["tool"]))
            ratios = [mine[number] / theirs[number] for number in mine if number in theirs]
            if ratios:
                row["time_of"][other["tool"]] = spread(ratios)


def latency_costs(rows):
    """What latency costs each tool: its time with it against its own without, as (row, times)."""
    without = {(row["workload"], row["tls"], row["tool"]): row for row in rows if row["rtt_ms"] == 0 and not row["failure"]}
    for row in rows:
        own = without.get((row["workload"], row["tls"], row["tool"]))
        if row["rtt_ms"] > 0 and not row["failure"] and own:
            here, there = (one["seconds"]["median"] / one["messages"] for one in (row, own))
            yield row, here / there
