provider "aws" {}

variable "controlled_value" {
  type      = string
  ephemeral = true
  sensitive = true
}

module "secrets" {
  source = "../../../../modules/secrets"

  prefix               = "/dev/integration/"
  recovery_window_days = 0
  secrets = {
    third-party = { description = "Seeded by an engineer" }
    controlled  = { description = "Comes with the apply", value_version = 1 }
  }
  values = { controlled = var.controlled_value }
}

output "names" {
  value = module.secrets.names
}
