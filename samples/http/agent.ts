// An agent that learns over HTTP, with nothing but fetch: node agent.ts [http://127.0.0.1:8080]
// (Node.js 22.18 or newer runs TypeScript as it is.) Every request that changes something has a key of its own, so it may be sent again
// after any error: it counts once.

const server = (process.argv[2] ?? "http://127.0.0.1:8080").replace(/\/$/, "");
const type = "/v1/agent-types/coverage-analyzer";
const agent = `${type}/agents/typescript-1`;
const closes: Record<string, number> = { gap_prioritization: 3, quick_scan: 1, full_report: 0 };
const candidates = Object.keys(closes);

type Action = { key: string };
type Trajectory = { id: string; totalReward: number };
type Outcome = { nextStep: number | null; trajectory: Trajectory | null };

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Makes one request; one that fails passingly is sent again, with its key. */
async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { "Idempotency-Key": crypto.randomUUID() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  for (let attempt = 0; ; attempt++) {
    let answer: Response;
    try {
      answer = await fetch(server + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    } catch (lost) {
      if (attempt === 9) throw lost;
      await pause(1);
      continue;
    }
    const told: any = await answer.json();
    if (answer.ok) return told as T;
    const wait = answer.headers.get("Retry-After");
    if (wait === null || attempt === 9) throw new Error(`${method} ${path}: ${told.type}: ${told.detail}`);
    await pause(Number(wait));
  }
}

/** One task: choose, act, report, until the gap is closed or patience is over. */
async function episode(task: string, pattern: string) {
  const { episodeId } = await call<{ episodeId: string }>("POST", `${agent}/episodes`);
  let gap = 6;
  for (let step = 0; ; step++) {
    const state = { gap };
    const steps = `${agent}/episodes/${episodeId}/steps/${step}`;
    const { action } = await call<{ action: Action }>("POST", `${steps}/action`, { state, candidates, taskId: task });
    gap = Math.max(0, gap - closes[action.key]);
    const outcome = await call<Outcome>("POST", `${steps}/outcome`, {
      reward: gap > 0 ? -1 : 5,
      nextState: { gap },
      nextActions: candidates,
      done: gap === 0,
      truncated: gap > 0 && step === 9,
      success: gap === 0,
      patternsUsed: [pattern],
    });
    if (outcome.trajectory) return { trajectory: outcome.trajectory, state, action: action.key };
  }
}

const session = await call<{ id: string }>("POST", "/v1/sessions", { agentType: "coverage-analyzer", name: "typescript sample" });
await call("PUT", `${agent}/session/${session.id}`);
const pattern = await call<{ id: string }>("POST", `${type}/patterns`, {
  name: "read the diff first",
  type: "coverage_strategy",
  data: { order: ["diff", "module"] },
});
let last = await episode("module-0", pattern.id);
for (let task = 1; task < 20; task++) last = await episode(`module-${task}`, pattern.id);
const { matches } = await call<{ matches: { pattern: { name: string } }[] }>("POST", `${type}/patterns/search`, { name: "read the dif" });
// Days later somebody finds that the tests were good: the reward comes late, and counts once by its id.
await call("POST", `${type}/rewards`, {
  rewards: [{ id: crypto.randomUUID(), state: last.state, action: last.action, reward: 1, trajectoryId: last.trajectory.id }],
});
const ended = await call<{ session: { taskCount: number; status: string } }>("POST", `${agent}/session/end`, { status: "completed" });
const { best } = await call<{ best: { action: Action } }>("POST", `${type}/best-action`, { state: { gap: 6 } });
console.log(`${ended.session.taskCount} tasks in session ${ended.session.status}`);
console.log(`pattern found: ${matches[0].pattern.name}`);
console.log(`best action: ${best.action.key}`);
export {};
