# The smallest environment that workflows can deploy; without a provider, so that it is quick.
terraform {
  required_version = ">= 1.11"
}

variable "aws_profile" {
  type    = string
  default = "somebody-at-home"
}

variable "package_sha256" {
  type    = string
  default = null
}

variable "size" {
  type    = number
  default = 1
}

variable "password" {
  type      = string
  default   = "hunter2-canary"
  sensitive = true
}

resource "terraform_data" "worker" {
  input = { size = var.size, zip = var.package_sha256, profile = var.aws_profile }
}

resource "terraform_data" "secretive" {
  input = var.password
}

resource "terraform_data" "data" {
  count = var.size > 9 ? 0 : 1
}
