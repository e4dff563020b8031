/**
 * A constant load of calls on all servers: each carries an id of its own, so that the journals of the servers can be
 * held against the book of the caller. Some have little time, some are aborted.
 */

import { setTimeout as wait } from 'node:timers/promises';
import type { CallOptions, McpSupervisor } from '../../src/index.ts';
import type { Chance } from '../../src/testing/chance.ts';
import type { Ledger } from './ledger.ts';
import type { Post } from './post.ts';

const PATIENT_MS = 10_000;
/** Above this many open calls to one server no further one is made: a dead server must not collect them without end. */
const MAX_OPEN_PER_SERVER = 40;

const RETRIES = ['safe', 'safe', 'safe', 'safe', 'safe', 'safe', 'safe', 'safe', 'never', 'always'] as const;

/** How often calls are made. */
export interface LoadOptions {
  readonly meanPauseMs: number;
}

interface Request {
  readonly tool: string;
  readonly args: Record<string, unknown>;
  readonly expected: string;
}

/** Makes calls until it is stopped. */
export class Load {
  readonly #mcp: McpSupervisor;
  readonly #posts: readonly Post[];
  readonly #ledger: Ledger;
  readonly #chance: Chance;
  readonly #openByServer = new Map<string, number>();
  #isStopped = false;
  #lastId = 0;

  constructor(mcp: McpSupervisor, posts: readonly Post[], ledger: Ledger, chance: Chance) {
    this.#mcp = mcp;
    this.#posts = posts;
    this.#ledger = ledger;
    this.#chance = chance;
  }

  /** Resolves after `stop`, when no further call will be made. Calls may still be open then. */
  async run({ meanPauseMs }: LoadOptions): Promise<void> {
    while (!this.#isStopped) {
      const post = this.#chance.pick(this.#posts);
      if ((this.#openByServer.get(post.name) ?? 0) < MAX_OPEN_PER_SERVER) void this.#callOne(post);
      await wait(this.#chance.whole(0, 2 * meanPauseMs));
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Call a tool and book it. Never rejects. */
  async call(post: Post, request: Request, timeoutMs = PATIENT_MS, options: CallOptions = {}): Promise<void> {
    this.#lastId += 1;
    const id = `c${this.#lastId}`;
    const { tool, args, expected } = request;
    const count = (change: number): void => {
      this.#openByServer.set(post.name, (this.#openByServer.get(post.name) ?? 0) + change);
    };
    count(1);
    const promise = this.#mcp
      .callTool(post.name, tool, { ...args, call: id }, { ...options, timeoutMs })
      .then(({ content: [first] }) => (first?.type === 'text' ? first.text : ''));
    const { removalCount, isAway } = post;
    const mayBeGone = (): boolean => isAway || post.isAway || post.removalCount !== removalCount;
    const isRepeatable = options.retry === 'always';
    const made = { id, server: post.name, tool, timeoutMs, isRepeatable, expected, mayBeGone };
    await this.#ledger.follow(made, promise);
    count(-1);
  }

  /** Call the tool that leaves an effect, and let its server end the call in this way. */
  async commit(post: Post, ending: 'reply' | 'exit' | 'cut' | 'reset'): Promise<void> {
    await this.call(post, { tool: 'commit', args: { file: post.effectFile, ending }, expected: 'committed' }, 3_000);
  }

  async #callOne(post: Post): Promise<void> {
    const request = this.#request(post);
    const retry = this.#chance.pick(RETRIES);
    const hurry = this.#chance.next();
    if (hurry < 0.15) return this.call(post, request, this.#chance.whole(5, 400), { retry });
    if (hurry > 0.3) return this.call(post, request, PATIENT_MS, { retry });
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), this.#chance.whole(0, 200));
    await this.call(post, request, PATIENT_MS, { retry, signal: controller.signal });
    clearTimeout(timer);
  }

  #request(post: Post): Request {
    const [a, b] = [this.#chance.whole(0, 1_000_000), this.#chance.whole(0, 1_000_000)];
    const text = `said ${a}`;
    const ms = this.#chance.whole(5, 300);
    const bytes = this.#chance.whole(1, 100_000);
    const steps = this.#chance.whole(1, 5);
    return this.#chance.pick<Request>([
      { tool: 'echo', args: { text }, expected: text },
      { tool: 'echo', args: { text }, expected: text },
      { tool: 'echo', args: { text }, expected: text },
      { tool: 'add', args: { a, b }, expected: String(a + b) },
      { tool: 'add', args: { a, b }, expected: String(a + b) },
      { tool: 'commit', args: { file: post.effectFile, ending: 'reply' }, expected: 'committed' },
      { tool: 'sleep', args: { ms }, expected: `slept ${ms} ms` },
      { tool: 'progress', args: { steps, ms: 10 }, expected: `${steps} steps` },
      { tool: 'huge', args: { bytes }, expected: 'x'.repeat(bytes) },
    ]);
  }
}
