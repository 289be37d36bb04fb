# Kaplan-Meier of uis.csv by R's survival, for the test that compares: one line a group and day,
# "group day at_risk survival lower upper". Independent of the project's own code.
suppressMessages(library(survival))
arguments <- commandArgs(trailingOnly = TRUE)
uis <- read.csv(arguments[1])
show <- function(name, rows) {
  fit <- survfit(Surv(TIME, CENSOR) ~ 1, data = rows, conf.type = "log-log")
  at <- summary(fit, times = c(90, 180, 365))
  for (i in seq_along(at$time)) {
    cat(sprintf("%s %d %d %.9f %.9f %.9f\n", name, at$time[i], at$n.risk[i], at$surv[i],
                at$lower[i], at$upper[i]))
  }
}
show("all", uis)
show("site_a", uis[uis$SITE == 0, ])
show("site_b", uis[uis$SITE == 1, ])
