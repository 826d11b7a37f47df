"""The release build of `main.rs`, and what goes to and fro."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


def build():
    """The path of the program."""
    command = ["cargo", "bench", "--locked", "--bench", "peers", "--no-run"]
    messages = subprocess.run(
        [*command, "--message-format=json-render-diagnostics"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout.splitlines()
    executables = [json.loads(message).get("executable") for message in messages]
    return next(path for path in reversed(executables) if path)


class Network:
    """X, W and D of a sample with n rows, d inputs and p neurons, and σ = ReLU."""

    def __init__(self, n, d, p):
        generator = np.random.default_rng(1)
        self.x = generator.standard_normal((n, d))
        self.w = generator.standard_normal((d, p))
        self.diagonal = generator.uniform(0.5, 1.5, p)

    def features(self):
        """F = σ'(XW/√d) D"""
        return (self.x @ self.w / np.sqrt(self.x.shape[1]) > 0) * self.diagonal


class Ours:
    def __init__(self, **environment):
        self.path = build()
        self.environment = {**os.environ, **environment}

    def __enter__(self):
        pipe = subprocess.PIPE
        command = [self.path, "serve"]
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, text=True, env=self.environment
        )
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def load(self, network):
        """Hands over X, W and D."""
        n, d = network.x.shape
        with tempfile.NamedTemporaryFile() as file:
            for matrix in (network.x, network.w, network.diagonal):
                file.write(matrix.astype("<f8").tobytes())
            file.flush()
            self.ask(f"load {n} {d} {network.w.shape[1]} {file.name}")

    def ask(self, command):
        """The seconds it took, and vectors of the result."""
        print(command, file=self.process.stdin, flush=True)
        lines = []
        while line := self.process.stdout.readline().strip():
            lines.append(np.array(line.split(), dtype=float))
        if not lines:
            raise RuntimeError(f"no answer to: {command}")
        return lines[0][0], lines[1:]
