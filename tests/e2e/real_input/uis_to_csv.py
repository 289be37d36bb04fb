#!/usr/bin/env python3
"""Maps uis.csv (575 clients of a residential treatment trial, two sites) to the files that
unit-client import takes, one folder a site.

uis_to_csv.py UIS.CSV OUT_FOLDER [--treat]

--treat: also each client's treatment (short, long; a field that the default programme lacks), and
a made-up competing event: of every third client a family says after half his time that he died.

TIME is days from admission to return to drug use, or to the last that is known: a follow-up on that
day says relapse (CENSOR 1) or no use (CENSOR 0). Admission dates are not in the data: they are spread
over the first quarter of 2018, which no day count depends on."""
import csv
import datetime
import pathlib
import sys

DRUG = {"1": "heroin", "2": "heroin", "3": "cocaine", "4": "other"}
INJECTING = {"1": "never", "2": "ever", "3": "last_12_months"}


def write(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        writer.writerows(rows)


def main(source, target, treat=False):
    sites = {"0": ([], [], []), "1": ([], [], [])}
    with open(source, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            clients, episodes, followups = sites[row["SITE"]]
            person = row["ID"]
            admitted = datetime.date(2018, 1, 1) + datetime.timedelta(days=int(person) % 90)
            seen = admitted + datetime.timedelta(days=int(row["TIME"]))
            left = admitted + datetime.timedelta(days=int(row["LEN.T"]))
            relapse = row["CENSOR"] == "1"
            age = row["AGE"]
            birth = str(admitted.year - int(age)) if age.isdigit() else ""
            clients.append(["c" + person, "UIS " + person, birth])
            episodes.append(["e" + person, "c" + person, admitted, DRUG.get(row["HC"], ""),
                             INJECTING.get(row["IV"], ""),
                             "never" if row["NDT"] == "0" else "elsewhere", left, "not_known"])
            followups.append(["f" + person, "e" + person, "other", seen, "phone", "1",
                              "relapse" if relapse else "none", seen if relapse else ""])
            if treat:
                episodes[-1].append("long" if row["TREAT"] == "1" else "short")
                followups[-1].append("")
            if treat and int(person) % 3 == 0:
                half = admitted + datetime.timedelta(days=int(row["TIME"]) // 2)
                followups.append(["d" + person, "e" + person, "other", half, "family", "", "", "",
                                  "died"])
    for site, name in (("0", "site_a"), ("1", "site_b")):
        folder = pathlib.Path(target) / name
        folder.mkdir(parents=True, exist_ok=True)
        clients, episodes, followups = sites[site]
        write(folder / "client.csv", ["key", "full_name", "birth_year"], clients)
        write(folder / "episode.csv", ["key", "parent", "intake_date", "primary_drug", "injecting",
                                       "ever_treated", "end_date", "end_reason"]
              + (["treat"] if treat else []), episodes)
        write(folder / "followup.csv", ["key", "parent", "slot", "date", "method", "reached",
                                        "use_status", "use_date"]
              + (["situation"] if treat else []), followups)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], "--treat" in sys.argv[3:])
