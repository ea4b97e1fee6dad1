# SPDX-License-Identifier: MPL-2.0
"""Runs the judge's tests; then every route of the simulator that pydo knows must have been called."""

import os
import sys
import unittest

from judge import simulator

# Not in DigitalOcean's specification, which pydo is made from.
UNKNOWN_TO_PYDO = {"GET /v2/kubernetes/clusters/{id}/node_pools_template/{pool}"}


def matches(pattern, target):
    want = pattern.strip("/").split("/")
    got = target.split("?")[0].strip("/").split("/")
    words = {"actions", "snapshots"}  # of the API, never ids of its volumes
    return len(want) == len(got) and all(
        w == g or (w.startswith("{") and g not in words) for w, g in zip(want, got))


def uncovered():
    calls = [call for call in simulator.lab("/lab/calls")["calls"] if call["status"] < 300]
    for route in simulator.lab("/lab/routes")["routes"]:
        called = any(call["method"] == route["method"] and matches(route["path"], call["path"])
                     for call in calls)
        name = route["method"] + " " + route["path"]
        if called == (name in UNKNOWN_TO_PYDO):
            yield f"{name}: called: {called}, though that pydo can is {not called}"


def main():
    try:
        suite = unittest.defaultTestLoader.discover(os.path.dirname(os.path.abspath(__file__)))
        result = unittest.TextTestRunner().run(suite)
        if not result.wasSuccessful() or result.testsRun == 0:
            return 1
        missing = list(uncovered())
        for each in missing:
            print(each)
        return 1 if missing else 0
    finally:
        simulator.stop()


sys.exit(main())
