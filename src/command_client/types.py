"""Inputs and results of command types, by their schemas; `make docs` writes this file."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class DeliverWebhookInput(TypedDict):
    """A payload for an address on the internet."""

    # Where to: an https URL without credentials.
    url: str
    # What to: any JSON object or list, sent as it is.
    payload: dict[str, Any] | list[Any]


class ForecastDemandInput(TypedDict):
    """A forecast of the demand for a product, by simulation."""

    # Units sold on an average day.
    perDay: float
    # How many days to look ahead.
    days: int
    # How often the days are simulated; 1000 where it is missing.
    runs: NotRequired[int]


class GenerateReportInput(TypedDict):
    """A report on the commands that changed lately."""

    # How many hours back; 24 where it is missing.
    sinceHours: NotRequired[int]
    # How many commands at most; 1000 where it is missing.
    limit: NotRequired[int]


class ImportOrdersInput(TypedDict):
    """A list of orders of one product each."""

    # The orders.
    orders: list[Any]


class ImportRowInput(TypedDict):
    """A row of an import: an order of one product."""

    # Which product: letters, digits, dots, hyphens or underscores.
    productId: str
    # How many.
    quantity: int
    # Address of the customer.
    customerEmail: str
    # Price of one, with at most two decimals.
    unitPrice: float


class ProcessOrderInput(TypedDict):
    """An order of one product."""

    # Which product: letters, digits, dots, hyphens or underscores.
    productId: str
    # How many.
    quantity: int
    # Address of the customer.
    customerEmail: str
    # Price of one, with at most two decimals.
    unitPrice: float


class SendEmailInput(TypedDict):
    """One e-mail to one address."""

    # Address of the recipient, without a name.
    to: str
    # One line.
    subject: str
    # The message as plain text.
    text: str
    # The same message as HTML, for those who can see it.
    html: NotRequired[str]


class SummarizeImportInput(TypedDict):
    """The batch of import_orders that this command follows."""

    # How many commands the batch has.
    commands: int
    # How many lines each of them has, the last one aside; by default 100.
    linesPerCommand: NotRequired[int]


class ProcessOrderResult(TypedDict):
    """The order as it is stored."""

    # For people.
    message: str
    # Id of the order, the same in the answer to its submission.
    orderId: str
    # When the command was submitted, in UTC.
    createdAt: str
    # Status of the order.
    status: Literal["PROCESSED"]
