#!/usr/bin/env python3
"""Turns a workload file (lines "I table values..." and "U table id column value") into CSV files for
unit-client import.

workload_to_csv.py WORKLOAD_FOLDER FILE.tsv OUT_FOLDER

New rows go to OUT/1-clients.csv, 2-episodes.csv ...; edits to OUT/edit-TABLE-COLUMN.csv with the
columns key and the edited one."""
import csv
import json
import pathlib
import sys

PARENT = {"episodes": "client_id", "sessions": "episode_id", "followups": "episode_id"}
ORDER = ["clients", "episodes", "sessions", "followups"]
LEFT_OUT = {"recorded_at"}


def value(text):
    return "" if text == "\\N" else text


def main(folder, source, target):
    schema = json.loads((pathlib.Path(folder) / "schema.json").read_text(encoding="utf-8"))
    columns = {table: [c.split(":")[0] for c in fields] for table, fields in schema.items()}
    rows = {table: [] for table in ORDER}
    edits = {}
    for line in (pathlib.Path(folder) / source).read_text(encoding="utf-8").splitlines():
        kind, table, *values = line.split("\t")
        if kind == "I":
            rows[table].append(dict(zip(columns[table], map(value, values))))
        else:
            record, column, text = values
            edits.setdefault((table, column), []).append((record, value(text)))
    out = pathlib.Path(target)
    out.mkdir(parents=True, exist_ok=True)
    for number, table in enumerate(ORDER, 1):
        if not rows[table]:
            continue
        parent = PARENT.get(table)
        fields = [c for c in columns[table] if c not in LEFT_OUT | {"id", parent}]
        with open(out / f"{number}-{table}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["key"] + (["parent"] if parent else []) + fields)
            for row in rows[table]:
                writer.writerow([row["id"]] + ([row[parent]] if parent else []) +
                                [row[c] for c in fields])
    for (table, column), changes in edits.items():
        with open(out / f"edit-{table}-{column}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["key", column])
            writer.writerows(changes)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3])
