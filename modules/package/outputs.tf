output "path" {
  description = "Path of the Lambda package."
  value       = var.path
}

output "least_timeouts" {
  description = "Shortest worker timeout in which an attempt can begin, in seconds, by type."
  value       = local.least_timeouts
}

output "sha256" {
  description = "SHA-256 of the Lambda package; null where there is none yet."
  value       = local.sha256

  # A precondition, not a validation: what is destroyed needs no zip.
  precondition {
    condition = (
      var.expected_sha256 == null || local.sha256 == null || local.sha256 == var.expected_sha256
    )
    error_message = <<-EOT
      build/lambda.zip has the SHA-256
        ${coalesce(local.sha256, "none")}, but package_sha256 wants
        ${coalesce(var.expected_sha256, "any")}
      Fetch the zip that was tested, for example: python -m scripts.worker promote --env dev
    EOT
  }

  precondition {
    condition     = length(local.never_run) == 0
    error_message = <<-EOT
      No attempt of ${join(", ", local.never_run)} could begin in a worker_timeout of
      ${var.worker_timeout} s, by the min_seconds of their handlers. Raise it, for example to
      worker_timeout = ${max(0, values(local.least_timeouts)...)}
    EOT
  }

  precondition {
    condition     = length(local.queueless) == 0
    error_message = <<-EOT
      Handlers name queues that take nothing here: ${join(", ", local.queueless)}.
      Declare them, for example commands = { queues = { slow = { timeout = 900 } } }, or take
      queue= out of Registered in src/handlers/__init__.py.
    EOT
  }

  precondition {
    condition     = length(local.unknown_types) == 0
    error_message = <<-EOT
      commands.default_type, commands.schedules or routes name types that have no handler in
      build/lambda.zip:
        ${join(", ", local.unknown_types)}
      Take one of its types, for example ${join(", ", keys(local.handlers))}
    EOT
  }
}
