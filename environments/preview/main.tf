# One stack for one pull request: the async API with direct submission, and a page to try it on.
# Each line of a `policies` block is one grant; every function may write its own log as well.

locals {
  kept_days = 3 # what is left when a preview goes is deleted with it
  runtime = {
    package_path       = module.package.path, permissions_boundary = var.permissions_boundary
    log_retention_days = local.kept_days, metrics_namespace = var.project
    kms_key            = null, log_level = "INFO"
  }
}

module "naming" {
  source      = "../../modules/naming"
  project     = var.project
  environment = "pr-${var.pr_number}"
}

# `python -m scripts.cleanup` deletes by these tags.
module "tagging" {
  source      = "../../modules/tagging"
  project     = var.project
  environment = module.naming.environment
  repository  = var.repository
  temporary   = { created_at = var.created_at, pull_request = var.pr_number }
}

module "package" {
  source = "../../modules/package"
  path   = "${path.module}/../../build/lambda.zip"
}

module "queue" {
  source                = "../../modules/queue"
  name                  = module.naming.queue
  dlq_name              = module.naming.dlq
  retention_seconds     = local.kept_days * 86400
  dlq_retention_seconds = local.kept_days * 86400
  # Every handler of the pull request can run.
  consumer = {
    timeout_seconds = max(30, values(module.package.least_timeouts)...), max_concurrency = 2
  }
}

module "data" {
  source                 = "../../modules/data"
  name                   = module.naming.table
  retention_days         = local.kept_days
  point_in_time_recovery = false
  stream                 = module.notifications.listens
  results = {
    enabled            = true, name = module.naming.results, force_destroy = true
    cors_allow_origins = [module.site.origin]
  }
}

# Without a recovery window the names are free again at once, for when the pull request is reopened.
module "secrets" {
  source               = "../../modules/secrets"
  prefix               = module.naming.secret_prefix
  secrets              = var.secrets
  recovery_window_days = 0
}

module "worker" {
  source      = "../../modules/worker"
  name        = module.naming.worker
  runtime     = local.runtime
  queue       = module.queue
  data        = module.data.store
  secrets     = module.secrets
  environment = { DEMO_HANDLERS = true }
  policies = merge(length(var.secrets) == 0 ? {} : { secrets = module.secrets.policies.read }, {
    consume        = module.queue.policies.consume
    dead_letter    = module.queue.policies.dead_letter
    delayed_copies = module.queue.policies.send
    commands       = module.data.policies.write
    look           = module.data.policies.read
    results        = module.data.policies.write_results
    states         = module.data.policies.read_states
  })
}

# API Gateway may send to the queue. The function hello says which code runs here.
module "api" {
  source             = "../../modules/api"
  names              = module.naming
  runtime            = local.runtime
  queue              = module.queue.address
  data               = module.data.store
  aliases            = ["POST /jobs"]
  additional_routes  = { "GET /hello" = module.hello }
  cors_allow_origins = [module.site.origin]
  settings           = { throttling = { requests_per_second = 20, burst = 40 } }
  policies = {
    status = { commands = module.data.policies.read, results = module.data.policies.read_results }
    cancel = { commands = module.data.policies.write }
  }
}

# Pushes changes to the page, which asks for them where this is off.
module "notifications" {
  source   = "../../modules/notifications"
  names    = module.naming
  runtime  = local.runtime
  data     = module.data.store
  secrets  = module.secrets
  settings = { push = var.push ? {} : null }
  policies = {
    notifier = { stream = module.data.policies.read_stream }
    push     = { commands = module.data.policies.read }
  }
}

module "hello" {
  source          = "../../modules/function"
  name            = module.naming.hello
  description     = "Returns the deployed version and the depth of the queue and its DLQ"
  runtime         = local.runtime
  handler         = "command_api.entrypoints.hello.handler"
  timeout_seconds = 10
  environment = {
    ENVIRONMENT = module.naming.environment, PACKAGE = module.package.sha256
    QUEUE_URL   = module.queue.url, DLQ_URL = module.queue.dlq_url
  }
  policies = { count = module.queue.policies.count }
}

# README.md says why the page may connect to all APIs of the region.
module "site" {
  source        = "../../modules/site"
  name          = module.naming.site
  folder        = "${path.module}/site"
  headers       = { policy = var.headers_policy }
  force_destroy = true
  values = {
    project    = var.project, pr_number = var.pr_number
    repository = var.repository == null ? "" : trimprefix(var.repository, "https://")
    api_url    = module.api.endpoint
    push_url   = join("", module.notifications.addresses.push_url[*])
  }
}
