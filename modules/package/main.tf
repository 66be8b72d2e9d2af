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
  queue_of = {
    for type, needs in local.handlers : type => try(needs.queue, "") == "" ? "default" : needs.queue
  }
  timeouts = merge(
    { default = var.worker_timeout },
    {
      for name, queue in coalesce(var.queues, {}) :
      name => coalesce(queue.timeout, var.worker_timeout)
    },
  )
  never_run = [
    for type, least in local.least_timeouts : type
    if least > lookup(local.timeouts, local.queue_of[type], var.worker_timeout)
  ]
  # Where queues are declared at all.
  queueless = [
    for type, queue in local.queue_of : "${type} (${queue})" if queue != "default" && try(
      var.queues[queue].draining, var.queues != null
    )
  ]

  unknown_types = [
    for type in distinct(var.types) : type
    if length(local.handlers) > 0 && !contains(keys(local.handlers), type)
  ]
}
