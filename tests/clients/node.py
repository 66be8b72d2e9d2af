"""The TypeScript client as an application has it: the package in a folder, and Node.js."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scripts.build.clients.build import npm_package
from scripts.build.openapi.__main__ import describe
from scripts.build.openapi.choices import environ
from scripts.settings import environment_folder

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """
import { Commands, InvalidWebhook, NotEnded, Refused, Reporter, Unreachable, verifyWebhook }
  from "command-client";
const given = JSON.parse(process.argv[2]);
const collected = async (states) => {
  const found = [];
  for await (const state of states) found.push(state);
  return found;
};
const failure = async (promise) => promise.then(
  (value) => ({ value }),
  (error) => ({ name: error.name, message: error.message, status: error.status ?? null }),
);
const tell = (value) => console.log(JSON.stringify(value));
"""


@dataclass(frozen=True)
class Application:
    """A folder in which `command-client` is installed; `project` is where it was built."""

    folder: Path
    project: Path

    def run(self, script: str, given: object = None, *flags: str) -> Any:
        """What a script tells, once it has ended; `flags` are of Node.js."""
        program = self.folder / "program.mjs"
        program.write_text(HEAD + script)
        done = subprocess.run(
            ["node", *flags, program, json.dumps(given)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def compile(self, program: str) -> list[str]:
        """What TypeScript has to say against a program, one line for each mistake."""
        (self.folder / "program.ts").write_text(program)
        done = subprocess.run(
            [
                self.project / "node_modules/.bin/tsc",
                *("--noEmit", "--strict", "--module", "nodenext", "--target", "es2022"),
                *("--lib", "es2022,dom", "--pretty", "false", "program.ts"),
            ],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        return [line for line in done.stdout.splitlines() if "error TS" in line]


def application(folder: Path) -> Application:
    """Build the package of dev's API, and install what is in it and nothing else."""
    package = npm_package(folder, describe(environ(environment_folder("dev"))))
    home = folder / "application"
    installed = home / "node_modules" / "command-client"
    installed.parent.mkdir(parents=True)
    with tarfile.open(package) as files:
        files.extractall(home, filter="data")
    shutil.move(home / "package", installed)
    (home / "package.json").write_text('{"type": "module"}')
    return Application(home, folder / "typescript")
