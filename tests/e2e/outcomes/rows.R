# Rows of figures: sums over keys, with strata.

kDimensions <- c("sex", "age_group", "referral", "primary_drug")

# Sums numerator and denominator over equal (unit, period, stratum, bin); rows of two zeros go.
sum_rows <- function(indicator, unit, period = "", stratum = "all", bin = "", numerator = 1,
                     denominator = 0) {
  n <- length(unit)
  table <- data.frame(unit = unit, indicator = rep(indicator, n),
                      period = rep_len(period, n), stratum = rep_len(stratum, n),
                      bin = rep_len(bin, n), numerator = rep_len(as.numeric(numerator), n),
                      denominator = rep_len(as.numeric(denominator), n))
  if (n == 0) return(table)
  key <- paste(table$unit, table$period, table$stratum, table$bin, sep = "\r")
  sums <- rowsum(as.matrix(table[c("numerator", "denominator")]), key, reorder = FALSE)
  table <- table[!duplicated(key), ]
  table$numerator <- sums[, 1]
  table$denominator <- sums[, 2]
  table[table$numerator != 0 | table$denominator != 0, ]
}

# The strata that each row of a cohort is in, as columns of text: all, then one a dimension.
strata_of <- function(cohort) {
  strata <- lapply(kDimensions, function(name) {
    sprintf("%s=%s", name, ifelse(is.na(cohort[[name]]), "", cohort[[name]]))
  })
  c(list(rep("all", nrow(cohort))), strata)
}

# Rows of a cohort by the month of t0, over all and over every dimension.
cohort_rows <- function(indicator, cohort, bin = "", numerator = 1, denominator = 0) {
  n <- nrow(cohort)
  bin <- rep_len(bin, n)
  numerator <- rep_len(numerator, n)
  denominator <- rep_len(denominator, n)
  do.call(rbind, lapply(strata_of(cohort), function(stratum) {
    sum_rows(indicator, cohort$unit, cohort$month, stratum, bin, numerator, denominator)
  }))
}
