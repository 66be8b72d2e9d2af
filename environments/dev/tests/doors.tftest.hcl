# Which doors there are, and what stands behind them.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  project       = "acme-jobs"
  environment   = "dev"
  secrets       = {}
  secret_values = {} # ephemeral: what is unset in a plan must be unset in its apply
  routes        = {}
}

run "the_direct_door_needs_no_function" {
  assert {
    condition = (
      length(module.submit) == 0 && length(module.sweep) == 0 &&
      length(module.sweep_schedule) == 0 && output.submit_function_name == null
    )
    error_message = "API Gateway itself fills the queue"
  }

  assert {
    condition     = output.commands_endpoint == "${module.api[0].endpoint}/commands"
    error_message = "commands are posted to the HTTP API"
  }
}

run "one_variable_puts_a_function_before_the_queue" {
  variables { submission = "validated" }

  assert {
    condition = (
      module.submit[0].grants == toset(["commands", "read_inputs", "send", "store_inputs"]) &&
      module.sweep[0].grants == toset(["commands", "find", "read_inputs", "send"])
    )
    error_message = "they write commands down and queue them, and the sweep finds them"
  }

  assert {
    condition     = output.commands_endpoint == "${module.api[0].endpoint}/commands"
    error_message = "the client sees the same address"
  }
}

run "a_route_brings_the_function_for_itself" {
  variables {
    routes = { "POST /orders" = { type = "process_order" } }
  }

  assert {
    condition = (
      jsondecode(module.submit[0].environment.ROUTES) == { "POST /orders" = "process_order" } &&
      module.openapi.environment.ROUTES == module.submit[0].environment.ROUTES &&
      module.openapi.environment.DOOR == "direct"
    )
    error_message = "the function and the description must know the route"
  }
}

run "the_rest_door_replaces_the_http_api" {
  variables {
    api_type           = "rest"
    cors_allow_origins = ["https://app.example.com", "https://www.example.com"]
  }

  assert {
    condition = alltrue([
      for function in [module.status, module.cancel, module.openapi] :
      function.environment.CORS_ALLOW_ORIGINS == "https://app.example.com https://www.example.com"
    ])
    error_message = "behind a REST API the functions say themselves which pages may read them"
  }

  assert {
    condition = (
      length(module.api) == 0 &&
      output.commands_endpoint == module.rest_api[0].commands_endpoint &&
      module.openapi.environment.DOOR == "rest"
    )
    error_message = "there is one API, and everything behind it is the same"
  }
}

run "with_tokens_the_functions_ask_whose_a_command_is" {
  variables {
    authentication = {
      mode     = "jwt"
      issuer   = "https://id.example.com"
      audience = ["jobs"]
      scopes   = { admin = "commands:admin" }
    }
  }

  assert {
    condition = alltrue([
      for function in [module.status, module.cancel] :
      function.environment.AUTHENTICATED == "true" &&
      function.environment.ADMIN_SCOPE == "commands:admin"
    ])
    error_message = "a function that does not ask shows anybody everything"
  }
}

run "without_tokens_nobody_owns_a_command" {
  command = plan
  variables {
    authentication = { mode = "iam" }
  }

  assert {
    condition = (
      module.status.environment.AUTHENTICATED == "false" &&
      module.cancel.environment.ADMIN_SCOPE == ""
    )
    error_message = "a function that asks for an owner would refuse everybody"
  }
}

run "the_examples_get_their_settings" {
  command = plan
  variables {
    enable_command_index = true
    secrets              = { "webhook-signing-key" = { description = "Signs webhooks" } }
    email                = { sender = "jobs@example.com", identity = "example.com" }
    demo_handlers        = false
    webhooks = {
      allowed_hosts = ["hooks.example.com", ".example.org", "*"]
      allowed_ports = [443, 8443]
      secret        = "webhook-signing-key"
    }
  }

  assert {
    condition = {
      for name in [
        "DEMO_HANDLERS", "EMAIL_SENDER", "INDEX_NAME", "WEBHOOK_ALLOWED_HOSTS",
        "WEBHOOK_ALLOWED_PORTS", "WEBHOOK_ALLOW_LOOPBACK", "WEBHOOK_SECRET",
      ] : name => module.worker.environment[name]
      } == {
      DEMO_HANDLERS          = "false"
      EMAIL_SENDER           = "jobs@example.com"
      INDEX_NAME             = "by-status"
      WEBHOOK_ALLOWED_HOSTS  = "hooks.example.com,.example.org,*"
      WEBHOOK_ALLOWED_PORTS  = "443,8443"
      WEBHOOK_ALLOW_LOOPBACK = "false"
      WEBHOOK_SECRET         = "webhook-signing-key"
    }
    error_message = "the variables must reach the worker"
  }
}
