/** Finds the link of a server. Only the SDK line in use is loaded. */

import { loadOnce } from '../policy/load-once.ts';
import type { Transport } from '../transport/transport.ts';
import { declaredCapabilities } from './declared-capabilities.ts';
import { type EraFinding, EraProbe } from './era-probe.ts';
import type { LinkContext } from './fenced-link.ts';
import type { Era, Link, LinkObserver, SessionObserver } from './link.ts';

type CreateLink = (transport: Transport, context: LinkContext) => Link;

/** What a link is loaded for. */
export interface LinkRequest {
  readonly transport: Transport;
  /** What will stand behind the link: it says what is declared to the server. */
  readonly session: SessionObserver;
  /** Told when the transport is open, where it is opened to find out what the server speaks. */
  readonly opened: () => void;
  /** Aborting it makes the search reject. */
  readonly signal: AbortSignal;
}

/** What is known of the era, and how long finding it out may take. */
export interface EraQuestion {
  /** The era, where it is known or given. */
  readonly era: Era | undefined;
  readonly timeoutMs: number;
  /** The server went away while it was asked. */
  readonly died: () => void;
  /** The server was silent, or failed, when it was asked. */
  readonly guessed: () => void;
  /** Told which era it is, once that is known. */
  readonly found: (era: Era) => void;
}

/**
 * Load the code of the SDK line that a server speaks, and return how to construct its link without I/O. Where the era is
 * not known, the transport is started and the server is asked. Rejects with `FaultError`.
 */
export async function loadLink(
  request: LinkRequest,
  question: EraQuestion,
  context: Omit<LinkContext, 'observer'>,
): Promise<(observer: LinkObserver) => Link> {
  const { transport } = request;
  if (question.era !== undefined) {
    question.found(question.era);
    const create = await LINES[question.era]();
    return (observer) => create(transport, { ...context, observer });
  }
  const probe = new EraProbe(transport, {
    ...context,
    client: { clientInfo: context.clientInfo, capabilities: declaredCapabilities(request.session, 'discover') },
    timeoutMs: question.timeoutMs,
    opened: request.opened,
  });
  const finding = await ask(probe, request.signal, question);
  question.found(finding.era);
  if (finding.isGuess) question.guessed();
  const create = await LINES[finding.era]();
  // What the epoch keeps of this function must not keep the probe, which has done its work then.
  let asked: Pick<EraProbe, 'lost'> | undefined = probe;
  return (observer) => {
    const link = create(transport, { ...context, observer, finding });
    // It may have ended while the code was loaded, and nobody would be told again.
    if (asked?.lost !== undefined) link.abandon(asked.lost);
    asked = undefined;
    return link;
  };
}

async function ask(probe: EraProbe, signal: AbortSignal, question: EraQuestion): Promise<EraFinding> {
  try {
    return await probe.run(signal);
  } catch (error) {
    if (probe.lost !== undefined && !signal.aborted) question.died();
    throw error;
  }
}

/** How the link of an era is made, by the code of its SDK line. */
const LINES: Readonly<Record<Era, () => CreateLink | Promise<CreateLink>>> = {
  initialize: loadOnce(async () => (await import('./initialize-link.ts')).createInitializeLink),
  discover: loadOnce(async () => (await import('./discover-link.ts')).createDiscoverLink),
};
