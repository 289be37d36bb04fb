# Indicators about the units' work: records, services, slots, people who come.

kActiveDays <- 90L

slots <- data.frame(
  code = c("intake_1", "intake_3", "intake_6", "intake_9", "intake_12",
           "end_1", "end_3", "end_6", "end_12"),
  from_end = rep(c(FALSE, TRUE), c(5, 4)),
  months = c(1L, 3L, 6L, 9L, 12L, 1L, 3L, 6L, 12L))
slots$window <- ifelse(slots$months >= 6L, 30L, 14L)

activity_rows <- function(d) {
  rbind(visit_rows(d), rate_rows(d), slot_rows(d), unit_rows(d))
}

# Everything that serves a person, with the intakes: unit, episode (its row), person, day.
services <- function(d) {
  reached <- d$followup[d$followup$reached == "1", ]
  begun <- which(d$episode$begun)
  intakes <- data.frame(unit = d$episode$unit[begun], episode = begun,
                        person = d$episode$person[begun], day = d$episode$intake[begun])
  parts <- list(d$session, d$medication, d$support, d$referral_out, reached)
  all <- rbind(intakes, do.call(rbind, lapply(parts, function(records) {
    records[c("unit", "episode", "person", "day")]
  })))
  all[!is.na(all$person), ]
}

# A line per person and month at whose end he is active: unit, person, month.
active_persons <- function(d, all) {
  first <- if (nrow(all) > 0) min(all$day) else d$as_of
  months <- format(seq(as.Date(paste0(month_text(first), "-01")),
                       as.Date(d$as_of, origin = "1970-01-01"), by = "month"), "%Y-%m")
  e <- d$episode
  parts <- lapply(months, function(month) {
    at <- add_months(month_start(month), 1L) - 1L
    if (at > d$as_of) return(NULL)
    recent <- unique(all$episode[all$day > at - kActiveDays & all$day <= at])
    open <- recent[e$begun[recent] & e$intake[recent] <= at &
                     (is.na(e$end[recent]) | e$end[recent] > at)]
    who <- open[!duplicated(e$person[open])]
    data.frame(unit = e$unit[who], person = e$person[who], month = rep(month, length(who)))
  })
  do.call(rbind, parts)
}

visit_rows <- function(d) {
  all <- services(d)
  active <- active_persons(d, all)
  all$month <- month_text(all$day)
  served <- all[!duplicated(all[c("person", "month")]), ]
  first <- intake_cohort(d)
  held <- month_text(d$session$day)
  rbind(
    sum_rows("clients_ever", first$unit),
    sum_rows("new", first$unit, first$month),
    sum_rows("active", active$unit, active$month),
    sum_rows("served", served$unit, served$month),
    sum_rows("sessions", d$session$unit, held),
    sum_rows("sessions_per_active", c(d$session$unit, active$unit), c(held, active$month),
             numerator = rep(c(1, 0), c(length(held), nrow(active))),
             denominator = rep(c(0, 1), c(length(held), nrow(active)))))
}

# Shares of records, by month.
rate_rows <- function(d) {
  share <- function(indicator, unit, day, yes) {
    sum_rows(indicator, unit, month_text(day), numerator = yes, denominator = 1)
  }
  begun <- d$episode[d$episode$begun, ]
  known <- d$medication[d$medication$supply != "", ]
  stock <- d$stock
  stock$day <- day_number(stock$month)
  stock <- stock[!is.na(stock$day) & stock$day <= d$as_of, ]
  rbind(
    share("self_referred", begun$unit, begun$intake, begun$referral == "self"),
    share("family_present", d$session$unit, d$session$day, d$session$family_present == "1"),
    share("support_arranged", d$support$unit, d$support$day, d$support$result == "arranged"),
    share("supply", known$unit, known$day, known$supply == "dispensed"),
    share("stock_out", stock$unit, stock$day, number(stock$out_days) > 0))
}

# A line per episode and slot that is due: episode (its row), code, due, window.
slots_due <- function(d) {
  e <- d$episode
  dead <- first_day(deaths(d), e$who)
  completed <- e$reason %in% kCompleted
  parts <- lapply(seq_len(nrow(slots)), function(i) {
    slot <- slots[i, ]
    due <- add_months(if (slot$from_end) e$end else e$intake, slot$months)
    sensible <- if (slot$from_end) completed else e$begun & (is.na(e$end) | due <= e$end)
    take <- which(sensible & !is.na(due) & due + slot$window <= d$as_of &
                    (is.na(dead) | due <= dead))
    data.frame(episode = take, code = rep(slot$code, length(take)), due = due[take],
               window = rep(slot$window, length(take)))
  })
  do.call(rbind, parts)
}

slot_rows <- function(d) {
  due <- slots_due(d)
  done <- d$followup[d$followup$reached == "1" & !is.na(d$followup$episode), ]
  slot <- match(paste(done$episode, done$slot), paste(due$episode, due$code))
  in_time <- !is.na(slot) & abs(done$day - due$due[slot]) <= due$window[slot]
  line <- seq_len(nrow(due))
  unit <- d$episode$unit[due$episode]
  rows <- function(indicator, which_slots) {
    sum_rows(indicator, unit, month_text(due$due), numerator = line %in% which_slots,
             denominator = 1)
  }
  rbind(rows("followups_due", slot), rows("followups_on_time", slot[in_time]))
}

# What units say about themselves.
unit_rows <- function(d) {
  dated <- function(records) {
    records$day <- day_number(records$date)
    records <- records[!is.na(records$day) & records$day <= d$as_of, ]
    records$period <- month_text(records$day)
    records
  }
  bins <- function(indicator, records, columns) {
    do.call(rbind, lapply(columns, function(bin) {
      value <- if (bin == "events") rep(1, nrow(records)) else number(records[[bin]])
      sum_rows(indicator, records$unit, records$period, bin = bin, numerator = value)
    }))
  }
  profile <- d$unit_profile
  opened <- day_number(profile$opened_on)
  profile <- profile[is.na(opened) | opened <= d$as_of, ]
  rbind(
    bins("training", dated(d$training), c("events", "days", "people")),
    bins("outreach", dated(d$outreach), c("events", "people")),
    funding_rows(d),
    sum_rows("trained_staff", profile$unit, numerator = number(profile$trained_staff),
             denominator = number(profile$staff)))
}

funding_rows <- function(d) {
  paid <- d$funding
  year <- number(paid$year)
  paid <- paid[year > 0 & year <= number(substr(month_text(d$as_of), 1, 4)), ]
  period <- sprintf("%s-12", paid$year)
  rbind(
    sum_rows("funding", paid$unit, period, "all", paid$source, number(paid$amount)),
    sum_rows("funding", paid$unit, period, sprintf("item=%s", paid$item), paid$source,
             number(paid$amount)))
}
