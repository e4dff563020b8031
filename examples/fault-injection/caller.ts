/** An agent that calls a tool all the time and books how each call ended. */

import assert from 'node:assert/strict';
import { CallError, type McpSupervisor, type Outcome } from 'mcp-supervisor';

const LANES = 4;
const PAUSE_MS = 10;
const CALL_TIMEOUT_MS = 10_000;
const ANSWER_LIMIT_MS = 20_000;

/** Calls `echo` of one server until it is stopped. */
export class Caller {
  readonly #mcp: McpSupervisor;
  readonly #server: string;
  readonly #lanes: Promise<unknown>;
  readonly #endings = new Map<number, ('answered' | Outcome)[]>();
  readonly #defects: unknown[] = [];
  #lastId = 0;
  #isStopped = false;
  #answered: (id: number) => void = () => {};

  constructor(mcp: McpSupervisor, server: string) {
    this.#mcp = mcp;
    this.#server = server;
    this.#lanes = Promise.all(Array.from({ length: LANES }, () => this.#lane()));
  }

  /** Resolves when a call that is made from now on is answered. */
  async answered(): Promise<void> {
    const after = this.#lastId;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      this.#answered = (id) => {
        if (id > after) resolve();
      };
      timer = setTimeout(() => reject(new Error(`no call was answered: ${this.#why()}`)), ANSWER_LIMIT_MS);
    });
    clearTimeout(timer);
  }

  /** Stop calling, wait for what is under way, and assert that each call ended once, in a way that has a name. */
  async stop(): Promise<string> {
    this.#isStopped = true;
    await this.#lanes;
    assert.deepEqual(this.#defects, [], 'calls failed without a typed outcome');
    assert.equal(this.#endings.size, this.#lastId, 'not every call ended');
    const endings = [...this.#endings.values()];
    assert.ok(
      endings.every(({ length }) => length === 1),
      'a call ended more than once',
    );
    const counts = new Map<string, number>();
    for (const ending of endings.flat()) counts.set(ending, (counts.get(ending) ?? 0) + 1);
    return [...counts].map(([ending, count]) => `${count} ${ending}`).join(', ');
  }

  async #lane(): Promise<void> {
    while (!this.#isStopped) {
      this.#lastId += 1;
      await this.#call(this.#lastId);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async #call(id: number): Promise<void> {
    try {
      const message = String(id);
      const { content } = await this.#mcp.callTool(this.#server, 'echo', { message }, { timeoutMs: CALL_TIMEOUT_MS });
      assert.deepEqual(content, [{ type: 'text', text: `Echo: ${message}` }], 'a call got the answer of another');
      this.#book(id, 'answered');
      this.#answered(id);
    } catch (error) {
      if (error instanceof CallError) this.#book(id, error.outcome);
      else this.#defects.push(error);
    }
  }

  #book(id: number, ending: 'answered' | Outcome): void {
    this.#endings.set(id, [...(this.#endings.get(id) ?? []), ending]);
  }

  #why(): string {
    return this.#mcp.explain(this.#server).text;
  }
}
