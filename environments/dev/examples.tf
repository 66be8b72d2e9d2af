# The worked examples of docs/examples. To take them out: python -m scripts.new --without examples

module "examples" {
  source = "../../modules/examples"

  names                  = module.naming
  data                   = module.data.store
  secrets                = module.secrets
  settings               = var.examples
  anonymous              = module.api.anonymous
  outcomes               = var.api.outcomes == true ? module.api.commands_endpoint : null
  point_in_time_recovery = var.commands.point_in_time_recovery
  keep_data              = local.prod
  runtime                = local.runtime
}

variable "examples" {
  description = "Example handlers, off by default, and the handler demo; see module `examples`."
  type = object({
    enabled = optional(bool), demo = optional(bool)
    email   = optional(object({ sender = string, identity = string, create = optional(bool) }))
    webhooks = optional(object({
      allowed_hosts = optional(list(string)), allowed_ports = optional(list(number))
      allow_http    = optional(bool), allow_loopback = optional(bool), secret = optional(string)
    }))
    task = optional(object({
      process   = optional(bool), image = optional(string), public_ip = optional(bool)
      vpc       = optional(object({ subnet_ids = list(string), security_group_ids = list(string) }))
      cluster   = optional(object({ arn = string })), cpu = optional(number)
      memory_mb = optional(number)
    }))
  })
  default = {}
}
