# SPDX-License-Identifier: MPL-2.0
"""What all of the judge's tests share: the simulator, clients of it, and ways to wait and to check."""

import json
import os
import subprocess
import time
import unittest
import urllib.request

from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.policies import SansIOHTTPPolicy
from pydo import Client

REGION = "nyc3"
SIZE = "s-2vcpu-4gb"


class Bearer(SansIOHTTPPolicy):
    """The token over plain HTTP, which pydo's own policy refuses."""

    def __init__(self, token):
        super().__init__()
        self.token = token

    def on_request(self, request):
        request.http_request.headers["Authorization"] = "Bearer " + self.token


class Simulator:
    """The process, and its own calls."""

    def __init__(self):
        self.process = subprocess.Popen(
            [os.environ["KPROTO_SIMULATOR"], "--time-factor=100", "--token=judge",
             "--controller-token=controller"],
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.url = line.strip().removeprefix("listening on ")
        if not self.url.startswith("http://"):
            raise RuntimeError("the simulator said: " + line)

    def client(self, token="judge"):
        return Client(token, endpoint=self.url, authentication_policy=Bearer(token), retry_total=0)

    def lab(self, path):
        request = urllib.request.Request(self.url + path,
                                         headers={"Authorization": "Bearer controller"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


simulator = Simulator()


class JudgeTest(unittest.TestCase):
    def setUp(self):
        self.client = simulator.client()

    def refused(self, error_id, message, call, *args, **kwargs):
        """pydo raises some errors and returns the bodies of others."""
        try:
            body = call(*args, **kwargs)
        except HttpResponseError as error:
            body = json.loads(error.response.text())
        self.assertEqual(body.get("id"), error_id, body)
        self.assertIn(message, body["message"])
        self.assertTrue(body["request_id"])

    def eventually(self, what, condition):
        deadline = time.monotonic() + 30
        while True:
            result = condition()
            if result:
                return result
            if time.monotonic() > deadline:
                self.fail("never: " + what)
            time.sleep(0.05)

    def make_droplet(self, name):
        body = {"name": name, "region": REGION, "size": SIZE, "image": "debian-12-x64"}
        return self.client.droplets.create(body=body)["droplet"]

    def make_volume(self, name, **fields):
        body = {"name": name, "region": REGION, "size_gigabytes": 5, **fields}
        return self.client.volumes.create(body=body)["volume"]
