"""The container's process: `python -m container_task`."""

import os
import sys

from container_task import ending
from container_task.task import main

if __name__ == "__main__":
    ending.arrange(os.environ)
    sys.exit(main(os.environ))
