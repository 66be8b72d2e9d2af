mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  names = {
    development    = true
    webhook_queue  = "acme-dev-webhook-queue"
    webhook_dlq    = "acme-dev-webhook-dlq"
    webhook_sender = "acme-dev-webhook-sender"
    deliveries     = "acme-dev-deliveries"
  }
  runtime       = { package_path = "versions.tf", log_level = "INFO", kms_key = null }
  ttl_attribute = "gone_at"
  secrets = {
    prefix   = "/dev/acme/"
    names    = { "webhook-signing-key" = "/dev/acme/webhook-signing-key" }
    policies = { read = "{}" }
  }
  settings = { secrets = ["webhook-signing-key"], allowed_hosts = ["hooks.example.com"] }
}

run "delivers_from_a_queue_of_its_own" {
  command = plan

  assert {
    condition = (
      module.sender.grants == toset(["consume", "dead_letter", "deliveries", "secrets"]) &&
      module.sender.environment.WEBHOOK_ALLOWED_HOSTS == "hooks.example.com" &&
      module.sender.environment.WEBHOOK_SECRETS == "webhook-signing-key" &&
      module.sender.environment.TABLE_NAME == "acme-dev-deliveries" &&
      module.sender.environment.TTL_ATTRIBUTE == "gone_at"
    )
    error_message = "it knows the hosts and the key, and writes how deliveries went"
  }

  assert {
    condition     = module.queue.retention_seconds == 432000
    error_message = "a message outlives four days of tries"
  }
}

run "refuses_a_secret_that_is_not_declared" {
  command = plan
  variables { settings = { secrets = ["other"], allowed_hosts = ["hooks.example.com"] } }
  expect_failures = [var.settings]
}

run "refuses_webhooks_to_nobody" {
  command = plan
  variables { settings = { secrets = ["webhook-signing-key"] } }
  expect_failures = [var.settings]
}

run "refuses_an_endpoint_without_tls" {
  command = plan
  variables {
    settings = {
      secrets   = ["webhook-signing-key"]
      endpoints = { billing = { url = "http://billing.example.com/" } }
    }
  }
  expect_failures = [var.settings]
}

run "refuses_an_endpoint_with_credentials" {
  command = plan
  variables {
    settings = {
      secrets   = ["webhook-signing-key"]
      endpoints = { billing = { url = "https://user:key@billing.example.com/" } }
    }
  }
  expect_failures = [var.settings]
}

run "refuses_an_endpoint_at_a_port_that_is_closed" {
  command = plan
  variables {
    settings = {
      secrets   = ["webhook-signing-key"]
      endpoints = { billing = { url = "https://billing.example.com:8443/hooks" } }
    }
  }
  expect_failures = [var.settings]
}

run "takes_an_endpoint_at_a_port_that_is_open" {
  command = plan
  variables {
    settings = {
      secrets       = ["webhook-signing-key"]
      allowed_ports = [443, 8443]
      endpoints = {
        billing = { url = "https://billing.example.com:8443/hooks?of=acme:1#all" }
        audit   = { url = "HTTPS://[2001:db8::1]" }
      }
    }
  }
}

run "refuses_a_url_as_a_host" {
  command = plan
  variables {
    settings = {
      secrets = ["webhook-signing-key"], allowed_hosts = ["https://hooks.example.com"]
    }
  }
  expect_failures = [var.settings]
}

run "refuses_a_host_with_a_wildcard_in_it" {
  command = plan
  variables { settings = { secrets = ["webhook-signing-key"], allowed_hosts = ["*.example.com"] } }
  expect_failures = [var.settings]
}

run "refuses_a_port_that_is_none" {
  command = plan
  variables {
    settings = {
      secrets       = ["webhook-signing-key"], allowed_hosts = ["hooks.example.com"]
      allowed_ports = [65536]
    }
  }
  expect_failures = [var.settings]
}

run "refuses_plain_http_outside_dev" {
  command = plan
  variables {
    names = {
      development    = false
      webhook_queue  = "acme-qa-webhook-queue"
      webhook_dlq    = "acme-qa-webhook-dlq"
      webhook_sender = "acme-qa-webhook-sender"
      deliveries     = "acme-qa-deliveries"
    }
    settings = {
      secrets = ["webhook-signing-key"], allowed_hosts = ["hooks.example.com"], allow_http = true
    }
  }
  expect_failures = [var.settings]
}

run "refuses_loopback_addresses_outside_dev" {
  command = plan
  variables {
    names = {
      development    = false
      webhook_queue  = "acme-qa-webhook-queue"
      webhook_dlq    = "acme-qa-webhook-dlq"
      webhook_sender = "acme-qa-webhook-sender"
      deliveries     = "acme-qa-deliveries"
    }
    settings = {
      secrets        = ["webhook-signing-key"], allowed_hosts = ["hooks.example.com"]
      allow_loopback = true
    }
  }
  expect_failures = [var.settings]
}

run "refuses_callbacks_of_anybody_to_any_host_outside_dev" {
  command = plan
  variables {
    names = {
      development    = false
      webhook_queue  = "acme-qa-webhook-queue"
      webhook_dlq    = "acme-qa-webhook-dlq"
      webhook_sender = "acme-qa-webhook-sender"
      deliveries     = "acme-qa-deliveries"
    }
    settings = { secrets = ["webhook-signing-key"], allowed_hosts = ["*"] }
  }
  expect_failures = [var.settings]
}

run "takes_callbacks_of_known_callers_to_any_host" {
  command = plan
  variables {
    names = {
      development    = false
      webhook_queue  = "acme-qa-webhook-queue"
      webhook_dlq    = "acme-qa-webhook-dlq"
      webhook_sender = "acme-qa-webhook-sender"
      deliveries     = "acme-qa-deliveries"
    }
    anonymous = false
    settings  = { secrets = ["webhook-signing-key"], allowed_hosts = ["*"] }
  }
}

run "calls_by_tls_outside_dev" {
  command = plan
  variables {
    names = {
      development    = false
      webhook_queue  = "acme-qa-webhook-queue"
      webhook_dlq    = "acme-qa-webhook-dlq"
      webhook_sender = "acme-qa-webhook-sender"
      deliveries     = "acme-qa-deliveries"
    }
  }

  assert {
    condition     = module.sender.environment.WEBHOOK_ALLOW_HTTP == "false"
    error_message = "hosts are allowed outside dev, plain HTTP is not"
  }
}

run "calls_this_machine_in_dev" {
  command = plan
  variables {
    settings = {
      secrets    = ["webhook-signing-key"], allowed_hosts = ["localhost"]
      allow_http = true, allow_loopback = true
    }
  }

  assert {
    condition = (
      module.sender.environment.WEBHOOK_ALLOW_HTTP == "true" &&
      module.sender.environment.WEBHOOK_ALLOW_LOOPBACK == "true"
    )
    error_message = "a receiver on the developer's machine is reached"
  }
}

run "refuses_more_than_two_keys_that_sign" {
  command = plan
  variables {
    settings = {
      secrets       = ["webhook-signing-key", "webhook-signing-key", "webhook-signing-key"]
      allowed_hosts = ["hooks.example.com"]
    }
  }
  expect_failures = [var.settings]
}

run "refuses_endpoints_beyond_the_notifiers_environment" {
  command = plan
  variables {
    settings = {
      secrets = ["webhook-signing-key"]
      endpoints = {
        for n in range(40) : "endpoint-${n}" => { url = "https://e${n}.example.com/hooks" }
      }
    }
  }
  expect_failures = [var.settings]
}
