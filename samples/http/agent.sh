#!/usr/bin/env bash
# An agent that learns over HTTP, with nothing but curl: ./agent.sh [http://127.0.0.1:8080]
# Each request has a key of its own, so curl may send it again after an error: it counts once.
set -euo pipefail
server=${1:-http://127.0.0.1:8080}
type=$server/v1/agent-types/coverage-analyzer
agent=$type/agents/curl-1
actions='["gap_prioritization","quick_scan"]'

call() { # method, address, body
    local key
    key=$(cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen)
    curl --silent --show-error --fail-with-body --retry 5 --retry-connrefused --request "$1" "$2" \
        --header "Idempotency-Key: $key" ${3:+--header 'Content-Type: application/json' --data "$3"}
}

member() { # the first string or number of that name in an answer
    sed -E "s/.*\"$1\":\"?([^\",}]*).*/\1/" && echo
}

session=$(call POST "$server/v1/sessions" '{"agentType":"coverage-analyzer","name":"curl sample"}' | sed -E 's/^\{"id":"([^"]*).*/\1/')
call PUT "$agent/session/$session" > /dev/null
pattern=$(call POST "$type/patterns" '{"name":"scan before reading","type":"coverage_strategy","data":{"order":["scan","read"]}}' |
    sed -E 's/^\{"id":"([^"]*).*/\1/')

for task in 1 2 3; do
    episode=$(call POST "$agent/episodes" | member episodeId)
    for step in 0 1 2; do
        call POST "$agent/episodes/$episode/steps/$step/action" "{\"state\":{\"level\":$step},\"candidates\":$actions}" > /dev/null
        done=$([ "$step" = 2 ] && echo true || echo false)
        call POST "$agent/episodes/$episode/steps/$step/outcome" \
            "{\"reward\":1,\"nextState\":{\"level\":$((step + 1))},\"done\":$done,\"patternsUsed\":[\"$pattern\"]}" > /dev/null
    done
    echo "task $task is done and stored"
done

# A step that is known to be good teaches without an episode, and a reward that comes late counts once by its id.
call POST "$type/learn" '{"state":{"level":0},"action":"gap_prioritization","reward":9,"done":true}' > /dev/null
call POST "$type/rewards" \
    "{\"rewards\":[{\"state\":{\"level\":0},\"action\":\"gap_prioritization\",\"reward\":1,\"source\":\"review\"}]}" > /dev/null
call POST "$agent/session/end" '{"status":"completed"}' | member taskCount | sed 's/^/tasks in the session: /'
call POST "$type/best-action" '{"state":{"level":0}}' | member key | sed 's/^/best action: /'
