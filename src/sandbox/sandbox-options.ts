/** How the look-alike instance behaves. It always listens on 127.0.0.1: nobody else can reach it. */
export interface SandboxOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** The key that requests must bear; it opens nothing but this sandbox. */
  readonly key: string;
  /** CSV of the memberships it starts with, the same kind of file that `run` reads; undefined makes them up. */
  readonly members: string | undefined;
  /** Made-up workspaces, ids from 1; only without `members`. */
  readonly workspaces: number;
  /** Made-up users, ids from 1001, each a member of every made-up workspace; only without `members`. */
  readonly users: number;
  /** Workspaces whose members the key may not remove (403). */
  readonly forbidden: readonly number[];
  /** Average time until an answer, in milliseconds; each takes from half to one and a half of it. */
  readonly latencyMs: number;
  /** Rate limit (429); undefined is none. */
  readonly limit: SandboxLimit | undefined;
  /** Share of the removals' requests that go wrong, from 0 to 1: connections reset, 5xx, no answer. */
  readonly faults: number;
  /** Everything is answered 503 `service_maintenance`. */
  readonly maintenance: boolean;
  /** The same seed gives the same faults and latencies, whatever order requests arrive in. */
  readonly seed: number;
}

/** A token bucket that holds one second's worth of requests. */
export interface SandboxLimit {
  readonly perSecond: number;
  /** Whether a 429 says in `Retry-After` how many whole seconds to wait. */
  readonly retryAfter: boolean;
}

/** What `offboard sandbox` serves without further options: a fast instance on which nothing goes wrong. */
export const sandboxDefaults: SandboxOptions = {
  port: 8765,
  key: 'sandbox-key',
  members: undefined,
  workspaces: 10,
  users: 20,
  forbidden: [],
  latencyMs: 0,
  limit: undefined,
  faults: 0,
  maintenance: false,
  seed: 1,
};
