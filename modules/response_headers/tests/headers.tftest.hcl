mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name = "acme-previews"
}

run "tells_browsers_what_the_page_may_do" {
  command = plan

  assert {
    condition = one(one(
      aws_cloudfront_response_headers_policy.this.security_headers_config
      ).content_security_policy).content_security_policy == join("; ", [
      "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'",
      "font-src 'self'", join(" ", [
        "connect-src 'self' https://*.execute-api.us-east-1.amazonaws.com",
        "wss://*.execute-api.us-east-1.amazonaws.com",
      ]),
      "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ])
    error_message = "the page loads its own files only, and talks to its API"
  }

  assert {
    condition = [
      for it in aws_cloudfront_response_headers_policy.this.security_headers_config : [
        it.frame_options[0].frame_option, it.referrer_policy[0].referrer_policy,
        it.strict_transport_security[0].access_control_max_age_sec,
        it.content_type_options[0].override,
      ]
    ] == [["DENY", "no-referrer", 31536000, true]]
    error_message = "https only, in no frame, no referrer, no guessed content types"
  }
}

run "names_apis_as_the_partition_does" {
  command = plan
  override_data {
    target = data.aws_partition.current
    values = { partition = "aws-cn", dns_suffix = "amazonaws.com.cn" }
  }

  assert {
    condition     = strcontains(local.content_security_policy, ".us-east-1.amazonaws.com.cn;")
    error_message = "unexpected: ${local.content_security_policy}"
  }
}

run "allows_what_it_is_told_instead" {
  command = plan
  variables { connect_sources = [] }

  assert {
    condition     = strcontains(local.content_security_policy, "connect-src 'self';")
    error_message = "unexpected: ${local.content_security_policy}"
  }
}

run "rejects_a_source_without_tls" {
  command = plan
  variables { connect_sources = ["http://api.example.com"] }
  expect_failures = [var.connect_sources]
}

run "rejects_every_source" {
  command = plan
  variables { connect_sources = ["*"] }
  expect_failures = [var.connect_sources]
}

run "rejects_a_name_with_a_slash" {
  command = plan
  variables { name = "acme/previews" }
  expect_failures = [var.name]
}
