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
  log_retention_days   = var.log_retention_days
  permissions_boundary = var.permissions_boundary
}

resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn                   = var.queue.arn
  function_name                      = module.function.arn
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
