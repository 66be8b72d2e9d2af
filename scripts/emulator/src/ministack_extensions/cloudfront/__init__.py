"""CloudFront: its web pages, on this machine and with AWS's names for them."""
