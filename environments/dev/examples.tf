# The worked examples of docs/examples. To take them out: python -m scripts.new --without examples

module "examples" {
  source = "../../modules/examples"

  names                  = module.naming
  data                   = module.data.store
  secrets                = module.secrets
  settings               = var.examples
  anonymous              = module.api.anonymous
  point_in_time_recovery = var.commands.point_in_time_recovery
  keep_data              = local.prod
  kms_key                = var.existing.kms_key
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
  })
  default = {}
}
