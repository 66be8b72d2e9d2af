"""A page on this machine for what an operator would click: see, submit, cancel, redrive.

It is a client like the others, in a process of its own: it asks the deployed API over HTTP, and AWS
as `scripts.dlq` does. Within the emulator it would be a part of what stands in for AWS, and gone in
the moment in which it has to say that the stack is gone.
"""
