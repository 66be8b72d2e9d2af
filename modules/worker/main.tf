module "function" {
  source = "../function"

  name                 = var.name
  description          = "Takes commands from the queue and runs their handlers"
  package_path         = var.package_path
  handler              = var.handler
  architecture         = var.architecture
  memory_mb            = var.memory_mb
  timeout_seconds      = var.consumer.timeout_seconds
  environment          = var.environment
  policies             = var.policies
  tracing              = var.tracing
  log_retention_days   = var.log_retention_days
  permissions_boundary = var.permissions_boundary
  publish              = true
}

# The version that takes messages. A rollback moves this pointer and nothing else: Lambda has kept
# the code, the variables and the sizes of every version.
resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "The version that takes messages"
  function_name    = module.function.name
  function_version = coalesce(var.live_version, module.function.version)

  lifecycle {
    precondition {
      condition = try(
        tonumber(var.live_version) <= tonumber(module.function.version), var.live_version == null,
      )
      error_message = "Not published; use the newest or older, like \"${module.function.version}\"."
    }
  }
}

# A warning: to deploy while another version takes the messages is a way to prepare a release.
check "newest_version_is_live" {
  assert {
    condition     = var.live_version == null
    error_message = <<-EOT
      Version ${jsonencode(var.live_version)} is pinned for ${var.name}: what this apply publishes
      of it takes no messages until the pin is removed.
    EOT
  }
}

resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn                   = var.queue.arn
  function_name                      = aws_lambda_alias.live.arn
  enabled                            = var.enabled
  batch_size                         = var.consumer.batch_size
  maximum_batching_window_in_seconds = var.consumer.batching_window_seconds

  # Without it Lambda takes a returned list of failures for a success and deletes them all.
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = var.consumer.max_concurrency
  }

  lifecycle {
    precondition {
      condition = var.queue.visibility_timeout_seconds >= (
        6 * var.consumer.timeout_seconds + var.consumer.batching_window_seconds
      )
      error_message = "The queue hides messages for too short a time; give it the same consumer."
    }
  }

  # Lambda refuses a mapping while the role may not consume the queue.
  depends_on = [module.function]
}
