# The zip that all functions share, and what its handlers need: `make package` writes both.

locals {
  package_path = "${path.module}/../../build/lambda.zip"
  # Without the zip the functions themselves say what to run.
  package_sha256 = fileexists(local.package_path) ? filesha256(local.package_path) : null

  # Types of command with what each needs; without the file nothing is checked.
  handlers_path = "${dirname(local.package_path)}/handlers.json"
  handlers      = jsondecode(fileexists(local.handlers_path) ? file(local.handlers_path) : "{}")

  # An attempt begins with min_seconds and one second of the worker's own before the deadline, and
  # no message has its turn at once.
  least_timeouts = { for type, needs in local.handlers : type => ceil(needs.min_seconds) + 2 }
  never_run      = [for type, least in local.least_timeouts : type if least > var.worker_timeout]

  # A paused type may be one that this zip has no longer, or not yet.
  chosen_types = concat([var.default_command_type], [for it in values(var.routes) : it.type])
  unknown_types = [
    for type in distinct(local.chosen_types) : type
    if length(local.handlers) > 0 && !contains(keys(local.handlers), type)
  ]
}
