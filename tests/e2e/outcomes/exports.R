# Reads the devices' export files into one list of tables, `d`. Days are whole numbers since
# 1970-01-01, NA where there is none; keys of records carry their unit, so that ids of two units
# never meet.

day_number <- function(text) {
  text[text == ""] <- NA
  as.integer(as.Date(text, format = "%Y-%m-%d"))
}

month_text <- function(day) format(as.Date(day, origin = "1970-01-01"), "%Y-%m")

month_start <- function(month) as.integer(as.Date(paste0(month, "-01")))

# The same day `months` later; the month's last day where that month has no such day.
add_months <- function(day, months) {
  at <- as.POSIXlt(as.Date(day, origin = "1970-01-01"))
  month <- at$year * 12L + at$mon + months
  first <- function(m) {
    as.integer(as.Date(ifelse(is.na(m), NA,
                              sprintf("%04d-%02d-01", 1900L + m %/% 12L, m %% 12L + 1L))))
  }
  pmin(first(month) + at$mday - 1L, first(month + 1L) - 1L)
}

read_csv <- function(file) {
  read.csv(file, colClasses = "character", na.strings = character(0), check.names = FALSE,
           encoding = "bytes")
}

# All units' records of a type: unit, key, parent_key and the named columns, "" where empty.
read_type <- function(folder, units, type, columns) {
  wanted <- c("id", "parent", columns)
  parts <- lapply(units, function(unit) {
    file <- file.path(folder, unit, paste0(type, ".csv"))
    if (!file.exists(file)) return(NULL)
    records <- read_csv(file)
    missing <- setdiff(wanted, names(records))
    if (length(missing) > 0) stop(file, " has no column ", missing[1])
    cbind(unit = rep(unit, nrow(records)), records[wanted])
  })
  all <- do.call(rbind, parts)
  if (is.null(all)) {
    all <- as.data.frame(sapply(c("unit", wanted), function(name) character(0), simplify = FALSE))
  }
  all$key <- paste(all$unit, all$id)
  all$parent <- ifelse(all$parent == "", NA, paste(all$unit, all$parent))
  all
}

read_episodes <- function(folder, units, as_of, client) {
  e <- read_type(folder, units, "episode",
                 c("intake_date", "end_date", "end_reason", "referral", "primary_drug"))
  e$intake <- day_number(e$intake_date)
  e$end <- day_number(e$end_date)
  e$end[!is.na(e$end) & e$end > as_of] <- NA
  e$reason <- ifelse(is.na(e$end), "", e$end_reason)
  e$begun <- !is.na(e$intake) & e$intake <= as_of
  at <- match(e$parent, client$key)
  e$person <- ifelse(is.na(at), NA, e$parent)
  e$who <- ifelse(is.na(at), e$key, e$person)  # of no person: the episode stands for itself
  e$sex <- client$sex[at]
  e$age_group <- client$age_group[at]
  e
}

# Records below an episode, dated up to as_of, with the episode's row and its person.
read_events <- function(folder, units, as_of, type, columns, episode) {
  records <- read_type(folder, units, type, c("date", columns))
  records$day <- day_number(records$date)
  records <- records[!is.na(records$day) & records$day <= as_of, ]
  records$episode <- match(records$parent, episode$key)
  records$person <- episode$person[records$episode]
  records$who <- episode$who[records$episode]
  records
}

read_exports <- function(folder, as_of) {
  units <- read_csv(file.path(folder, "units.csv"))
  codes <- units$code
  client <- read_type(folder, codes, "client", c("sex", "age_group"))
  episode <- read_episodes(folder, codes, as_of, client)
  events <- function(type, columns) read_events(folder, codes, as_of, type, columns, episode)
  free <- function(type, columns) read_type(folder, codes, type, columns)
  list(
    as_of = as_of, units = units, client = client, episode = episode,
    session = events("session", c("kind", "use_since_last", "use_date", "family_present")),
    medication = events("medication", "supply"),
    support = events("support", "result"),
    referral_out = events("referral_out", character(0)),
    followup = events("followup", c("slot", "method", "reached", "use_status", "use_date",
                                    "situation")),
    unit_profile = free("unit_profile", c("opened_on", "staff", "trained_staff")),
    funding = free("funding", c("year", "item", "source", "amount")),
    stock = free("stock", c("month", "out_days")),
    training = free("training", c("date", "days", "people")),
    outreach = free("outreach", c("date", "people")))
}

number <- function(text) {
  value <- suppressWarnings(as.numeric(text))
  ifelse(is.na(value), 0, value)
}

numbers_as_text <- function(table, columns, format) {
  for (column in columns) table[[column]] <- sprintf(format, table[[column]])
  table
}

write_csv <- function(table, folder, name) {
  write.csv(table, file.path(folder, name), row.names = FALSE, quote = FALSE, eol = "\n")
}
