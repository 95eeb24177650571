"""An agent that learns over HTTP, with nothing but Python's standard library: python3 agent.py [http://127.0.0.1:8080]

It closes a coverage gap step by step and learns which action closes it fastest. Every request that changes something has a key of its
own, so it may be sent again after any error: it counts once.
"""

import json
import sys
import time
import urllib.error
import urllib.request
import uuid

SERVER = (sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080").rstrip("/")
TYPE = "/v1/agent-types/coverage-analyzer"
AGENT = TYPE + "/agents/python-1"
ACTIONS = ["gap_prioritization", "quick_scan", "full_report"]
CLOSES = {"gap_prioritization": 3, "quick_scan": 1, "full_report": 0}
PASSING = (409, 429, 503)


def call(method, path, body=None):
    """Makes one request; one that fails passingly is sent again, with its key."""
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    data = None
    if body is not None:
        data = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    for attempt in range(10):
        request = urllib.request.Request(SERVER + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            problem = json.load(refused)
            pause = refused.headers.get("Retry-After")
            if refused.code not in PASSING or pause is None or attempt == 9:
                raise SystemExit(f"{method} {path}: {problem['type']}: {problem['detail']}")
            time.sleep(float(pause))
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if attempt == 9:
                raise
            time.sleep(1)


def episode(task, pattern):
    """One task: choose, act, report, until the gap is closed or patience is over."""
    path = AGENT + "/episodes/" + call("POST", AGENT + "/episodes")["episodeId"]
    gap, step = 6, 0
    while True:
        state = {"gap": gap}
        chosen = call("POST", f"{path}/steps/{step}/action", {"state": state, "candidates": ACTIONS, "taskId": task})
        action = chosen["action"]["key"]
        gap = max(0, gap - CLOSES[action])
        outcome = call("POST", f"{path}/steps/{step}/outcome", {
            "reward": -1.0 if gap else 5.0,
            "nextState": {"gap": gap},
            "nextActions": ACTIONS,
            "done": gap == 0,
            "truncated": gap > 0 and step == 9,
            "success": gap == 0,
            "rewardSource": "coverage",
            "patternsUsed": [pattern],
        })
        if outcome["trajectory"]:
            return outcome["trajectory"], state, action
        step += 1


def main():
    session = call("POST", "/v1/sessions", {"agentType": "coverage-analyzer", "name": "python sample", "environment": "sample"})
    call("PUT", f"{AGENT}/session/{session['id']}")
    pattern = call("POST", TYPE + "/patterns", {
        "name": "close branch gaps first",
        "type": "coverage_strategy",
        "data": {"order": ["branch", "line"]},
        "triggerConditions": {"gap": {"$gte": 1}},
    })
    last = None
    for task in range(20):
        last = episode(f"module-{task}", pattern["id"])
    trajectory, state, action = last
    found = call("POST", TYPE + "/patterns/search", {"name": "close brunch gaps", "state": state})
    # Days later somebody finds that the tests were good: the reward comes late, and counts once by its id.
    late = call("POST", TYPE + "/rewards", {"rewards": [{
        "id": str(uuid.uuid4()), "state": state, "action": action, "reward": 1.0, "trajectoryId": trajectory["id"], "source": "review",
    }]})
    ended = call("POST", AGENT + "/session/end", {"status": "completed"})["session"]
    best = call("POST", TYPE + "/best-action", {"state": {"gap": 6}})["best"]
    print(f"{ended['taskCount']} tasks in session {ended['status']}, total reward {ended['totalReward']:g}")
    print(f"pattern found: {found['matches'][0]['pattern']['name']}, late reward moved the Q-value to "
          f"{late['results'][0]['learned']['qValue']:.4f}")
    print(f"best action: {best['action']['key']}")


if __name__ == "__main__":
    main()
