variable "name" {
  description = "Name of the policy; CloudFront knows no tags of it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,128}$", var.name))
    error_message = "1-128 letters, digits or _- , for example \"acme-previews\"."
  }
}

variable "connect_sources" {
  description = <<-EOT
    Where the page's scripts may connect to, besides itself: sources of a content security policy,
    like "https://api.example.com". Null allows all APIs of API Gateway in this region.
  EOT
  type        = list(string)
  default     = null

  validation {
    condition = alltrue([
      for source in coalesce(var.connect_sources, []) :
      can(regex("^(https|wss)://([*][.])?[a-z0-9-]+([.][a-z0-9-]+)+$", source))
    ])
    error_message = "A source is a scheme and a host, for example \"https://api.example.com\"."
  }
}

variable "search_engines" {
  description = "Allows search engines to list the page."
  type        = bool
  default     = false
  nullable    = false
}
