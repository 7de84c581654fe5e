#!/usr/bin/env python3
"""A named consumer: every event of a topic, once, also after a restart of either side.

    KEY=<admin key> python3 consumer.py forms printer
"""
import json, os, sys, urllib.request

topic, name = sys.argv[1:]
server = os.environ.get("URL", "http://127.0.0.1:8080")
headers = {"Authorization": "Bearer " + os.environ["KEY"], "Content-Type": "application/json"}


def call(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=90) as answer:
        return json.load(answer)


call("PUT", "/consumers/" + name, {"topic": topic})  # again: changes nothing
while True:
    page = call("GET", f"/consumers/{name}/events?wait=30")
    for event in page["events"]:
        # your work; an event may come again when this program ends before the line below
        print(event["position"], event["type"], event["key"], json.dumps(event["data"]), flush=True)
    if page["events"]:
        call("POST", f"/consumers/{name}/acknowledge", {"position": page["next"]})
