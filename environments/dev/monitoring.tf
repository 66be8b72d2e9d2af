# Who is called when, and the page to look at first.
module "monitoring" {
  source = "../../modules/monitoring"

  name              = module.naming.prefix
  queue             = module.queue
  worker            = module.worker
  status            = module.status
  consumer          = local.consumer
  table_name        = module.data.name
  metrics_namespace = var.project
  runbook_url       = var.runbook_url
  subscriptions     = var.alarm_subscriptions
  kms_key_arn       = var.alarm_kms_key_arn
  thresholds        = var.alarm_thresholds

  log_groups = {
    functions = [
      for function in concat(
        [module.worker, module.status, module.cancel, module.openapi], module.submit, module.sweep,
      ) : function.log_group_name
    ]
    api = [local.api.log_group_name]
  }

  api = {
    type             = var.api_type
    id               = local.api.id
    name             = var.api_type == "rest" ? module.naming.rest_api : module.naming.api
    stage_name       = var.api_type == "rest" ? local.api.stage_name : "$default"
    max_wait_seconds = var.status_max_wait_seconds
  }
}
