provider "aws" {}

module "secret" {
  source = "../../../../modules/generated_secret"

  name                 = "/dev/integration/session-key"
  description          = "Signs sessions"
  length               = 40
  punctuation          = false
  recovery_window_days = 0
}

output "name" {
  value = module.secret.name
}
