mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name   = "acme-pr-7-site"
  folder = "./tests/page"
  values = { name = "Ada" }
}

run "lets_nobody_read_the_bucket_but_its_own_distribution" {
  command = plan

  assert {
    condition = jsondecode(aws_s3_bucket_policy.this.policy).Statement[0] == {
      Sid       = "ReadByTheDistribution"
      Effect    = "Allow"
      Principal = { Service = "cloudfront.amazonaws.com" }
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::mock/*"
      Condition = {
        StringEquals = {
          "AWS:SourceArn" = "arn:aws:cloudfront::123456789012:distribution/E1MOCK"
        }
      }
    }
    error_message = "without that condition any distribution of any account could read"
  }

  assert {
    condition = (
      jsondecode(aws_s3_bucket_policy.this.policy).Statement[1].Effect == "Deny" &&
      jsondecode(aws_s3_bucket_policy.this.policy).Statement[1].Condition == {
        Bool = { "aws:SecureTransport" = "false" }
      }
    )
    error_message = "nobody gets in without TLS"
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "nothing in it may become public"
  }

  assert {
    condition = (
      one(aws_cloudfront_distribution.this.origin).origin_access_control_id == "E2MOCK" &&
      aws_cloudfront_origin_access_control.this.signing_behavior == "always"
    )
    error_message = "the distribution signs what it asks the bucket for"
  }
}

run "sends_headers_of_its_own" {
  command = plan

  assert {
    condition = (
      one(aws_cloudfront_distribution.this.default_cache_behavior).response_headers_policy_id ==
      module.response_headers[0].id
    )
    error_message = "the distribution sends what the page may do"
  }
}

run "sends_headers_that_many_pages_share" {
  command = plan

  variables { headers = { policy = { id = "67f7725c-6f97-4210-82d7-5512b31e9d03" } } }

  assert {
    condition = (
      one(aws_cloudfront_distribution.this.default_cache_behavior).response_headers_policy_id ==
      "67f7725c-6f97-4210-82d7-5512b31e9d03" && length(module.response_headers) == 0
    )
    error_message = "CloudFront allows 20 policies in an account"
  }
}

run "serves_over_https_and_caches_nothing" {
  command = plan

  assert {
    condition = (
      one(aws_cloudfront_distribution.this.default_cache_behavior).viewer_protocol_policy ==
      "redirect-to-https" &&
      one(aws_cloudfront_distribution.this.default_cache_behavior).cache_policy_id ==
      "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" &&
      aws_cloudfront_distribution.this.default_root_object == "index.html" &&
      aws_cloudfront_distribution.this.price_class == "PriceClass_100"
    )
    error_message = "https, managed CachingDisabled, index.html, the cheapest places"
  }

  assert {
    condition = one([
      for response in aws_cloudfront_distribution.this.custom_error_response :
      [response.error_code, response.response_code, response.response_page_path]
    ]) == [403, 404, "/404.html"]
    error_message = "what is missing is a 404, though S3 says 403"
  }

  assert {
    condition = [output.origin, output.url] == [
      "https://d1mock.cloudfront.net", "https://d1mock.cloudfront.net/",
    ]
    error_message = "the page is at the distribution's own name"
  }
}

run "renders_templates_and_names_content_types" {
  command = plan

  assert {
    condition = {
      for key, file in aws_s3_object.file : key => [file.content_type, file.cache_control]
      } == {
      "404.html"   = ["text/html; charset=utf-8", "no-cache"]
      "app.js"     = ["text/javascript; charset=utf-8", "no-cache"]
      "index.html" = ["text/html; charset=utf-8", "no-cache"]
    }
    error_message = "a browser runs what is called a script, and asks whether it has changed"
  }

  assert {
    condition = (
      aws_s3_object.file["index.html"].content == "<p>Hello Ada</p>\n" &&
      aws_s3_object.file["index.html"].etag == md5("<p>Hello Ada</p>\n")
    )
    error_message = "index.html.tftpl is a template of index.html"
  }
}

run "takes_a_name_of_your_own_with_todays_tls" {
  command = plan

  variables {
    domain = {
      name            = "app.example.com"
      certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222"
    }
  }

  assert {
    condition = (
      one(aws_cloudfront_distribution.this.viewer_certificate).minimum_protocol_version ==
      "TLSv1.2_2021" &&
      aws_cloudfront_distribution.this.aliases == toset(["app.example.com"]) &&
      output.origin == "https://app.example.com"
    )
    error_message = "its certificate, its name, and no TLS before 1.2"
  }
}
