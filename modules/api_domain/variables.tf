variable "name" {
  description = "Domain name of the API."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]{2,63}$", var.name))
    error_message = "name must be a domain in lowercase, for example \"api.example.com\"."
  }

  # A certificate's common name: https://docs.aws.amazon.com/acm/latest/APIReference/
  validation {
    condition     = length(var.name) <= 64
    error_message = "The domain may have 64 characters, for example \"api.example.com\"."
  }
}

variable "api" {
  description = "The API: outputs `id` and `stage_name` of module `http_api` or `rest_api`."
  type        = object({ id = string, stage_name = string })
  nullable    = false
}

variable "certificate" {
  description = "Certificate of yours in the API's region; null makes one, proven in `zone`."
  type        = object({ arn = string })
  default     = null

  validation {
    condition = var.certificate == null || can(regex(
      "^arn:[a-z-]+:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$", var.certificate.arn
    ))
    error_message = <<-EOT
      A certificate, like { arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1a2b" }.
    EOT
  }
}

variable "zone" {
  description = "Route 53 hosted zone for the records; null leaves DNS to you."
  type        = object({ id = string })
  default     = null

  validation {
    condition     = var.zone != null || var.certificate != null
    error_message = "A new certificate is proven by DNS: give its zone, like { id = \"Z012345\" }."
  }
}
