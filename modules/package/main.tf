# The zip that all functions share, and the manifest of its handlers: `make package` writes both.

locals {
  # Without the zip the functions themselves say what to run.
  sha256 = fileexists(var.path) ? filesha256(var.path) : null

  # Types of command with what each needs; without the file nothing is checked.
  handlers_path = "${dirname(var.path)}/handlers.json"
  handlers      = jsondecode(fileexists(local.handlers_path) ? file(local.handlers_path) : "{}")

  # An attempt begins with min_seconds and one second of the worker's own before the deadline, and
  # no message has its turn at once.
  least_timeouts = { for type, needs in local.handlers : type => ceil(needs.min_seconds) + 2 }
  never_run      = [for type, least in local.least_timeouts : type if least > var.worker_timeout]

  unknown_types = [
    for type in distinct(var.types) : type
    if length(local.handlers) > 0 && !contains(keys(local.handlers), type)
  ]
}
