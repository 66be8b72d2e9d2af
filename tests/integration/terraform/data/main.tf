provider "aws" {}

module "data" {
  source = "../../../../modules/data"

  name = "integration-dev-commands"
}

output "table" {
  value = module.data.name
}

output "ttl_attribute" {
  value = module.data.ttl_attribute
}
