"""Dead-letter messages: look at them, keep a copy, send them back, delete them."""
