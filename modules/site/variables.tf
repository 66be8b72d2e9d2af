variable "name" {
  description = "Name of the bucket, up to the account's id at its end, and of what serves it."
  type        = string
  nullable    = false

  # 63 characters in all; the account's id and a hyphen take 13.
  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,48}[a-z0-9]$", var.name))
    error_message = "3-50 lowercase letters, digits or inner hyphens, like \"acme-pr-7-site\"."
  }
}

variable "folder" {
  description = <<-EOT
    Folder with the page's files, index.html and 404.html among them: css, html, js, json, svg and
    txt. What ends in .tftpl is a template.
  EOT
  type        = string
  nullable    = false

  validation {
    condition = alltrue([
      for file in fileset(var.folder, "**") :
      can(regex("[.](css|html|js|json|svg|txt)([.]tftpl)?$", file))
    ])
    error_message = "Files are css, html, js, json, svg or txt, like \"index.html\"."
  }

  validation {
    condition = length(setsubtract(
      ["index.html", "404.html"],
      [for file in fileset(var.folder, "**") : trimsuffix(file, ".tftpl")],
    )) == 0
    error_message = "The folder holds index.html and 404.html, for example as index.html.tftpl."
  }
}

variable "values" {
  description = "Values for the templates among the files; visitors can read them."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "headers" {
  description = <<-EOT
    What browsers let the page do: see module `response_headers`. `policy` is one that is there
    already, which many pages share: CloudFront allows 20 in an account.
  EOT
  type = object({
    connect_sources = optional(list(string))
    search_engines  = optional(bool, false)
    policy          = optional(object({ id = string }))
  })
  default  = {}
  nullable = false
}

variable "domain" {
  description = <<-EOT
    A name of your own for the page, and the certificate for it (of ACM in us-east-1); null takes
    CloudFront's.
  EOT
  type = object({
    name            = string
    certificate_arn = string
  })
  default = null

  validation {
    condition = (
      var.domain == null || can(regex("^[a-z0-9-]+([.][a-z0-9-]+)+$", var.domain.name))
    )
    error_message = "A name is small letters and dots, like { name = \"app.example.com\", ... }."
  }

  validation {
    condition = var.domain == null || can(regex(
      "^arn:[a-z-]+:acm:us-east-1:[0-9]{12}:certificate/.+$", var.domain.certificate_arn
    ))
    error_message = "CloudFront wants one like \"arn:aws:acm:us-east-1:…:certificate/…\"."
  }
}

variable "price_class" {
  description = "CloudFront price class: edge locations that serve the page."
  type        = string
  default     = "PriceClass_100"
  nullable    = false

  validation {
    condition = contains(
      ["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class
    )
    error_message = "PriceClass_100, _200 or _All, from few edges to all, like \"PriceClass_100\"."
  }
}

variable "force_destroy" {
  description = "Allows destroying the bucket with files that Terraform does not manage."
  type        = bool
  default     = false
  nullable    = false
}
