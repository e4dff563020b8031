/**
 * Asks the host for a server, through a handler of the host. The handler can harm nothing: whatever it does, there is an
 * answer or a reason for none, in time. While it runs, the deadlines of the server's calls stand still.
 */

import type { Clock } from '../clock.ts';
import { withDeadline } from '../policy/deadline.ts';
import type { ServerQuestions } from './server-questions.ts';
import type { Admission, Turnstile } from './turnstile.ts';

/** Who asks. */
export interface Asker {
  readonly server: string;
  readonly epoch: number;
  readonly questions: ServerQuestions;
}

/** What a handler of the host is told beside the question. */
export interface AskingContext {
  readonly server: string;
  /** Aborted when nobody waits for the answer any more: the epoch ended, the server cancelled, or it took too long. */
  readonly signal: AbortSignal;
}

/** Why there is no answer. `flooded`: the server asks too much. `invalid`: the answer was none. */
export type AskingFailure = 'threw' | 'timed-out' | 'invalid' | 'flooded';

/** What came of a question. `over`: nobody waits for the answer any more. */
export type Asked<Answer> =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly reason: AskingFailure }
  | { readonly kind: 'over' };

/** What asking needs. */
export interface AskingSetup<Question, Answer> {
  readonly clock: Clock;
  readonly handler: (question: Question, context: AskingContext) => unknown;
  readonly timeoutMs: number;
  /** What the handler answered, or nothing when that is no answer. What it throws counts as thrown by the handler. */
  readonly answerOf: (value: unknown, question: Question) => Answer | undefined;
  /** There is no answer. Told once for a flood. Must not throw. */
  readonly failed: (asker: Asker, reason: AskingFailure) => void;
}

/** One question of a server. */
export interface Ask<Question> {
  readonly asker: Asker;
  readonly turnstile: Turnstile;
  readonly admission: Admission;
  readonly question: Question;
  readonly signal: AbortSignal;
}

/** Asks one kind of question. */
export class Asking<Question, Answer> {
  readonly #setup: AskingSetup<Question, Answer>;

  constructor(setup: AskingSetup<Question, Answer>) {
    this.#setup = setup;
  }

  /** Ask for a server. Never rejects. */
  async ask(ask: Ask<Question>): Promise<Asked<Answer>> {
    const { asker, turnstile, admission } = ask;
    const entrance = turnstile.enter(admission);
    if (entrance !== 'in') {
      if (entrance === 'too-many') this.#setup.failed(asker, 'flooded');
      return { kind: 'failed', reason: 'flooded' };
    }
    const resume = asker.questions.standstill.begin();
    try {
      const asked = await this.#run(ask);
      if (asked.kind === 'failed') this.#setup.failed(asker, asked.reason);
      return asked;
    } finally {
      resume();
      turnstile.leave();
    }
  }

  async #run({ asker, question, signal }: Ask<Question>): Promise<Asked<Answer>> {
    const { clock, handler, timeoutMs, answerOf } = this.#setup;
    const controller = new AbortController();
    let abort = () => {};
    const aborted = new Promise<'aborted'>((resolve) => {
      abort = () => resolve('aborted');
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
    });
    try {
      const answering = (async () => ({
        given: await handler(question, { server: asker.server, signal: controller.signal }),
      }))();
      const settlement = await withDeadline(clock, Promise.race([answering, aborted]), timeoutMs);
      if (settlement.settled && settlement.value !== 'aborted') {
        const answer = answerOf(settlement.value.given, question);
        return answer === undefined ? { kind: 'failed', reason: 'invalid' } : { kind: 'answered', answer };
      }
      controller.abort();
      return settlement.settled ? { kind: 'over' } : { kind: 'failed', reason: 'timed-out' };
    } catch {
      return { kind: 'failed', reason: 'threw' };
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}
