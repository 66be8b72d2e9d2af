# Queues beside the default one.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  project        = "acme-jobs"
  environment    = "dev"
  secret_values  = {}
  worker_timeout = 30
  api            = { submission = "validated" }
  commands = {
    queues = {
      high = { priority = true, max_concurrency = 20 }
      slow = { timeout = 900, memory_size = 2048, max_concurrency = 4 }
    }
  }
}

run "each_queue_has_a_worker_of_its_own_size_that_knows_all_queues" {
  command = plan

  assert {
    condition = output.queues.slow.worker_function_name == "acme-jobs-dev-worker-slow" && (
      endswith(module.queues.queues.slow.queue.name, "acme-jobs-dev-work-slow-queue")
    )
    error_message = "unexpected: ${jsonencode(output.queues)}"
  }

  assert {
    condition = (
      module.queues.queues.slow.queue.visibility_timeout_seconds == 5400 &&
      module.queues.queues.slow.queue.retention_seconds == 432000 &&
      module.queues.queues.high.queue.visibility_timeout_seconds == 180 &&
      module.queues.queues.high.queue.consumer.max_concurrency == 20 &&
      module.queue.visibility_timeout_seconds == 180
    )
    error_message = "what follows from a queue's sizes is derived for each"
  }

  assert {
    condition = (
      keys(jsondecode(module.worker.environment.QUEUES)) == ["default", "high", "slow"]
      && module.queues.queues.slow.worker.environment.QUEUE_NAME == "slow"
      && jsondecode(module.api.functions.submit.environment.QUEUES).high.priority
    )
    error_message = "unexpected: ${module.worker.environment.QUEUES}"
  }

  assert {
    condition = alltrue([
      for function in [
        module.worker, module.queues.queues.slow.worker, module.api.functions.submit,
        module.api.functions.outbox_relay,
      ] : contains(function.grants, "send_to_queues")
    ])
    error_message = "whoever moves or sends commands may send to every queue"
  }
}
