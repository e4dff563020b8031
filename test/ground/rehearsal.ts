/** A supervisor, a fault transport, and a scripted server behind it, over any transport. */

import type { TransportKind } from '../../src/index.ts';
import type { Behaviour } from '../../src/testing/behaviour.ts';
import type { FaultTransport, StdioFaultTransport } from '../../src/testing/fault-transport/contract.ts';
import { faultTransport } from '../../src/testing/fault-transport/fault-transport.ts';
import { named, ONE, type Settings, Stand } from '../contract/stand.ts';
import { type ServerUnderTest, TRANSPORTS } from '../contract/transport-under-test.ts';

/** What stands between supervisor and server: `T` is the fault transport of the kind. */
export interface Rehearsal<T extends FaultTransport = FaultTransport> extends AsyncDisposable {
  readonly stand: Stand;
  readonly faults: T;
  readonly server: ServerUnderTest;
  /** Call the tool `wait`, which answers when it is told to; resolves when it is being carried out. */
  underWay(): Promise<{ readonly answer: Promise<unknown> }>;
  /** Call the tool `progress`, which takes long; resolves when the first of it has arrived. */
  streaming(): Promise<{ readonly answer: Promise<unknown> }>;
}

/** Bring a server to `ready` through a fault transport that does nothing yet. */
export async function rehearse(kind: TransportKind, settings?: Settings, behaviour?: Behaviour): Promise<Rehearsal> {
  const server = await TRANSPORTS[kind].start(behaviour);
  const faults = await faultTransport(named(server.config, ONE, settings));
  const stand = new Stand();
  await stand.add({ config: faults.config });
  return {
    stand,
    faults,
    server,
    underWay: async () => {
      const before = server.journal.executions('tools/call', 'wait');
      const answer = stand.text('wait');
      answer.catch(() => {});
      await server.journal.waitFor({ kind: 'executed', name: 'wait' }, before + 1);
      return { answer };
    },
    streaming: async () => {
      let progressed: () => void = () => {};
      const begun = new Promise<void>((resolve) => {
        progressed = resolve;
      });
      const answer = stand.mcp.callTool(ONE, 'progress', { steps: 400, ms: 25 }, { onProgress: () => progressed() });
      answer.catch(() => {});
      await begun;
      return { answer };
    },
    [Symbol.asyncDispose]: async () => {
      await stand[Symbol.asyncDispose]();
      await faults.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** The same over stdio, where the process is within reach. */
export async function rehearseStdio(
  settings?: Settings,
  behaviour?: Behaviour,
): Promise<Rehearsal<StdioFaultTransport>> {
  return (await rehearse('stdio', settings, behaviour)) as Rehearsal<StdioFaultTransport>;
}
