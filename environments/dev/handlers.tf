# Resources, grants and environment variables of your handlers: add the modules that they need here.

locals {
  handler_policies = merge(module.examples.policies, {
    # payments = module.payments.policies.write
  })

  handler_environment = merge(module.examples.environment, {
    # PAYMENTS_TABLE = module.payments.name
  })
}
