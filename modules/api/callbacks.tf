# What the functions know of webhooks, where module `notifications` has them.

variable "callbacks" {
  description = "Table of deliveries and rules for URLs: output of module `notifications`."
  type = object({
    deliveries = optional(string)
    rules      = optional(map(string), {})
  })
  default  = {}
  nullable = false
}

locals {
  deliveries = { for name in var.callbacks.deliveries[*] : "DELIVERIES_TABLE" => name }
  takes_callbacks = {
    CALLBACKS = lookup(var.callbacks.rules, "WEBHOOK_ALLOWED_HOSTS", "") != ""
  }
}
