/** A directory with servers whose changes of state a test says itself. */

import { Directory } from '../../src/catalog/directory.ts';
import type { ServerEntry } from '../../src/catalog/server-entry.ts';
import type { StdioServerConfig } from '../../src/config/server-config.ts';
import type { Publication } from '../../src/connection/publication.ts';
import type { StateChange } from '../../src/connection/state-change.ts';
import type { ConnectionState } from '../../src/connection-state.ts';
import type { RuntimeEvent } from '../../src/observe/runtime-event.ts';
import { SimulatedClock } from '../../src/testing/simulated-clock.ts';

/** A directory on a stage. */
export class Listing {
  readonly clock = new SimulatedClock();
  readonly notified: RuntimeEvent[] = [];
  readonly directory = new Directory(this.clock, (event) => this.notified.push(event));

  add(name: string, changes: Partial<StdioServerConfig> = {}): ServerEntry {
    this.directory.add({ name, transport: 'stdio', command: 'node', ...changes });
    return this.directory.require(name);
  }

  /** The machine of a server reports a change. */
  change(server: string, to: ConnectionState, changes: Partial<StateChange> = {}): void {
    const from = this.directory.get(server)?.state ?? 'closed';
    const about = { server, epoch: 1, atMs: this.clock.now(), from, to, attempt: 1, losses: 0 } as const;
    this.directory.follow({ type: 'state.changed', ...about, ...changes });
  }

  /** An epoch of a server begins to serve. */
  publish(server: string, epoch = 1): Publication {
    const publication = {
      server,
      epoch,
      identity: {
        era: 'initialize',
        protocolVersion: '2025-11-25',
        implementation: { name: 'x', version: '1' },
        capabilities: {},
      },
      connectedAtMs: this.clock.now(),
      link: { lastHeardAtMs: this.clock.monotonic() },
      carrier: { details: { transport: 'stdio' } },
      served: () => {},
    } as unknown as Publication;
    this.directory.publish(publication);
    this.change(server, 'ready', { epoch });
    return publication;
  }

  /** The supervisor lets a new configuration take over, once the present connection is gone. */
  replace(server: string, changes: Partial<StdioServerConfig> = {}): void {
    const { revision, lastChange } = this.directory.require(server);
    this.directory.stage({ ...(revision.config as StdioServerConfig), ...changes });
    const epoch = lastChange?.epoch ?? 0;
    const about = { server, epoch, previousEpoch: epoch, atMs: this.clock.now() };
    this.directory.follow({ type: 'server.replaced', ...about, reason: 'replaced' });
  }

  remove(server: string): void {
    this.directory.follow({ type: 'server.removed', server, epoch: 1, atMs: this.clock.now() });
  }
}
