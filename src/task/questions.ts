/**
 * Answers what a task asks for where its server cannot ask by itself: each question once, by the handlers of the host,
 * however often the server shows it. An answer is kept, so that nobody is asked again when it got lost on its way.
 */

import { DEFAULTS } from '../config/defaults.ts';
import type { SessionObserver } from '../link/link.ts';
import { RefusedRequest } from '../link/refused-request.ts';
import type { TaskQuestion } from '../link/remote-task.ts';

/** What questions are answered with. */
export interface QuestionsSetup {
  /** Who answers now; nothing while no epoch serves. */
  readonly answers: () => SessionObserver | undefined;
  /** The epoch that serves. */
  readonly epoch: () => number | undefined;
  /** Send one answer. Rejects where it did not arrive. */
  readonly send: (key: string, answer: unknown, signal: AbortSignal) => Promise<unknown>;
  /** A question is refused for good; there is no answer that says so. */
  readonly refused: () => void;
}

/** One question. */
interface Asked {
  answer: unknown;
  /** It is being answered, or its answer is under way. */
  isBusy: boolean;
  /** The epoch that took the answer; a later one may have lost it. */
  takenIn: number | undefined;
}

/** The questions of one task, over its whole life. */
export class Questions {
  readonly #setup: QuestionsSetup;
  readonly #asked = new Map<string, Asked>();

  constructor(setup: QuestionsSetup) {
    this.#setup = setup;
  }

  /** Answer what is open. Returns at once; whether it arrives is seen in the next state of the task. Never throws. */
  take(open: Readonly<Record<string, TaskQuestion>>, signal: AbortSignal): void {
    for (const [key, question] of Object.entries(open)) {
      const known = this.#asked.get(key);
      if (known === undefined && this.#asked.size >= DEFAULTS.maxTaskQuestions) return;
      const asked = known ?? { answer: undefined, isBusy: false, takenIn: undefined };
      this.#asked.set(key, asked);
      if (asked.isBusy || (asked.takenIn !== undefined && asked.takenIn === this.#setup.epoch())) continue;
      asked.isBusy = true;
      void this.#settle(key, question, asked, signal);
    }
  }

  async #settle(key: string, question: TaskQuestion, asked: Asked, signal: AbortSignal): Promise<void> {
    try {
      const answer = asked.answer ?? (await this.#answer(question, signal));
      // What is answered because nobody waits any more is no answer of a person.
      if (answer === undefined || signal.aborted) {
        asked.isBusy = false;
        return;
      }
      asked.answer = answer;
      const epoch = this.#setup.epoch();
      await this.#setup.send(key, asked.answer, signal);
      asked.takenIn = epoch;
    } catch (error) {
      // What did not arrive is shown again by the next state of the task.
      if (error instanceof RefusedRequest) return this.#setup.refused();
    }
    asked.isBusy = false;
  }

  /** Nothing where nobody is there to answer. */
  async #answer({ method, params }: TaskQuestion, signal: AbortSignal): Promise<unknown> {
    const answers = this.#setup.answers();
    switch (method) {
      case 'elicitation/create':
        return await answers?.elicit?.(params, signal);
      case 'sampling/createMessage':
        return await answers?.sampling?.sample(params, signal);
      case 'roots/list':
        return answers?.roots && { roots: [...answers.roots()] };
      default:
        return undefined;
    }
  }
}
