/** What a fault transport is, for whoever uses one. */

import type { ServerConfig, StdioServerConfig } from '../../index.ts';
import type { Direction } from './conditions.ts';
import type { FaultVerb } from './verbs.ts';

/** What passed through a fault transport, and what it did. */
export interface FaultTransportReport {
  /** Processes started, or connections accepted. */
  readonly lineCount: number;
  /** Those that are there now. */
  readonly openCount: number;
  readonly bytesToServer: number;
  readonly bytesToClient: number;
  /** How often each verb was used. */
  readonly verbs: Readonly<Record<FaultVerb, number>>;
}

/** What is put into a stream. */
export interface CorruptOptions {
  /** As it is: on stdio end the line yourself, in a stream of events write an event. Default: half a message. */
  readonly text?: string;
}

/** What a stream is flooded with. */
export interface FloodOptions {
  /** One JSON-RPC message as a line of JSON. Default: a log notification. */
  readonly message?: string;
  /** Default 20 000. */
  readonly times?: number;
}

/** Which bytes are held. */
export interface StallOptions {
  /** Default: both. */
  readonly direction?: Direction;
}

/**
 * Faults between a supervisor and one server.
 *
 * Every verb takes effect at once; its promise resolves when it is carried out. Those that strike what is open now
 * resolve with how many processes, connections or streams they struck.
 */
export interface FaultTransport<C extends ServerConfig = ServerConfig> extends AsyncDisposable {
  /** Give this to `addServer`, changed as you like except for what says where the server is. */
  readonly config: C;
  /** End what the server sends, in order. stdio: close stdout. HTTP: end replies and close connections. */
  cut(): Promise<number>;
  /** Break what is open. stdio: SIGKILL. HTTP: RST. */
  reset(): Promise<number>;
  /** Pass half of what the server sends next, then cut it. */
  truncate(): Promise<void>;
  /** Put garbage among what the server sends. Resolves with 0 when it waits for the next reply to strike at. */
  corrupt(options?: CorruptOptions): Promise<number>;
  /** Send valid notifications as fast as they are read; resolves when all are written or their streams have ended. */
  flood(options?: FloodOptions): Promise<number>;
  /** Take bytes, and connections, and pass nothing on: what a half-open connection does. At most 4 MB are held. */
  stall(options?: StallOptions): Promise<void>;
  /** Pass on what was held, and go on. */
  resume(): Promise<void>;
  /** Let bytes be on their way for so many milliseconds in each direction, from now on. */
  delay(delayMs: number): Promise<void>;
  /** Turn away new connections or starts; what is open goes on. */
  refuse(): Promise<void>;
  /** Let new connections or starts in again. Rejects when somebody else has taken the port. */
  accept(): Promise<void>;
  /** Undo all that lasts or waits to strike: as if nothing had been told, except that counts and ended streams stay. */
  calm(): Promise<void>;
  /** Draw faults from a seed for a while, then `calm`. Rejects only when `onFault` throws, or as `accept` does. */
  storm(options: StormOptions): Promise<StormReport>;
  report(): FaultTransportReport;
  /** End everything: processes, connections, the port. The server behind a URL goes on. Idempotent. */
  close(): Promise<void>;
}

/** Faults between a supervisor and a stdio server, whose process is within reach too. */
export interface StdioFaultTransport extends FaultTransport<StdioServerConfig> {
  /** Processes of the real server that run now. `getServerInfo(name).pid` is the relay's in front of it. */
  readonly pids: readonly number[];
  /** Signal the real process and all that it started. Default SIGKILL. Beyond Linux only the process itself. */
  kill(signal?: NodeJS.Signals): Promise<number>;
  /** Let the real process and all that it started stand still: it lives, and answers nothing. */
  freeze(): Promise<number>;
  /** Let frozen processes go on. */
  thaw(): Promise<number>;
}

/** Which faults, and for how long. */
export interface StormOptions {
  /** The same seed draws the same faults in the same order. */
  readonly seed: number;
  /** In milliseconds; a fault that has begun is brought to its end. */
  readonly durationMs: number;
  /** Between two faults, on average, in milliseconds. Default 500. */
  readonly pauseMs?: number;
  /** What is drawn from. Default: all that the transport has. */
  readonly verbs?: readonly FaultVerb[];
  /** Ends it early; it resolves all the same. */
  readonly signal?: AbortSignal;
  /** Told of each fault as it begins. */
  readonly onFault?: (fault: StormFault) => void;
}

/** One fault of a storm. */
export interface StormFault {
  readonly verb: FaultVerb;
  /** Since the beginning of the storm, in milliseconds. */
  readonly atMs: number;
}

/** What a storm did. */
export interface StormReport {
  readonly seed: number;
  readonly faults: readonly StormFault[];
}
