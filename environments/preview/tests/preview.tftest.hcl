mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  pr_number  = 7
  created_at = "2026-11-21T10:00:00Z"
}

run "is_a_whole_stack_named_after_the_pull_request" {
  command = plan

  assert {
    condition = [
      module.naming.prefix, module.worker.name, module.data.name,
      output.secret_names["third-party-api-key"],
      ] == [
      "async-api-pr-7", "async-api-pr-7-worker", "async-api-pr-7-commands",
      "/pr-7/async-api/third-party-api-key",
    ]
    error_message = "two previews must not share a name"
  }

  assert {
    condition     = !module.data.deletion_protection && module.data.results_force_destroy
    error_message = "nothing keeps a preview from going"
  }

  assert {
    condition = module.tagging.tags == tomap({
      Project     = "async-api", Environment = "pr-7", ManagedBy = "terraform",
      PullRequest = "7", CreatedAt = "2026-11-21T10:00:00Z", TtlHours = "72",
    })
    error_message = "the clean-up goes by these: ${jsonencode(module.tagging.tags)}"
  }

  assert {
    condition = [output.preview_url, output.api_url, output.job_url] == [
      "https://d1mock.cloudfront.net/",
      "https://a1b2c3.execute-api.us-east-1.amazonaws.com",
      "https://a1b2c3.execute-api.us-east-1.amazonaws.com/jobs",
    ]
    error_message = "the comment on the pull request shows these"
  }

  assert {
    condition = {
      hello   = module.hello.grants, status = module.api.functions.status.grants,
      cancel  = module.api.functions.cancel.grants,
      openapi = module.api.functions.openapi.grants, worker = module.worker.grants,
      } == {
      hello  = toset(["count"]), status = toset(["commands", "results"]),
      cancel = toset(["commands"]),
      openapi = toset([]), worker = toset([
        "commands", "consume", "dead_letter", "delayed_copies", "look", "results", "secrets",
        "states",
      ]),
    }
    error_message = "a function may do what its grants say, and nothing else"
  }

  assert {
    condition = module.hello.environment == tomap({
      ENVIRONMENT = "pr-7", PACKAGE = module.package.sha256
      QUEUE_URL   = module.queue.url, DLQ_URL = module.queue.dlq_url

      POWERTOOLS_SERVICE_NAME = module.naming.hello, POWERTOOLS_LOG_LEVEL = "INFO"
    })
    error_message = "what hello knows, everybody may know"
  }

  assert {
    condition = length(module.package.least_timeouts) > 0 && alltrue([
      for least in module.package.least_timeouts :
      module.queue.consumer.timeout_seconds >= least
    ])
    error_message = "a command of a handler that never runs would look broken"
  }
}
