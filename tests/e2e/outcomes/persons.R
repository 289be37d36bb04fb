# Indicators about persons: cohorts, the state at twelve months, time to relapse.

kCompleted <- c("completed", "completed_referred")
kDetained <- c("compulsory_centre", "prison")
kStateDay <- 365L
kStateWindow <- 60L
kLossDays <- 90L
kRetentionDays <- c(90L, 180L, 365L)
kUseStatus <- c("none", "lapse", "relapse")  # from good to bad

# ---- Cohorts: unit, person, t0, month, mature, dimensions ----

cohort_of <- function(d, episodes, t0) {
  e <- d$episode[episodes, ]
  cohort <- e[c("unit", "person", kDimensions, "end", "reason")]
  cohort$t0 <- t0[episodes]
  cohort$month <- month_text(cohort$t0)
  cohort$mature <- cohort$t0 + kStateDay + kStateWindow <= d$as_of
  cohort
}

# Each person's first episode by intake.
intake_cohort <- function(d) {
  e <- d$episode
  rank <- order(e$person, e$intake, e$id, method = "radix")
  rank <- rank[e$begun[rank] & !is.na(e$person[rank])]
  cohort_of(d, rank[!duplicated(e$person[rank])], e$intake)
}

# Each person's first completed episode by its end.
end_cohort <- function(d) {
  e <- d$episode
  rank <- order(e$person, e$end, e$intake, e$id, method = "radix")
  rank <- rank[e$reason[rank] %in% kCompleted & !is.na(e$person[rank])]
  cohort_of(d, rank[!duplicated(e$person[rank])], e$end)
}

# How many persons have two first episodes on one day, of which the exports do not say the first.
warn_of_ties <- function(d) {
  begun <- d$episode[d$episode$begun & !is.na(d$episode$person), ]
  first <- first_day(data.frame(who = begun$person, day = begun$intake), begun$person)
  tied <- sum(duplicated(begun$person[begun$intake == first]))
  if (tied > 0) {
    message(tied, " persons have two first episodes on one day: the smaller id is taken")
  }
}

# ---- What is said about persons: tables of who, day and more ----

# The earliest and the latest day of `said` for each of `who`; NA: none.
first_day <- function(said, who) {
  said <- said[order(said$day), ]
  said$day[match(who, said$who)]
}

last_day <- function(said, who) {
  said <- said[order(-said$day), ]
  said$day[match(who, said$who)]
}

# From end reasons and follow-up situations.
said_of_place <- function(d, reasons, situations) {
  e <- d$episode[d$episode$reason %in% reasons, ]
  f <- d$followup[d$followup$situation %in% situations & !is.na(d$followup$who), ]
  data.frame(who = c(e$who, f$who), day = c(e$end, f$day))
}

deaths <- function(d) said_of_place(d, "died", "died")

detentions <- function(d) said_of_place(d, kDetained, kDetained)

# Contacts with the person himself, outside a centre and prison.
contacts_outside <- function(d) {
  e <- d$episode[d$episode$begun, ]
  s <- d$session[d$session$kind != "family" & !is.na(d$session$who), ]
  f <- d$followup
  f <- f[f$reached == "1" & f$method != "family" & !is.na(f$who) &
           !f$situation %in% c(kDetained, "died"), ]
  data.frame(who = c(e$who, s$who, f$who), day = c(e$intake, s$day, f$day))
}

# Contacts that say whether drugs were used: who, day, status (1..3), used (the day of use), in
# treatment as the situation says (NA: it does not).
said_of_use <- function(d) {
  s <- d$session[d$session$use_since_last %in% kUseStatus & !is.na(d$session$who), ]
  f <- d$followup[d$followup$use_status %in% kUseStatus & !is.na(d$followup$who), ]
  said <- data.frame(who = c(s$who, f$who), day = c(s$day, f$day),
                     status = match(c(s$use_since_last, f$use_status), kUseStatus),
                     used = day_number(c(s$use_date, f$use_date)))
  later <- is.na(said$used) | said$used > d$as_of
  said$used[later] <- said$day[later]
  situation <- c(rep("", nrow(s)), f$situation)
  said$treated <- ifelse(situation %in% c("", "not_known"), NA,
                         situation %in% c("treated_here", "treated_elsewhere"))
  said
}

# Whether an episode of the person is open on the day, for each pair.
open_on <- function(d, who, day) {
  e <- d$episode[d$episode$begun, c("who", "intake", "end")]
  pairs <- merge(data.frame(pair = seq_along(who), who = who, day = day), e, by = "who")
  open <- pairs$intake <= pairs$day & (is.na(pairs$end) | pairs$end > pairs$day)
  seq_along(who) %in% pairs$pair[open]
}

# Whether the latest statement on where the person is, up to `until`, is that he went elsewhere.
moved_last <- function(d, who, until) {
  e <- d$episode
  begun <- e[e$begun, ]
  s <- d$session[d$session$kind != "family" & !is.na(d$session$who), ]
  f <- d$followup[!d$followup$situation %in% c("", "not_known") & !is.na(d$followup$who), ]
  ended <- e[!e$reason %in% c("", "not_known"), ]
  count <- c(nrow(begun), nrow(s), nrow(f), nrow(ended))
  words <- data.frame(
    who = c(begun$who, s$who, f$who, ended$who), day = c(begun$intake, s$day, f$day, ended$end),
    weight = rep(1:4, count),
    moved = c(rep(FALSE, count[1] + count[2]), f$situation %in% c("moved", "treated_elsewhere"),
              ended$reason %in% c("moved", "transferred")))
  words$at <- match(words$who, who)
  words <- words[!is.na(words$at) & words$day <= until[words$at], ]
  words <- words[order(-words$day, -words$weight, -words$moved), ]
  moved <- words$moved[match(seq_along(who), words$at)]
  !is.na(moved) & moved
}

# ---- The state at twelve months ----

# The state that the contact nearest to day 365 gives; NA where there is none.
state_by_contact <- function(d, cohort) {
  said <- said_of_use(d)
  said$at <- match(said$who, cohort$person)
  said$off <- said$day - (cohort$t0[said$at] + kStateDay)
  said <- said[!is.na(said$at) & abs(said$off) <= kStateWindow, ]
  unsaid <- is.na(said$treated)
  said$treated[unsaid] <- open_on(d, said$who[unsaid], said$day[unsaid])
  said <- said[order(abs(said$off), -said$off, -said$status, said$treated), ]
  chosen <- said[match(seq_len(nrow(cohort)), said$at), ]
  ifelse(chosen$status == 3, "using",
         ifelse(chosen$treated, "not_using_in_treatment", "not_using_out_of_treatment"))
}

is_detained <- function(d, cohort) {
  until <- function(said, days) {
    at <- match(said$who, cohort$person)
    said[!is.na(at) & said$day <= cohort$t0[at] + days, ]
  }
  kept <- last_day(until(detentions(d), kStateDay), cohort$person)
  outside <- last_day(until(contacts_outside(d), kStateDay + kStateWindow), cohort$person)
  !is.na(kept) & (is.na(outside) | outside <= kept)
}

state_at_twelve_months <- function(d, cohort) {
  died <- first_day(deaths(d), cohort$person)
  moved <- moved_last(d, cohort$person, cohort$t0 + kStateDay + kStateWindow)
  state <- state_by_contact(d, cohort)
  state <- ifelse(is.na(state), ifelse(moved, "moved_or_transferred", "not_known"), state)
  state[is_detained(d, cohort)] <- "detained"
  state[!is.na(died) & died <= cohort$t0 + kStateDay] <- "died"
  state
}

# For comparison with older figures, which mean any use.
any_use <- function(d, cohort, state) {
  said <- said_of_use(d)
  at <- match(said$who, cohort$person)
  t0 <- cohort$t0[at]
  within <- !is.na(at) & said$day >= t0 & said$day <= t0 + kStateDay + kStateWindow
  persons <- seq_len(nrow(cohort))
  asked <- persons %in% at[within]
  used <- persons %in% at[within & said$status > 1]
  known <- !state %in% c("moved_or_transferred", "not_known")
  ifelse(known & asked, ifelse(used, "some_use", "no_use"), "not_known")
}

# ---- Time to relapse ----

# The cohort with, for each person: last word on use, relapse, death, detention in days since t0
# (NA: none), and whether he is now known dead or detained.
relapse_times <- function(d, cohort) {
  since <- function(said) {
    at <- match(said$who, cohort$person)
    said[!is.na(at) & said$day >= cohort$t0[at], ]
  }
  days <- function(day) pmax(0L, day - cohort$t0)
  said <- since(said_of_use(d))
  word <- last_day(said, cohort$person)
  cohort$last <- ifelse(is.na(word), 0L, days(word))
  used <- said[said$status == 3, ]
  used$day <- used$used
  cohort$relapse <- days(first_day(used, cohort$person))
  cohort$died <- days(first_day(since(deaths(d)), cohort$person))
  kept <- since(detentions(d))
  cohort$detained <- days(first_day(kept, cohort$person))
  kept <- last_day(kept, cohort$person)
  outside <- last_day(contacts_outside(d), cohort$person)
  inside <- !is.na(kept) & (is.na(outside) | outside <= kept)
  cohort$explained <- inside | !is.na(cohort$died)
  cohort$lost <- d$as_of - (cohort$t0 + cohort$last) > kLossDays & !cohort$explained
  cohort
}

# time and event (FALSE: censored) of the two curves and of the competing events ("": censored).
relapse_free <- function(curve) {
  list(time = ifelse(is.na(curve$relapse), curve$last, curve$relapse),
       event = !is.na(curve$relapse))
}

relapse_or_loss <- function(curve) {
  free <- relapse_free(curve)
  list(time = free$time, event = free$event | curve$lost)
}

relapse_competing <- function(curve) {
  first <- pmin(curve$relapse, curve$died, curve$detained, na.rm = TRUE)
  cause <- ifelse(is.na(first), "",
                  ifelse(!is.na(curve$relapse) & curve$relapse == first, "relapse",
                         ifelse(!is.na(curve$died) & curve$died == first, "died", "detained")))
  list(time = ifelse(is.na(first), curve$last, first), event = cause)
}

suffixes <- c(intake = "", end = "_end")

curve_rows <- function(curves) {
  parts <- lapply(names(curves), function(name) {
    curve <- curves[[name]]
    rows <- function(indicator, bin, events) {
      cohort_rows(paste0(indicator, suffixes[[name]]), curve, bin, events, 1)
    }
    free <- relapse_free(curve)
    loss <- relapse_or_loss(curve)
    first <- relapse_competing(curve)
    bin <- ifelse(first$event == "", first$time, paste0(first$time, ":", first$event))
    rbind(rows("relapse_free", free$time, free$event),
          rows("relapse_or_loss", loss$time, loss$event),
          rows("relapse_competing", bin, first$event != ""))
  })
  do.call(rbind, parts)
}

# ---- Rows ----

state_rows <- function(d, cohort, suffix) {
  mature <- cohort[cohort$mature, ]
  early <- cohort[!cohort$mature, ]
  state <- state_at_twelve_months(d, mature)
  rbind(
    sum_rows(paste0("immature", suffix), early$unit, early$month),
    cohort_rows(paste0("state_12m", suffix), mature, state),
    cohort_rows(paste0("no_use_12m", suffix), mature, any_use(d, mature, state)))
}

retention_rows <- function(d, cohort) {
  parts <- lapply(kRetentionDays, function(days) {
    group <- cohort[cohort$t0 + days <= d$as_of, ]
    stays <- is.na(group$end) | group$end > group$t0 + days | group$reason %in% kCompleted
    cohort_rows("retention", group, as.character(days), stays, 1)
  })
  do.call(rbind, parts)
}

readmission_rows <- function(d) {
  e <- d$episode[!is.na(d$episode$person), ]
  ended <- e[!is.na(e$end) & e$end + kStateDay <= d$as_of &
               !e$reason %in% c("died", "transferred"), ]
  pairs <- merge(data.frame(line = seq_len(nrow(ended)), person = ended$person, end = ended$end),
                 e[e$begun, c("person", "intake")], by = "person")
  again <- pairs$line[pairs$intake > pairs$end & pairs$intake <= pairs$end + kStateDay]
  sum_rows("readmission", ended$unit, month_text(ended$end),
           numerator = seq_len(nrow(ended)) %in% again, denominator = 1)
}

person_rows <- function(d, cohorts) {
  warn_of_ties(d)
  rbind(
    cohort_rows("new_profile", cohorts$intake),
    state_rows(d, cohorts$intake, ""),
    state_rows(d, cohorts$end, "_end"),
    retention_rows(d, cohorts$intake),
    readmission_rows(d))
}
