/**
 * Finds out which era a server speaks, by one question over the transport that will carry the conversation: no second
 * process, no second connection. Nothing of an SDK is loaded for it.
 */

import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../clock.ts';
import { type Fault, FaultError } from '../fault.ts';
import { type Settlement, withDeadline } from '../policy/deadline.ts';
import type { Transport } from '../transport/transport.ts';
import { type DiscoveryAnswer, type DiscoveryClient, discover, discoveryFault } from './discovery.ts';
import type { Era } from './link.ts';

/** What a probe is made with. */
export interface ProbeSetup {
  readonly clock: Clock;
  readonly client: DiscoveryClient;
  readonly scrub: (text: string) => string;
  /** How long the answer may take: a server that is silent for longer is of the initialize era. */
  readonly timeoutMs: number;
  /** The transport is open. */
  readonly opened: () => void;
}

/** What was found out. */
export interface EraFinding {
  readonly era: Era;
  /** The answer to `server/discover`, which is the handshake of its era. */
  readonly discovered?: Record<string, unknown>;
  /** The server was silent, or failed over the question: it may as well be of the other era, and not well yet. */
  readonly isGuess?: true;
}

/** Why nobody waits for the answer any more. One for all: the system would make one with a trace of the stack each time. */
const TAKEN = new Error('the question is over');

/** One question over a transport that has not started. Whoever asked takes the transport over, or closes it. */
export class EraProbe {
  readonly #transport: Transport;
  readonly #setup: ProbeSetup;
  #onmessage: ((message: JSONRPCMessage) => void) | undefined;
  #lose: (fault: Fault) => void = () => {};
  #lost: Fault | undefined;

  constructor(transport: Transport, setup: ProbeSetup) {
    this.#transport = transport;
    this.#setup = setup;
    transport.onopen = () => setup.opened();
    transport.onfault = (fault) => this.#end(fault);
    transport.onclose = () => this.#end({ kind: 'stream-ended' });
    transport.onmessage = (message) => this.#onmessage?.(message);
  }

  /** Why the transport ended since it was started; nothing while it carries messages. */
  get lost(): Fault | undefined {
    return this.#lost;
  }

  /** Start the transport and ask. Rejects with `FaultError`; aborting the signal makes it reject. */
  async run(signal: AbortSignal): Promise<EraFinding> {
    const ended = new Promise<DiscoveryAnswer>((resolve) => {
      this.#lose = (fault) => resolve({ kind: 'lost', fault });
    });
    const abort = () => this.#end({ kind: 'closed' });
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await this.#find(ended);
    } finally {
      // The signal outlives the probe.
      signal.removeEventListener('abort', abort);
    }
  }

  async #find(ended: Promise<DiscoveryAnswer>): Promise<EraFinding> {
    const taken = new AbortController();
    await Promise.race([this.#transport.start(), ended]);
    const question = this.#ask(taken.signal);
    const answer = await this.#inTime(Promise.race([question, ended]));
    taken.abort(TAKEN);
    if (!answer.settled) return { era: 'initialize', isGuess: true };
    return this.#findingOf(answer.value);
  }

  /** The server has its time for itself: none that an authorization server took, or a person who was asked. */
  async #inTime(asked: Promise<DiscoveryAnswer>): Promise<Settlement<DiscoveryAnswer>> {
    for (;;) {
      const before = this.#transport.credentialActivity;
      const answer = await withDeadline(this.#setup.clock, asked, this.#setup.timeoutMs);
      const after = this.#transport.credentialActivity;
      const wasHeldUp = after?.isBusy === true || after?.turns !== before?.turns;
      if (answer.settled || !wasHeldUp) return answer;
    }
  }

  #ask(signal: AbortSignal): Promise<DiscoveryAnswer> {
    const take = (onmessage: ((message: JSONRPCMessage) => void) | undefined) => {
      this.#onmessage = onmessage;
    };
    const port = {
      set onmessage(onmessage: ((message: JSONRPCMessage) => void) | undefined) {
        take(onmessage);
      },
      send: (message: JSONRPCMessage, options: { requestSignal: AbortSignal }) =>
        this.#transport.send(message, options),
    };
    return discover(port, this.#setup.client, signal);
  }

  #findingOf(answer: DiscoveryAnswer): EraFinding {
    switch (answer.kind) {
      case 'discovered':
        return { era: 'discover', discovered: answer.result };
      case 'other-era':
        return { era: 'initialize' };
      case 'lost':
        if (this.#lost === undefined && isOtherEra(answer.fault)) return { era: 'initialize' };
        if (this.#lost === undefined && isFailureOfServer(answer.fault)) return { era: 'initialize', isGuess: true };
        throw new FaultError(answer.fault);
      case 'refused':
      case 'no-revision':
        throw new FaultError(discoveryFault(answer, this.#setup.scrub));
    }
  }

  #end(fault: Fault): void {
    if (this.#lost !== undefined) return;
    this.#lost = fault;
    this.#lose(fault);
  }
}

/** How a server over HTTP says that it does not know the question, or is not ready to be asked it. */
function isOtherEra(fault: Fault): boolean {
  if (fault.kind === 'reply-lost' || fault.kind === 'malformed-message') return true;
  return fault.kind === 'http-status' && fault.status >= 400 && fault.status < 500 && fault.retryAfterMs === undefined;
}

/** Published servers fail in this way over a first request that they did not expect; a proxy on the way says 502 to 504. */
function isFailureOfServer(fault: Fault): boolean {
  return fault.kind === 'http-status' && (fault.status === 500 || fault.status === 501);
}
