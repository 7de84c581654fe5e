#!/usr/bin/python3
"""Daybook's quizzes with Debian's Python clients.

    quiz_python_client.py URL ADMIN_KEY polling|websocket|upgrade|native|events

polling, websocket and upgrade: python3-socketio's client over that transport (upgrade begins with
polling and changes by itself). native: the JSON protocol with python3-websocket's client. events:
server-sent events with python3-requests. Ends with 0 when everything held; what did not is printed.
"""
import json
import sys
import threading
import time

import requests
import socketio
import websocket

URL, KEY, WAY = sys.argv[1:4]
DEADLINE_S = 15
TRANSPORTS = {"polling": ["polling"], "websocket": ["websocket"], "upgrade": None}


class Failed(Exception):
    pass


def check(condition, what, seen=None):
    if not condition:
        raise Failed(f"{what}; seen: {seen!r}")


def until(condition, what):
    end = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > end:
            raise Failed(f"not within {DEADLINE_S} s: {what}")
        time.sleep(0.002)


def asked(method, path, body=None):
    answer = requests.request(method, URL + path, json=body, timeout=DEADLINE_S,
                              headers={"Authorization": f"Bearer {KEY}"})
    check(answer.status_code < 300, f"{method} {path}", answer.text)
    return answer.json()


def open_quiz(quiz, questions, users):
    asked("PUT", f"/quizzes/{quiz}", {
        "name": quiz, "open": True,
        "questions": [{"id": f"q{i}", "text": f"Question {i}?", "options": ["a", "b", "c", "d"],
                       "answerIndex": 1} for i in range(questions)]})
    for i in range(users):
        asked("PUT", f"/users/{quiz}-u{i}", {"username": f"user {i}"})


def right(quiz, user, question):
    return {"userId": f"{quiz}-u{user}", "quizId": quiz, "questionId": f"q{question}",
            "answerIndex": 1}


def top10(quiz):
    return requests.get(f"{URL}/api/v1/leaderboard/{quiz}/top10", timeout=DEADLINE_S).json()


# --- Socket.IO

class Client:
    def __init__(self):
        self.states, self.problems, self.kinds = [], [], []
        self.connects = 0
        self.io = socketio.Client(reconnection_delay=0.05, reconnection_delay_max=0.2)
        self.io.on("connect", self.on_connect)
        self.io.on("leaderboard-updated", self.states.append)
        self.io.on("problem", self.problems.append)
        self.io.on("room-updated", lambda state: self.kinds.append(state["state"]))
        self.io.connect(URL, transports=TRANSPORTS[WAY], wait_timeout=DEADLINE_S)

    def on_connect(self):
        self.connects += 1

    def ask(self, name, payload=None):
        return self.io.call(name, payload, timeout=DEADLINE_S)

    def ok(self, name, payload):
        answer = self.ask(name, payload)
        check(answer and answer.get("ok") is True, f"{name} is accepted", answer)
        return answer

    def refused(self, status, name, payload):
        answer = self.ask(name, payload)
        check(answer and answer.get("ok") is False and answer["status"] in status,
              f"{name} {payload!r} is refused with {status}", answer)
        return answer


def socketio_checks():
    quiz = f"python-{WAY}"
    open_quiz(quiz, 3, 2)
    watcher, player = Client(), Client()
    expected = "polling" if WAY == "polling" else "websocket"
    until(lambda: watcher.io.transport() == player.io.transport() == expected, expected)

    watcher.ok("join-quiz", quiz)
    until(lambda: len(watcher.states) == 1, "the state of the beginning")
    check(watcher.states[0] == {"quizId": quiz, "leaderboard": []}, "empty", watcher.states)
    player.ok("submit-answer", right(quiz, 0, 0))
    until(lambda: len(watcher.states) == 2, "the answer of another")
    check(watcher.states[1]["leaderboard"] ==
          [{"score": 1, "username": "user 0", "value": f"{quiz}-u0"}], "row", watcher.states)
    check(player.states == [], "nothing for who did not join", player.states)

    again = player.refused([409], "submit-answer", right(quiz, 0, 0))
    check(again["message"] == "User already answered", "words of the contract", again)
    player.refused([404], "submit-answer", {**right(quiz, 0, 1), "questionId": "no-such"})
    player.refused([404], "join-quiz", "no-such-quiz")
    for wrong in (None, 5, [], {}, {"quizId": 7}, True, "", b"\x00\xff", {"quizId": b"bytes"}):
        player.refused([400, 404, 422], "join-quiz", wrong)
        player.refused([400, 404, 422], "submit-answer", wrong)
    player.io.emit("no-such-message", {"binary": b"\x01\x02\x03"})
    until(lambda: len(player.problems) == 1, "a problem without acknowledgement")
    check(player.problems[0]["event"] == "no-such-message", "which one", player.problems)
    check(top10(quiz)[0]["score"] == 1, "nothing of that counted", top10(quiz))

    watcher.ok("leave-quiz", {"quizId": quiz})
    player.ok("submit-answer", right(quiz, 1, 0))
    time.sleep(0.7)
    check(len(watcher.states) == 2, "nothing after leaving", watcher.states)
    check(watcher.connects == player.connects == 1, "connected all the time")
    unknown_namespace()
    game(watcher, player)
    watcher.io.disconnect()
    player.io.disconnect()


def unknown_namespace():
    refused = []
    io = socketio.Client(reconnection=False)
    io.on("connect_error", refused.append, namespace="/no-such-namespace")
    io.connect(URL, transports=TRANSPORTS[WAY], namespaces=["/no-such-namespace"], wait=False)
    until(lambda: len(refused) == 1, "the refusal of an unknown namespace")
    io.disconnect()


def game(host, player):
    quiz = f"python-{WAY}"
    room = asked("POST", f"/quizzes/{quiz}/rooms", {})
    control = {"roomId": room["roomId"], "hostToken": room["hostToken"]}
    host.ok("host-room", control)
    seat = player.ok("join-room", {"pin": room["pin"], "nickname": "Py"})
    host.ok("start-room", control)
    until(lambda: "question" in player.kinds, "the question")
    answer = {"roomId": room["roomId"], "token": seat["token"], "questionId": "q0",
              "answerIndex": 1}
    check(player.ok("answer", answer).get("accepted") is True, "accepted")
    until(lambda: "closed" in player.kinds, "closed: everyone has answered")
    player.refused([409], "answer", answer)
    result = player.ok("my-result", {"roomId": room["roomId"], "token": seat["token"]})
    check(result["rank"] == 1 and result["score"] > 0, "first", result)
    host.ok("finish-room", control)
    until(lambda: player.kinds[-1] == "finished", "finished")


# --- the JSON protocol

class Live:
    def __init__(self, path):
        self.socket = websocket.create_connection(
            URL.replace("http", "ws", 1) + path, timeout=DEADLINE_S,
            subprotocols=["daybook.quiz.v1"])
        check(self.socket.getsubprotocol() == "daybook.quiz.v1", "subprotocol")
        self.waiting = []
        hello = self.next("hello")
        check(hello["protocol"] == "daybook.quiz.v1" and abs(hello["now"] / 1000 - time.time()) < 60,
              "hello", hello)
        self.ids = 0

    def next(self, kind):
        for i, message in enumerate(self.waiting):
            if message["type"] == kind:
                return self.waiting.pop(i)
        while True:
            message = json.loads(self.socket.recv())
            if message["type"] == kind:
                return message
            self.waiting.append(message)

    def ask(self, kind, payload):
        self.ids += 1
        self.socket.send(json.dumps({"type": kind, "id": self.ids, **payload}))
        answer = self.next("answer")
        check(answer["id"] == self.ids, "the answer to this message", answer)
        return answer

    def ok(self, kind, payload):
        answer = self.ask(kind, payload)
        check(answer["ok"] is True, f"{kind} is accepted", answer)
        return answer

    def refused(self, status, kind, payload):
        answer = self.ask(kind, payload)
        check(answer["ok"] is False and answer["problem"]["status"] in status,
              f"{kind} is refused with {status}", answer)


def refused_handshake(path, subprotocols, status):
    try:
        websocket.create_connection(URL.replace("http", "ws", 1) + path, timeout=DEADLINE_S,
                                    subprotocols=subprotocols)
        raise Failed(f"{path} was opened")
    except websocket.WebSocketBadStatusException as error:
        check(error.status_code in status, f"status of {path}", error.status_code)
    except websocket.WebSocketException as error:
        check("Invalid WebSocket Header" in str(error), "no subprotocol was agreed on", error)


def native_checks():
    quiz = "native"
    open_quiz(quiz, 3, 2)
    live, other = Live(f"/quizzes/{quiz}/live"), Live(f"/quizzes/{quiz}/live")
    for each in (live, other):
        check(each.next("leaderboard-updated")["data"] == {"quizId": quiz, "leaderboard": []},
              "the state of the beginning")
    body = other.ok("submit-answer", right(quiz, 0, 0))
    check(body["right"] is True, "right", body)
    row = [{"score": 1, "username": "user 0", "value": f"{quiz}-u0"}]
    for each in (live, other):
        check(each.next("leaderboard-updated")["data"]["leaderboard"] == row, "the answer")
    other.refused([409], "submit-answer", right(quiz, 0, 0))
    other.refused([404], "no-such-message", {})
    other.refused([404, 422], "join-quiz", {"quizId": "no-such-quiz"})
    for wrong in ("no JSON", "[1,2]", "7", "null", "{}", '{"type":5}', '{"id":{}}', '{"type":"answer"',
                  '{"type":"join-quiz","type":"x"}'):
        other.socket.send(wrong)
        answer = other.next("answer")
        check(answer["ok"] is False and 400 <= answer["problem"]["status"] < 500, wrong, answer)
    other.ok("leave-quiz", {"quizId": quiz})
    live.ok("submit-answer", right(quiz, 1, 0))
    live.next("leaderboard-updated")
    check(not [m for m in other.waiting if m["type"] == "leaderboard-updated"], "left",
          other.waiting)
    other.socket.close()
    native_room(quiz)
    refused_handshake("/quizzes/no-such-quiz/live", ["daybook.quiz.v1"], [404])
    refused_handshake("/rooms/000000/live", ["daybook.quiz.v1"], [404])
    refused_handshake(f"/quizzes/{quiz}/live", ["no.such.protocol"], [400, 426])


def native_room(quiz):
    room = asked("POST", f"/quizzes/{quiz}/rooms", {})
    control = {"roomId": room["roomId"], "hostToken": room["hostToken"]}
    for name in (room["pin"], room["roomId"]):
        live = Live(f"/rooms/{name}/live")
        check(live.next("room-updated")["data"]["state"] == "lobby", "lobby")
        check(live.next("board-updated")["data"]["players"] == 0, "nobody")
        live.socket.close()
    live = Live(f"/rooms/{room['pin']}/live")
    seat = live.ok("join-room", {"pin": room["pin"], "nickname": "Py"})
    live.ok("start-room", control)
    until(lambda: live.next("room-updated")["data"]["state"] == "question", "question")
    live.ok("answer", {"roomId": room["roomId"], "token": seat["token"], "questionId": "q0",
                       "answerIndex": 1})
    until(lambda: live.next("room-updated")["data"]["state"] == "closed", "closed")
    live.ok("kick-player", {**control, "playerId": seat["playerId"]})
    check(live.next("kicked")["data"]["playerId"] == seat["playerId"], "kicked")
    live.socket.close()


# --- server-sent events

class Stream:
    def __init__(self, path):
        self.answer = requests.get(URL + path, stream=True, timeout=DEADLINE_S,
                                   headers={"Accept": "text/event-stream"})
        check(self.answer.status_code == 200, path, self.answer.status_code)
        check(self.answer.headers["Content-Type"].startswith("text/event-stream"), "media type",
              self.answer.headers)
        check(self.answer.headers.get("Cache-Control") in ("no-cache", "no-store"), "not cached",
              self.answer.headers)
        self.events = []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        name = None
        try:
            for line in self.answer.iter_lines(chunk_size=1, decode_unicode=True):
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    self.events.append((name, json.loads(line[6:])))
        except requests.exceptions.RequestException:
            pass  # the server ended


def event_checks():
    quiz = "streamed"
    open_quiz(quiz, 3, 2)
    stream = Stream(f"/quizzes/{quiz}/live")
    until(lambda: len(stream.events) == 1, "the state of the beginning")
    check(stream.events[0] == ("leaderboard-updated", {"quizId": quiz, "leaderboard": []}),
          "empty", stream.events)
    asked("POST", f"/quizzes/{quiz}/answers", right(quiz, 0, 0))
    until(lambda: len(stream.events) == 2, "the answer")
    check(stream.events[1][1]["leaderboard"] == top10(quiz), "as the GET says", stream.events)
    room = asked("POST", f"/quizzes/{quiz}/rooms", {})
    streams = [Stream(f"/rooms/{name}/live") for name in (room["pin"], room["roomId"])]
    for each in streams:
        until(lambda: {name for name, _ in each.events} == {"room-updated", "board-updated"}, "room")
    requests.post(f"{URL}/rooms/{room['roomId']}/start", json={"hostToken": room["hostToken"]},
                  timeout=DEADLINE_S).raise_for_status()
    for each in streams:
        until(lambda: any(data.get("state") == "question" for _, data in each.events), "question")
    for path in ("/quizzes/no-such-quiz/live", "/rooms/000000/live"):
        answer = requests.get(URL + path, headers={"Accept": "text/event-stream"},
                              timeout=DEADLINE_S)
        check(answer.status_code == 404, path, answer.status_code)


CHECKS = {"native": native_checks, "events": event_checks}
try:
    CHECKS.get(WAY, socketio_checks)()
    print(f"ok - {WAY}")
except Failed as failure:
    print(f"FAILED - {WAY}: {failure}")
    sys.exit(1)
