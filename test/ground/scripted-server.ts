/**
 * A carrier, a transport and a link that open nothing: each step is written to a journal in the order in which it
 * happens, and does what the script says. Without a script every step ends well at once.
 */

import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import type { SupervisionPlan } from '../../src/config/effective.ts';
import type { ServerRecipe } from '../../src/connection/epoch.ts';
import type { Publication, Publisher } from '../../src/connection/publication.ts';
import { newPulseHabit } from '../../src/connection/pulse-habit.ts';
import type { EpochSession } from '../../src/connection/session.ts';
import type { Fault } from '../../src/fault.ts';
import { type Link, type LinkObserver, RequestError, type ServerIdentity } from '../../src/link/link.ts';
import type { EntryList } from '../../src/listing/entry-collector.ts';
import type { Carrier, StartTurn, Transport } from '../../src/transport/transport.ts';

/** The steps of an epoch, in the order of a whole life. */
export type Step =
  | 'carrier.load'
  | 'carrier.construct'
  | 'carrier.start'
  | 'transport.construct'
  | 'link.load'
  | 'link.construct'
  | 'link.open'
  | 'tools.list'
  | 'published'
  | 'link.alive'
  | 'withdrawn'
  | 'link.close'
  | 'transport.close'
  | 'carrier.release'
  | 'carrier.destroy';

/** A tool as small as the protocol allows. */
export function toolNamed(name: string, description = ''): Tool {
  return { name, description, inputSchema: { type: 'object' } };
}

const IDENTITY: ServerIdentity = {
  era: 'initialize',
  protocolVersion: '2025-11-25',
  implementation: { name: 'scripted', version: '1' },
  capabilities: { tools: {} },
};

/** The promise of a step that never ends by itself. */
export const hang = (): Promise<never> => new Promise<never>(() => {});

/** One server under the control of a test, over any number of epochs. */
export class ScriptedServer implements Publisher {
  /** What happened, in order. */
  readonly journal: string[] = [];
  /** What a step does beside being written down; it may throw, reject or wait. */
  readonly script: Partial<Record<Step, (signal?: AbortSignal) => unknown>> = {};
  readonly publications: Publication[] = [];
  readonly listings: { readonly epoch: number; readonly names: readonly string[] }[] = [];
  readonly recipe: ServerRecipe;
  identity = IDENTITY;
  tools: Tool[] = [];
  /** Who hears that its start waits for others. */
  turn: StartTurn | undefined;
  /** How long what was declared might take to be brought back, each time. */
  readonly restoreBudgetsMs: number[] = [];
  lastHeardAtMs = 0;
  pendingCount = 0;
  observer: LinkObserver | undefined;
  session: EpochSession = {
    observer: {
      listening: () => {},
      logged: () => {},
      listChanged: () => {},
      resourceUpdated: () => {},
      elicitationCompleted: () => {},
      taskChanged: () => {},
    },
    restore: (_link, _identity, budgetMs) => {
      this.restoreBudgetsMs.push(budgetMs);
      return undefined;
    },
    published: () => {},
    withdrawn: () => {},
    end: () => {},
  };
  #end: (fault: Fault) => void = () => {};

  constructor(plan: SupervisionPlan) {
    this.recipe = {
      plan,
      habit: newPulseHabit(),
      isAwaited: () => false,
      loadCarrier: async () => {
        await this.#step('carrier.load');
        return () => this.#carrier();
      },
      loadLink: async () => {
        await this.#step('link.load');
        return (observer) => this.#link(observer);
      },
      session: () => this.session,
    };
  }

  /** End the link that was constructed last, as the death of its server does. */
  end(fault: Fault): void {
    this.#end(fault);
  }

  /** Forget what happened so far. */
  clear(): void {
    this.journal.length = 0;
  }

  publish(publication: Publication): void {
    this.publications.push(publication);
    this.#now('published');
  }

  withdraw(): void {
    this.#now('withdrawn');
  }

  began(): void {}

  listed(_server: string, epoch: number, { entries }: EntryList<'tools'>): void {
    this.listings.push({ epoch, names: entries.map(({ name }) => name) });
  }

  #carrier(): Carrier {
    this.#now('carrier.construct');
    return {
      details: { transport: 'stdio' },
      start: (signal, turn) => {
        this.turn = turn;
        return this.#step('carrier.start', signal);
      },
      createTransport: () => this.#transport(),
      release: () => this.#step('carrier.release'),
      destroy: () => void this.#now('carrier.destroy'),
    };
  }

  #transport(): Transport {
    this.#now('transport.construct');
    return {
      start: async () => {},
      send: async () => {},
      farewell: async () => {},
      close: () => this.#step('transport.close'),
    };
  }

  #link(observer: LinkObserver): Link {
    this.#now('link.construct');
    this.observer = observer;
    const heardAtMs = () => this.lastHeardAtMs;
    const pendingCount = () => this.pendingCount;
    const ended = new Promise<Fault>((resolve) => {
      this.#end = resolve;
    });
    const end = this.#end;
    return {
      ended,
      open: async (signal) => {
        observer.opened();
        await this.#step('link.open', signal);
        return this.identity;
      },
      request: async (method, _params, { signal }) => {
        if (method !== 'tools/list') throw new RequestError({ kind: 'server-error', code: -32_601, message: method });
        await this.#step('tools.list', signal);
        return { entries: this.tools, toEntry: (value: unknown) => value } as never;
      },
      alive: (_timeoutMs, signal) => this.#step('link.alive', signal),
      rootsChanged: async () => {},
      get pendingCount() {
        return pendingCount();
      },
      messageCount: 0,
      get lastHeardAtMs() {
        return heardAtMs();
      },
      abandon: end,
      close: () => {
        end({ kind: 'closed' });
        return this.#step('link.close');
      },
    };
  }

  #now(step: Step): unknown {
    this.journal.push(step);
    return this.script[step]?.();
  }

  async #step(step: Step, signal?: AbortSignal): Promise<void> {
    this.journal.push(step);
    await this.script[step]?.(signal);
  }
}
