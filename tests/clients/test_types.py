"""TypeScript programs know the inputs and the results of each type."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.clients.node import Application

pytestmark = pytest.mark.long

PROGRAM = """
import { Commands } from "command-client";
import type { CallbackState, Command, Inputs, Result } from "command-client";

const commands = new Commands("https://api.example.com/commands");
const order: Inputs["process_order"] = {
  productId: "p-1", quantity: 2, customerEmail: "a@b.co", unitPrice: 9.99,
};
const id = await commands.submit("process_order", order);
const text: string = id;
const ended = await commands.wait(id);
if (ended.status === "COMPLETED" && ended.result) {
  const orderId: string = ended.result.orderId;
}
for await (const state of commands.watch("c-1")) {
  if (state.type === "process_order") state.result?.createdAt.length;
  const attempts: number = state.attempts;
}
await commands.submit("echo", { any: [1] }, { callback: { url: "https://hooks.example.com/" } });
const state: CallbackState | undefined = ended.callback;
const failed: boolean = state?.status === "failed" && state.error?.code !== "";
const unknown: Result<"echo"> = 7;
"""


def test_inputs_and_results_have_their_types(app: Application) -> None:
    """A program that is right compiles, and each mistake is found in its line."""
    assert app.compile(PROGRAM) == []
    mistakes = """
await commands.submit("unheard_of", {});
await commands.submit("process_order", { productId: "p-1" });
ended.result!.total;
const status: "DONE" = ended.status;
await commands.submit("echo", {}, { callback: { url: "https://a.b/", include_result: true } });
const told: "done" = state!.status;
const wrong: Command<"process_order">["result"] = { orderId: 7 };
"""
    found = app.compile(PROGRAM + mistakes)
    first = PROGRAM.count("\n") + 2
    assert [int(one.partition("(")[2].partition(",")[0]) for one in found] == [
        first + line for line in range(7)
    ]
