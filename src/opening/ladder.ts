/**
 * The ways to open a server, one after the other within one epoch: as it is known to speak; else by asking it; and once
 * more without asking, where a process ended over the question or was not there yet when it was asked.
 */

import type { Clock } from '../clock.ts';
import { DEFAULTS } from '../config/defaults.ts';
import type { ServerConfig, TransportKind } from '../config/server-config.ts';
import type { Way } from '../connection/way.ts';
import type { Fault } from '../fault.ts';
import type { LinkContext } from '../link/fenced-link.ts';
import type { Era } from '../link/link.ts';
import { type EraQuestion, loadLink } from '../link/load-link.ts';
import { once } from '../once.ts';
import { whenThere } from '../policy/load-once.ts';
import { loadCarrier } from '../transport/load-carrier.ts';
import type { CarrierContext } from '../transport/transport.ts';
import type { EraMemory } from './era-memory.ts';

/** What the ways to one server are made of. */
export interface WaySetup {
  readonly config: ServerConfig;
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
  readonly memory: EraMemory;
  readonly carrier: () => CarrierContext | Promise<CarrierContext>;
  readonly link: Omit<LinkContext, 'observer'>;
}

/** What is known when a way is taken. */
interface Knowledge {
  readonly transport: TransportKind;
  readonly era: Era | undefined;
  /** It comes from the memory, and may have become wrong. */
  readonly isRecalled: boolean;
}

/** The first way to a server. What is known of it is looked up when it matters: of a process, when it has been started. */
export function firstWay(setup: WaySetup): Way {
  const { config, memory } = setup;
  const recall = (): Knowledge => {
    const verdict = memory.recall(config);
    return verdict === undefined ? ignorance(config) : { ...verdict, isRecalled: true };
  };
  return wayOf(setup, once(recall));
}

/** What is known of a server that nothing was found out about. */
function ignorance({ transport, protocol = 'auto' }: ServerConfig): Knowledge {
  // HTTP+SSE is older than the other era.
  const era = transport === 'sse' ? 'initialize' : protocol === 'auto' ? undefined : protocol;
  return { transport, era, isRecalled: false };
}

function wayOf(setup: WaySetup, knowledge: () => Knowledge): Way {
  const { config, memory, connectTimeoutMs } = setup;
  let found: Era | undefined;
  let hasDied = false;
  let isGuess = false;
  const question = (): EraQuestion => ({
    era: knowledge().era,
    // A server that is silent has to be initialized in what is left.
    timeoutMs: Math.min(DEFAULTS.eraProbeTimeoutMs, connectTimeoutMs / 2),
    died: () => {
      hasDied = true;
    },
    guessed: () => {
      isGuess = true;
    },
    found: (each) => {
      found = each;
    },
  });
  const insteadBy = (transport: TransportKind, era: Era): Way =>
    wayOf(setup, () => ({ transport, era, isRecalled: false }));
  return {
    loadCarrier: () =>
      whenThere(setup.carrier(), (context) => {
        const tried = hasFallback(config) ? configOver(config, knowledge().transport) : config;
        return loadCarrier(tried, context);
      }),
    loadLink: (request) => loadLink(request, question(), setup.link),
    after: (fault) => {
      const { transport, isRecalled } = knowledge();
      if (isRecalled && isOtherwise(fault)) {
        memory.forget(config);
        return wayOf(setup, () => ignorance(config));
      }
      // Some servers end when the first thing they are told is not `initialize`.
      if ((transport === 'stdio' || transport === 'in_process') && hasDied) return insteadBy(transport, 'initialize');
      // One that is slow to start, or failed over the question, may not know `initialize`.
      if (isGuess && isForeign(fault)) return insteadBy(transport, 'discover');
      const mayFallBack = hasFallback(config) && transport !== 'sse';
      if (!mayFallBack || config.protocol === 'discover' || !isRefused(fault)) return undefined;
      return insteadBy('sse', 'initialize');
    },
    succeeded: () => {
      const { transport, isRecalled } = knowledge();
      if (isRecalled || found === undefined) return;
      const isOpen = (config.protocol ?? 'auto') === 'auto' || transport !== config.transport;
      if (isOpen) memory.remember(config, { era: found, transport });
    },
  };
}

/** Whether a server may have to be reached over another transport than the one that is configured. */
function hasFallback(config: ServerConfig): boolean {
  return config.transport === 'streamable_http' && config.fallback === 'sse';
}

/** The configuration over the transport that is tried. */
function configOver(config: ServerConfig, transport: TransportKind): ServerConfig {
  if (transport !== 'sse' || config.transport !== 'streamable_http') return config;
  const { terminateTimeoutMs: _terminate, fallback: _fallback, ...rest } = config;
  return { ...rest, transport };
}

/** JSON-RPC codes with which a server says that it does not know `initialize`, or not in this revision. */
const FOREIGN_CODES: ReadonlySet<number> = new Set([-32600, -32601, -32602, -32022]);

/** Whether a handshake failed as it does with a server of the other era. */
function isForeign(fault: Fault): boolean {
  if (fault.kind === 'handshake-refused') return FOREIGN_CODES.has(fault.code);
  return fault.kind !== 'malformed-message' && isOtherwise(fault);
}

/** Whether a handshake failed in a way that speaks against what was known of the server. */
function isOtherwise(fault: Fault): boolean {
  switch (fault.kind) {
    case 'protocol-version-unsupported':
    case 'handshake-refused':
    case 'malformed-message':
      return true;
    default:
      return isRefused(fault);
  }
}

/** Whether a server took the request for one that it does not serve, rather than being in trouble itself. */
function isRefused(fault: Fault): boolean {
  return fault.kind === 'http-status' && fault.status >= 400 && fault.status < 500 && fault.retryAfterMs === undefined;
}
