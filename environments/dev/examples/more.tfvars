# The settings of `make demo-more`, on top of terraform.tfvars. docs/examples/nightly_report.md,
# priority_lane.md and import_file.md explain them; copy what you need into your terraform.tfvars.
examples = { enabled = true }

api = { submission = "validated", batches = true }

commands = {
  # A worker of its own for customers who pay: what others have queued is not before them.
  queues = { high = { priority = true, max_concurrency = 2 } }

  schedules = {
    nightly = { cron = "0 2 * * ? *", type = "generate_report", input = "{\"sinceHours\": 24}" }
  }
}

# So few that an import keeps others waiting.
worker_max_concurrency = 2
