/** One row on one transport while it is played: the server, the supervisor, the calls, and what is seen of them. */

import { CallError, type CallToolResult, ConnectionError, type ServerInfo, SupervisorError } from '../../src/index.ts';
import type { Behaviour } from '../../src/testing/behaviour.ts';
import type { FaultTransport } from '../../src/testing/fault-transport/contract.ts';
import { faultTransport } from '../../src/testing/fault-transport/fault-transport.ts';
import type { JournalEntry } from '../../src/testing/journal.ts';
import { named, ONE, type Settings, Stand } from '../contract/stand.ts';
import type { ServerUnderTest, TransportUnderTest } from '../contract/transport-under-test.ts';
import type { CallPlan, Place, PlayedFault, Scene } from './table/row.ts';
import { Track } from './track.ts';

export const NEIGHBOUR = 'neighbour';

/** Reconnects that take no longer than the test needs to look, and ends that are not waited for. */
const SETTINGS: Settings = {
  backoff: { baseMs: 10, factor: 2, maxMs: 100 },
  stdinGraceMs: 100,
  termGraceMs: 100,
  terminateTimeoutMs: 100,
  connectTimeoutMs: 5_000,
};
const LIFE_LENGTH = 3;
const CALL_MS = 8_000;
/** The call that waits while its server is opened. */
const WAITING_CALL: CallPlan = { tool: 'echo', args: { text: 'first' } };
const NEXT = 'next';

/** A row while it is played. */
export class Act implements AsyncDisposable {
  readonly track: Track;
  readonly isOpening: boolean;
  readonly scene: Scene;
  #progressed: () => void = () => {};
  neighbour: Promise<ServerInfo> | undefined;

  constructor(
    readonly row: PlayedFault,
    readonly stand: Stand,
    readonly place: Place,
    /** The place, where it is a scripted server. */
    readonly scripted: ServerUnderTest | undefined,
    readonly beside: ServerUnderTest | undefined,
    readonly relay: FaultTransport | undefined,
    kind: Scene['kind'],
  ) {
    this.isOpening = row.early ?? (row.when === 'connecting' || row.when === 'initializing');
    this.track = new Track(stand, this.isOpening ? 0 : LIFE_LENGTH);
    const progressed = new Promise<void>((resolve) => {
      this.#progressed = resolve;
    });
    // A row uses only what it asks for: a place of its own has no server, and few have a relay.
    const given = { server: scripted as ServerUnderTest, relay: relay as FaultTransport };
    this.scene = { kind, stand, ...given, abort: new AbortController(), beside: [], progressed };
  }

  /** Add the server; where the fault strikes later, wait until it is ready. */
  async begin(): Promise<void> {
    const { row, stand, place, beside } = this;
    const config = row.launch?.(place.config) ?? this.relay?.config ?? place.config;
    const settings = { ...SETTINGS, ...row.settings };
    await row.prepare?.(this.scene);
    if (beside !== undefined) this.neighbour = stand.add(beside, SETTINGS, NEIGHBOUR);
    if (this.isOpening) await stand.begin({ config }, settings);
    else await stand.add({ config }, settings);
    if (place.config.transport === 'streamable_http' && !this.isOpening) await this.#pushed();
  }

  /** Add the server once more, under another name, and wait until it is ready. */
  addAgain(): Promise<ServerInfo> {
    const { row, stand, place } = this;
    return stand.add({ config: row.launch?.(place.config) ?? place.config }, { ...SETTINGS, ...row.settings }, 'again');
  }

  /** Make the call that the fault meets; resolves with how it ends. */
  call(): Promise<string> | undefined {
    const plan = this.row.call ?? (this.isOpening ? WAITING_CALL : undefined);
    if (plan === undefined) return undefined;
    return this.ending(
      this.stand.mcp.callTool(ONE, plan.tool, plan.args, {
        timeoutMs: plan.timeoutMs ?? CALL_MS,
        signal: this.scene.abort.signal,
        onProgress: () => this.#progressed(),
      }),
    );
  }

  /** Make the call that comes after the fault. */
  next(timeoutMs: number): Promise<CallToolResult> {
    return this.stand.mcp.callTool(ONE, 'echo', { text: NEXT }, { timeoutMs });
  }

  /** How a call, or an addition, ends, in the words of the table. */
  async ending(call: Promise<unknown>): Promise<string> {
    try {
      await call;
      return 'answered';
    } catch (error) {
      if (error instanceof CallError) {
        return [error.code, error.outcome, error.fault?.kind].filter((word) => word !== undefined).join(' ');
      }
      if (error instanceof ConnectionError) return `${error.code} ${error.fault?.kind}`;
      if (error instanceof SupervisorError) return error.code;
      throw error;
    }
  }

  /** How often the server executed the call under way. */
  executions(): number {
    return this.#executed().filter((entry) => entry.arguments?.['text'] !== NEXT).length;
  }

  /** How often the server executed the call that came after the fault. */
  nextExecutions(): number {
    return this.#executed().filter((entry) => entry.arguments?.['text'] === NEXT).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stand.mcp.close({ force: true });
    await this.relay?.close();
    await this.place[Symbol.asyncDispose]();
    await this.beside?.[Symbol.asyncDispose]();
  }

  #executed(): JournalEntry[] {
    return this.scripted?.journal.entries({ kind: 'executed', method: 'tools/call' }) ?? [];
  }

  /** What the server sends unasked needs its stream, which is opened after the handshake. */
  async #pushed(): Promise<void> {
    await this.scripted?.journal.waitFor({ kind: 'request', verb: 'GET' });
  }
}

/** Start what a row needs. Nothing is added yet. */
export async function openAct(row: PlayedFault, transport: TransportUnderTest): Promise<Act> {
  const { kind } = transport;
  const told = typeof row.server === 'function' ? row.server(kind) : (row.server ?? {});
  const scripted = row.place === undefined ? await transport.start(striking(row, told, transport)) : undefined;
  const place = scripted ?? (await row.place?.(kind));
  if (place === undefined) throw new Error(`${row.id} has no server`);
  const beside = row.neighbour === undefined ? undefined : await transport.start();
  const relay = row.relayed === undefined ? undefined : await faultTransport(named(place.config, ONE));
  return new Act(row, new Stand(), place, scripted, beside, relay, kind);
}

/** A fault strikes once, unless it says how often. */
function striking(row: PlayedFault, behaviour: Behaviour, transport: TransportUnderTest): Behaviour {
  if (row.lasting || behaviour.faults === undefined) return behaviour;
  const faults = behaviour.faults.map((fault) => (fault.times === undefined ? transport.once(fault) : fault));
  return { ...behaviour, faults };
}
