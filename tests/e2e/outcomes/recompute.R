# Every outcome figure once more, from nothing but the devices' export files: a second opinion that
# shares neither code nor SQL with the programs. What the figures mean is in the comments below and
# in the definitions that every report prints.
#
#   Rscript recompute.R EXPORT_DIR AS_OF OUT_DIR [rows]
#
# EXPORT_DIR/units.csv (code, name, province, opened) and EXPORT_DIR/<code>/<type>.csv, as
# `unit-client export TYPE --out` writes them; a missing file is a type without records.
# OUT_DIR/rows.csv: unit, indicator, period, stratum, bin, numerator, denominator; one to one with
# the rows of `central-server export --exact`. Not among them, because no export can tell:
# days_to_arrival, conflicts, findings.
# OUT_DIR/estimates.csv: place_kind (unit, province, country), place, indicator, cohort_from,
# cohort_to (both empty: all years together), stratum, what, value. A stratum "province", "unit",
# "unit sex=male" (places) or "sex" (its strata) is a log-rank test between those.
# With the word "rows" at the end only the rows, which takes a fifth of the time.
#
# Where the definitions leave something open, this is how it is read:
#  1. A person is a client record that is in the export; an episode of a deleted client, or of none,
#     is no person's. Counts of records (sessions, supplies, self_referred, family_present,
#     support_arranged, slots due) take them all, with or without a person.
#  2. The first of two episodes with one intake date: the smaller id (exports lack the time at which
#     a record was made). How many persons that touches is written to stderr.
#  3. An episode is open on a day from its intake up to the day before its end.
#  4. Active: a service of that same open episode on one of the 90 days that end with the month's
#     last; the intake is a service, a follow-up is one where reached.
#  5. A follow-up's use status and its situation count wherever they are recorded, whether it
#     reached somebody or not, and through whomever; not_known and empty say nothing.
#  6. Died and detained (state): any statement up to t0+365, with no lower bound. Known dead: a
#     follow-up that says so, on its own date, or an episode that ended so.
#  7. Detained (state): the latest statement of it up to t0+365, unless a contact outside follows on
#     a later day; one on the same day does not, by the order of weight. Contact outside: any
#     intake, a session that is not kind family (no kind: counts), a follow-up with reached = 1, a
#     method other than family (none: counts) and a situation other than the centre, prison or died
#     (none or not known: counts).
#  8. The deciding contact's last tie: the worse status (relapse, lapse, none), then out of
#     treatment before in treatment. Sessions of kind family decide too, where they know.
#  9. In treatment by an open episode: any episode of the person, open by 3. (so on the day of its
#     end it is not).
# 10. Last word on where: intakes, sessions not of kind family, follow-ups with a known situation,
#     ends with a known reason (other is one); a tie of equal weight: moved. Medication, support and
#     referrals say nothing about it.
# 11. Use: only contacts dated from t0 on count, so that use during treatment is no relapse after
#     it; a use_date before t0 on such a contact counts at day 0. A use_date after the contact, yet
#     not after as_of, stands.
# 12. no_use looks at every known status dated t0..t0+425, t0 included.
# 13. Loss: no word on use at all is a last word at day 0. Known dead: since t0. Known detained:
#     said since t0, and no contact outside on a later day up to as_of.
# 14. Competing events: the first detention since t0 counts, also where a contact outside follows;
#     an event counts on its day also where it lies after the last word on use.
# 15. Strata: new_profile, retention, state_12m, no_use_12m, relapse_* (with their _end). Everything
#     else only 'all' (funding: item=).
# 16. Slots: a follow-up counts for the episode it hangs on. A slot due on the day of the end or of
#     the death is still due.
# 17. Readmission counts ends (a person with two ends twice); an end without a reason counts too.
# 18. A stock record without out_days, a support without result: in the denominator. Numbers that
#     are missing add 0. A unit profile counts unless opened_on is after as_of.
# 19. Estimates: log-rank without those of whom nothing is recorded ("not known" is a group); none
#     where the variance is singular. A day after the last observed one has an at_risk of 0 and no
#     survival. No interval where a curve is 1 or 0, or an incidence 0. Rates of years are from
#     summed rows. Months that do not add up (active, served): a year's last month, or the last.
# 20. Rows of no_use_12m, relapse_or_loss, relapse_competing (with their _end) stand here by stratum
#     too, although the programs have them of everybody only: so that the hand-made cases can show
#     single persons.

script <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)[1])
for (part in c("exports.R", "rows.R", "activity.R", "persons.R", "estimates.R")) {
  source(file.path(dirname(script), part))
}

main <- function(arguments) {
  rows_only <- length(arguments) == 4 && arguments[4] == "rows"
  if (length(arguments) != 3 && !rows_only) {
    message("usage: Rscript recompute.R EXPORT_DIR AS_OF OUT_DIR [rows]")
    quit(status = 2)
  }
  as_of <- day_number(arguments[2])
  if (is.na(as_of)) stop("AS_OF is a day, YYYY-MM-DD, not ", arguments[2])
  d <- read_exports(arguments[1], as_of)
  cohorts <- list(intake = intake_cohort(d), end = end_cohort(d))
  curves <- lapply(cohorts, relapse_times, d = d)
  rows <- rbind(activity_rows(d), person_rows(d, cohorts), curve_rows(curves))
  rows <- rows[order(rows$unit, rows$indicator, rows$period, rows$stratum, rows$bin,
                     method = "radix"), ]
  dir.create(arguments[3], showWarnings = FALSE, recursive = TRUE)
  write_csv(numbers_as_text(rows, c("numerator", "denominator"), "%.0f"), arguments[3], "rows.csv")
  if (rows_only) return(invisible())
  estimates <- all_estimates(d, rows, curves)
  write_csv(numbers_as_text(estimates, "value", "%.17g"), arguments[3], "estimates.csv")
}

main(commandArgs(trailingOnly = TRUE))
