"""Webhooks: where they may go, what is sent, and what an answer means.

We found no well-kept library for the guard that a Lambda function could carry: those that connect
to the address which they checked build on httpx or requests, which the runtime does not have.
"""
