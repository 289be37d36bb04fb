#!/usr/bin/env python3
"""Brings `central-server report --exact --json` into the lines of recompute.R's estimates.csv.

    report_estimates.py OUT.csv PER=REPORT.json...        PER: year or all, as --per was

A figure that several reports print (everybody stands beside each dimension's strata) is written
once, and must be the same in all. What is null is a figure that there is none of, and a line about
nobody (an empty cohort, a count of 0) says nothing: neither is written. Left out is what
recompute.R has not: days_to_arrival, conflicts, findings, and the monthly points of a year's or
stratum's curve.
"""
import csv
import json
import sys

SERVER_ONLY = {"days_to_arrival", "conflicts", "findings"}


def count_lines(row, _):
    if row["numerator"]:
        yield named(row["bin"], "count"), row["numerator"]


def rate_lines(row, indicator):
    if not row["numerator"] and not row["denominator"]:
        return
    names = {"numerator": "numerator", "denominator": "denominator", "rate": "share",
             "low": "wilson_low", "high": "wilson_high"}
    if indicator == "sessions_per_active":
        names["rate"] = "ratio"
    for key, name in names.items():
        yield named(row["bin"], name), row[key]


def points(row, main):
    """Those of the table; of everybody, all years together, also those of the drawn curve."""
    whole = row["stratum"] == "all" and not row["period"]
    return row[main] + [at for at in row["months"] if whole and at["at_risk"]]


def survival_lines(row, _):
    if not row["cohort"]:
        return
    yield "cohort", row["cohort"]
    if row["events"]:
        yield "events", row["events"]
    for at in points(row, "survival"):
        for key, name in {"at_risk": "at_risk", "survival": "survival", "low": "lower",
                          "high": "upper"}.items():
            yield f"{name}_{at['day']}", at[key]


def competing_lines(row, _):
    if not row["cohort"]:
        return
    yield "cohort", row["cohort"]
    for cause, events in row["events"].items():
        if events:
            yield f"events_{cause}", events
    for at in points(row, "incidence"):
        yield f"at_risk_{at['day']}", at["at_risk"]
        for state, figure in {"event_free": at["event_free"], **at["causes"]}.items():
            if figure is None:
                continue
            for key, name in {"probability": "incidence", "std_error": "std_err", "low": "lower",
                              "high": "upper"}.items():
                yield f"{name}_{state}_{at['day']}", figure[key]


def states_lines(row, indicator):
    if not row["cohort"]:
        return
    outcome, of_known = row["outcome"], row["outcome"]["of_known"]
    yield "cohort", row["cohort"]
    if indicator.startswith("no_use"):
        yield "no_use_numerator", outcome["success"]
        yield "no_use_denominator", outcome["known"]
        yield "no_use_share", of_known["share"]
        yield "no_use_wilson_low", of_known["low"]
        yield "no_use_wilson_high", of_known["high"]
        return
    for state, persons in row["states"].items():
        yield f"n_{state}", persons
    yield "known", outcome["known"]
    yield "success", outcome["success"]
    yield "success_low", outcome["unknown_as_failure"]
    yield "success_known", of_known["share"]
    yield "success_high", outcome["unknown_as_success"]
    yield "wilson_low", of_known["low"]
    yield "wilson_high", of_known["high"]
    yield "coverage", outcome["coverage"]


LINES = {"count": count_lines, "rate": rate_lines, "survival": survival_lines,
         "competing": competing_lines, "states": states_lines}


def named(of_bin, name):
    return f"{of_bin}_{name}" if of_bin else name


class Estimates:
    def __init__(self):
        self.values = {}

    def add(self, key, value):
        if value is None:
            return
        if not isinstance(value, (int, float)):
            sys.exit(f"{key}: {value} is not exact")
        if self.values.setdefault(key, value) != value:
            sys.exit(f"{key}: {self.values[key]} in one report, {value} in another")

    def add_report(self, per, report):
        for table in report["tables"]:
            indicator = table["indicator"]
            if indicator in SERVER_ONLY:
                continue
            for row in table["rows"]:
                if "not_shown" in row:
                    sys.exit(f"{indicator} is not shown: report --exact is needed")
                place = (report["by"], row["place"])
                self.add_row(per, indicator, LINES[table["shape"]], place, row)
            for test in table.get("log_rank", []):
                self.add_test(per, indicator, report["by"], test)

    def add_row(self, per, indicator, lines, place, row):
        cohort = cohort_of(per, row["period"])
        for what, value in lines(row, indicator):
            self.add((*place, indicator, *cohort, row["stratum"], what), value)
        # Who is too early stands beside the state, counted by an indicator of its own.
        if indicator.startswith("state_12m") and row["stratum"] == "all" and row["immature"]:
            early = indicator.replace("state_12m", "immature")
            self.add((*place, early, *cohort, "all", "count"), row["immature"])

    def add_test(self, per, indicator, by, test):
        if test["between"] == "places":
            place = ("country", "")
            name = by if test["stratum"] == "all" else f"{by} {test['stratum']}"
        else:
            place, name = (by, test["place"]), test["dimension"]
        key = (*place, indicator, *cohort_of(per, test["period"]), name)
        if test["chi_square"] is None:
            return
        for field, what in {"chi_square": "chisq", "df": "df", "p": "p"}.items():
            self.add((*key, f"logrank_{what}"), test[field])


def cohort_of(per, period):
    """Where the last month stands for the whole, it is that of the year, or of all."""
    if per == "all" or not period:
        return ("", "")
    year = period[:4]
    return (f"{year}-01", f"{year}-12")


def main(arguments):
    if len(arguments) < 2:
        sys.exit(__doc__)
    estimates = Estimates()
    for argument in arguments[1:]:
        per, file = argument.split("=", 1)
        with open(file, encoding="utf-8") as report:
            estimates.add_report(per, json.load(report))
    with open(arguments[0], "w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(["place_kind", "place", "indicator", "cohort_from", "cohort_to", "stratum",
                        "what", "value"])
        for key, value in sorted(estimates.values.items()):
            lines.writerow([*key, repr(value)])


if __name__ == "__main__":
    main(sys.argv[1:])
