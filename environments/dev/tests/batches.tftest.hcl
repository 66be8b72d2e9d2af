# Batches, and uploads of their lines.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  project       = "acme-jobs"
  environment   = "dev"
  secret_values = {}
  api           = { submission = "validated", batches = true, uploads = true }
}

run "batches_are_counted_and_shown_by_functions_of_their_own" {
  command = plan

  assert {
    condition = (
      module.api.functions.batches.grants == toset(["batches", "commands"]) &&
      module.api.functions.batch_counter.grants == toset([
        "commands", "count", "give_up", "read_inputs", "send", "store_inputs", "stream",
      ])
    )
    error_message = "the counter reads the stream, and stores and sends what follows a batch"
  }

  assert {
    condition = module.api.functions.batch_transfer.grants == toset([
      "commands", "read_inputs", "read_many", "send", "store_inputs", "transfer",
    ])
    error_message = "the transfer submits lines and cancels them, and reads what became of them"
  }
}
