/**
 * Reads what a scripted server wrote down, in all its lives, and waits for what it will write.
 */

import { existsSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { discardScratch, scratchFile } from './scratch.ts';

/**
 * One line of the journal. Kinds: `started`, `listening`, `request` (HTTP), `message` (any that arrived),
 * `executed` (a request carried out), `committed` (its effect), `cancelled` (the client said so), `dropped` (an HTTP exchange that ended early),
 * `task-begun`, `task-cancelled`, `task-answered`, `stream-closed`, `stdin-end`, `signal`, `grandchild`, `controlled`, `defect`.
 */
export interface JournalEntry {
  readonly kind: string;
  readonly pid: number;
  /** Which life of the server, counted from 1. */
  readonly life: number;
  /** JSON-RPC method. */
  readonly method?: string;
  /** Tool, of a call. */
  readonly name?: string;
  readonly id?: string | number;
  readonly arguments?: Readonly<Record<string, unknown>>;
  /** Resource, of a request about one. */
  readonly uri?: string;
  /** Task, of a request about one and of what became of it. */
  readonly taskId?: string;
  /** What the client said of the task that a call is to become. */
  readonly task?: unknown;
  /** Where a request for a list goes on. */
  readonly cursor?: string;
  /** Log level, where one is set. */
  readonly level?: string;
  /** What the client sent along with a request. */
  readonly meta?: Readonly<Record<string, unknown>>;
  /** What the client declared in its handshake. */
  readonly capabilities?: Readonly<Record<string, unknown>>;
  /** HTTP method, path and headers. */
  readonly verb?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly sessionId?: string;
  readonly lastEventId?: string;
  readonly byClient?: boolean;
  readonly signal?: string;
  readonly grandchildPid?: number;
  readonly number?: number;
  readonly state?: unknown;
}

/** Properties an entry must have to be meant. */
export type JournalPattern = Partial<JournalEntry>;

const WAIT_TIMEOUT_MS = 10_000;

/** The journal of one scripted server. */
export class Journal {
  readonly file = scratchFile('journal.jsonl');
  /** What it held when it was closed. */
  #closed: string | undefined;

  constructor() {
    writeFileSync(this.file, '');
  }

  /** List the entries that fit the pattern, oldest first. */
  entries(pattern: JournalPattern = {}): JournalEntry[] {
    // A line that is being written has no end yet.
    const lines = this.#text().split('\n').slice(0, -1);
    const wanted = Object.entries(pattern);
    return lines
      .map((line) => JSON.parse(line) as JournalEntry)
      .filter((entry) => wanted.every(([key, value]) => entry[key as keyof JournalEntry] === value));
  }

  /** Remove its file; what it holds can still be read. Idempotent. */
  close(): void {
    if (this.#closed !== undefined) return;
    this.#closed = existsSync(this.file) ? this.#text() : '';
    discardScratch(this.file);
  }

  /** How often a request was carried out, over all lives: by method, and for a call by its tool. */
  executions(method: string, name?: string): number {
    return this.entries({ kind: 'executed', method, ...(name === undefined ? {} : { name }) }).length;
  }

  /**
   * Wait until `count` entries fit the pattern, and resolve with the last of them.
   *
   * **Errors** rejects after 10 s with what the journal holds.
   */
  async waitFor(pattern: JournalPattern, count = 1): Promise<JournalEntry> {
    let look: () => void = () => undefined;
    let timer: NodeJS.Timeout | undefined;
    const watcher = watch(this.file, () => look());
    try {
      return await new Promise<JournalEntry>((resolve, reject) => {
        look = () => {
          const entry = this.entries(pattern)[count - 1];
          if (entry !== undefined) resolve(entry);
        };
        timer = setTimeout(() => {
          const seen = this.entries().map((entry) => JSON.stringify(entry));
          reject(new Error(`${count} × ${JSON.stringify(pattern)} not in the journal:\n${seen.join('\n')}`));
        }, WAIT_TIMEOUT_MS);
        look();
      });
    } finally {
      clearTimeout(timer);
      watcher.close();
    }
  }

  #text(): string {
    return this.#closed ?? readFileSync(this.file, 'utf8');
  }
}
