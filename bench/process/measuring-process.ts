/** The runner's end of a measuring process. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Figures } from '../scenario.ts';
import type { Entrant } from '../subjects/registry.ts';
import type { Answer, Order } from './orders.ts';

const PROGRAM = fileURLToPath(new URL('./worker.js', import.meta.url));
const KEPT_TEXT = 2_000;

/** No subject may call home or colour its output while it is measured. */
const QUIET = {
  NODE_ENV: 'production',
  NO_COLOR: '1',
  MCP_USE_ANONYMIZED_TELEMETRY: 'false',
  MASTRA_TELEMETRY_DISABLED: '1',
  LANGSMITH_TRACING: 'false',
};

type Asked = Order extends infer O ? (O extends Order ? Omit<O, 'number'> : never) : never;

/** A process that measures one subject. */
export class MeasuringProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  #last = 0;
  #text = '';

  constructor(entrant: Entrant, stateFolder: string) {
    const entry = entrant.entry === undefined ? {} : { MCP_SUPERVISOR_ENTRY: entrant.entry };
    this.#child = fork(PROGRAM, {
      // The SDKs' HTTP transports make Node 20 warn at every call in a tight loop; printing that is not what is measured.
      execArgv: ['--expose-gc', '--no-warnings'],
      env: { ...process.env, ...QUIET, XDG_STATE_HOME: stateFolder, ...entry },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#text = (this.#text + chunk).slice(-KEPT_TEXT);
    });
    this.#child.on('message', (answer: Answer) => {
      this.#waiting.get(answer.number)?.resolve(answer);
      this.#waiting.delete(answer.number);
    });
    this.#child.on('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`ended by ${signal ?? code}: ${this.#text}`));
      this.#waiting.clear();
    });
  }

  /** Give an order and wait for its end. Rejects when it fails, takes too long or the process ends. */
  async ask(asked: Asked, timeoutMs: number): Promise<Figures> {
    this.#last += 1;
    const number = this.#last;
    let timer: NodeJS.Timeout | undefined;
    const answer = await new Promise<Answer>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`took longer than ${timeoutMs} ms`)), timeoutMs);
      this.#waiting.set(number, { resolve, reject });
      this.#child.send({ ...asked, number }, (error) => error && reject(error));
    }).finally(() => clearTimeout(timer));
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.figures ?? {};
  }

  /** Let go of it: its servers end with it. */
  async end(timeoutMs: number): Promise<void> {
    await this.ask({ verb: 'close' }, timeoutMs).catch(() => undefined);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}
