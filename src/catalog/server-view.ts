/** Makes of what is held for a server what may be shown of it: secrets taken out, nothing that changes afterwards. */

import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import type { Publication } from '../connection/publication.ts';
import type { StateChange } from '../connection/state-change.ts';
import type { ConnectionState } from '../connection-state.ts';
import type { Fault } from '../fault.ts';
import type { Revision } from '../opening/revision.ts';
import type { ServerInfo } from './server-info.ts';

/** What a view is made of. */
export interface ServerFacts {
  readonly revision: Revision;
  readonly state: ConnectionState;
  readonly change: StateChange | undefined;
  readonly cause: Fault | undefined;
  readonly publication: Publication | undefined;
  readonly waitingFor: readonly string[];
  readonly tools: readonly Tool[];
  readonly queued: number;
  readonly inFlight: number;
}

/** Show a server as it is now. */
export function serverView(facts: ServerFacts): ServerInfo {
  const { revision, state, change, cause, publication, waitingFor, tools, queued, inFlight } = facts;
  const retryAtMs = change?.retryInMs === undefined ? undefined : change.atMs + change.retryInMs;
  const authorizationUrl = revision.authorizer?.pendingUrl;
  return {
    name: revision.plan.name,
    ...revision.show(),
    state,
    parked: change?.parked ?? false,
    held: change?.held ?? false,
    epoch: change?.epoch ?? 0,
    attempt: change?.attempt ?? 0,
    losses: change?.losses ?? 0,
    ...(cause === undefined ? undefined : { cause }),
    waitingFor,
    ...(retryAtMs === undefined ? undefined : { retryAtMs }),
    tools,
    queued,
    inFlight,
    ...(authorizationUrl === undefined ? undefined : { authorizationUrl }),
    ...(publication === undefined ? undefined : servedBy(publication)),
  };
}

function servedBy({ identity, connectedAtMs, carrier }: Publication) {
  const { transport, pid, sessionId } = carrier.details;
  const { implementation, instructions } = identity;
  return {
    connectedAt: new Date(connectedAtMs),
    transport,
    era: identity.era,
    protocolVersion: identity.protocolVersion,
    capabilities: identity.capabilities,
    ...(implementation === undefined ? undefined : { implementation }),
    ...(instructions === undefined ? undefined : { instructions }),
    ...(pid === undefined ? undefined : { pid }),
    ...(sessionId === undefined ? undefined : { sessionId }),
  };
}
