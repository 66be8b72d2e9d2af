data "aws_partition" "current" {}
data "aws_region" "current" {}

# What a browser lets a page do. The page's own files are all that it may load, and it talks to
# itself and to `connect_sources`.
locals {
  connect_sources = coalesce(var.connect_sources, [
    for scheme in ["https", "wss"] : join(".", [
      "${scheme}://*.execute-api", data.aws_region.current.id,
      data.aws_partition.current.dns_suffix,
    ])
  ])

  content_security_policy = join("; ", [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src ${join(" ", concat(["'self'"], local.connect_sources))}",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ])
}

resource "aws_cloudfront_response_headers_policy" "this" {
  #checkov:skip=CKV_AWS_259:Preloading is a promise for a whole domain, and not a page's to give.
  name    = var.name
  comment = "What browsers let ${var.name} do"

  security_headers_config {
    content_security_policy {
      content_security_policy = local.content_security_policy
      override                = true
    }

    content_type_options {
      override = true
    }

    # For browsers that do not know frame-ancestors.
    frame_options {
      frame_option = "DENY"
      override     = true
    }

    referrer_policy {
      referrer_policy = "no-referrer"
      override        = true
    }

    strict_transport_security {
      access_control_max_age_sec = 31536000
      include_subdomains         = true
      override                   = true
    }
  }

  custom_headers_config {
    items {
      header   = "permissions-policy"
      value    = "camera=(), geolocation=(), microphone=()"
      override = true
    }

    items {
      header   = "cross-origin-opener-policy"
      value    = "same-origin"
      override = true
    }

    items {
      header   = "x-robots-tag"
      value    = var.search_engines ? "all" : "noindex"
      override = true
    }
  }
}
