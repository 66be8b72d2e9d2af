# Resources, grants, environment variables and layers of your handlers: add what they need here.

locals {
  handler_policies = merge(module.examples.policies, {
    # payments = module.payments.policies.write
  })

  handler_environment = merge(module.examples.environment, {
    # PAYMENTS_TABLE = module.payments.name
  })
  handler_layers = []
}
