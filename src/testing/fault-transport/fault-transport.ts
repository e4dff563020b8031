/**
 * Puts faults between a supervisor and any server: give it the configuration of the server, and give what it returns
 * to `addServer`. The faults are real ones, made by hand or drawn from a seed.
 */

import type { ServerConfig, SseServerConfig, StdioServerConfig, StreamableHttpServerConfig } from '../../index.ts';
import type { Conditions } from './conditions.ts';
import type {
  CorruptOptions,
  FaultTransport,
  FaultTransportReport,
  FloodOptions,
  StallOptions,
  StdioFaultTransport,
  StormOptions,
  StormReport,
} from './contract.ts';
import { HttpLayer } from './http-layer.ts';
import type { Line } from './line.ts';
import { StdioLayer } from './stdio-layer.ts';
import { raiseStorm } from './storm.ts';
import { FAULT_VERBS, type FaultVerb } from './verbs.ts';

const FLOOD_TIMES = 20_000;
const FLOOD_MESSAGE = JSON.stringify({
  jsonrpc: '2.0',
  method: 'notifications/message',
  params: { level: 'info', data: 'a flood' },
});

/**
 * Put a layer of faults in front of a server. Until it is told something, it passes every byte.
 *
 * stdio: `addServer` starts a relay in place of the command; the relay starts the command in its own process group,
 * with its environment, working directory and stderr, and ends as it ends. A command that cannot be started is seen
 * as exit code 127 (not found) or 126 (not executable). Bytes, order, exit codes and signals are the real ones.
 *
 * HTTP: it listens on 127.0.0.1 and asks the real server, `https` too, with its own name as `Host`. An `endpoint`
 * event or a redirect that names the server's own origin is led through it. Replies are asked for unencoded.
 *
 * **Errors** rejects when no port of 127.0.0.1 can be listened on, and for a server in the same process: there are no bytes
 * to put faults into, and its `connect` can do what it likes.
 */
export function faultTransport(config: StdioServerConfig): Promise<StdioFaultTransport>;
export function faultTransport(config: SseServerConfig): Promise<FaultTransport<SseServerConfig>>;
export function faultTransport(config: StreamableHttpServerConfig): Promise<FaultTransport<StreamableHttpServerConfig>>;
export function faultTransport(config: ServerConfig): Promise<FaultTransport | StdioFaultTransport>;
export async function faultTransport(config: ServerConfig): Promise<FaultTransport | StdioFaultTransport> {
  if (config.transport === 'in_process') throw new TypeError('a server in the same process has no bytes in between');
  if (config.transport !== 'stdio') return new LayerControls(await HttpLayer.open(config));
  return new StdioLayerControls(await StdioLayer.open(config));
}

interface Layer<C extends ServerConfig> {
  readonly config: C;
  readonly conditions: Conditions;
  readonly lines: ReadonlySet<Line>;
  readonly lineCount: number;
  refuse(): Promise<void>;
  accept(): Promise<void>;
  close(): Promise<void>;
}

class LayerControls<C extends ServerConfig, L extends Layer<C>> implements FaultTransport<C> {
  protected readonly layer: L;
  readonly #counts = Object.fromEntries(Object.keys(FAULT_VERBS).map((verb) => [verb, 0])) as Record<FaultVerb, number>;

  constructor(layer: L) {
    this.layer = layer;
  }

  get config(): C {
    return this.layer.config;
  }

  async cut(): Promise<number> {
    return this.strike('cut', (line) => line.cut());
  }

  async reset(): Promise<number> {
    return this.strike('reset', (line) => line.reset());
  }

  async truncate(): Promise<void> {
    this.count('truncate');
    this.layer.conditions.arm({ isTruncated: true });
  }

  async corrupt({ text }: CorruptOptions = {}): Promise<number> {
    const struck = this.strike('corrupt', (line) => line.inject(text));
    if (struck === 0) this.layer.conditions.arm({ garbage: { text } });
    return struck;
  }

  async flood({ message = FLOOD_MESSAGE, times = FLOOD_TIMES }: FloodOptions = {}): Promise<number> {
    const floods: Promise<void>[] = [];
    const struck = this.strike('flood', (line) => {
      const flood = line.flood(message, times);
      if (flood !== undefined) floods.push(flood);
      return flood !== undefined;
    });
    await Promise.all(floods);
    return struck;
  }

  async stall({ direction }: StallOptions = {}): Promise<void> {
    this.count('stall');
    const { stalled } = this.layer.conditions;
    if (direction !== 'to-client') stalled.add('to-server');
    if (direction !== 'to-server') stalled.add('to-client');
    this.#wake();
  }

  async resume(): Promise<void> {
    this.layer.conditions.stalled.clear();
    this.#wake();
  }

  async delay(delayMs: number): Promise<void> {
    if (delayMs > 0) this.count('delay');
    this.layer.conditions.delayMs = delayMs;
  }

  refuse(): Promise<void> {
    this.count('refuse');
    return this.layer.refuse();
  }

  accept(): Promise<void> {
    return this.layer.accept();
  }

  async calm(): Promise<void> {
    this.layer.conditions.takeArmed();
    await this.delay(0);
    await this.resume();
    await this.accept();
  }

  storm(options: StormOptions): Promise<StormReport> {
    return raiseStorm(this, options);
  }

  report(): FaultTransportReport {
    const { conditions, lines, lineCount } = this.layer;
    const { toServer: bytesToServer, toClient: bytesToClient } = conditions.bytes;
    return { lineCount, openCount: lines.size, bytesToServer, bytesToClient, verbs: { ...this.#counts } };
  }

  close(): Promise<void> {
    return this.layer.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  protected count(verb: FaultVerb): void {
    this.#counts[verb] += 1;
  }

  /** Counts the lines at which something was struck: all of which `act` does not say no. */
  protected strike(verb: FaultVerb, act: (line: Line) => unknown): number {
    this.count(verb);
    return [...this.layer.lines].filter((line) => act(line) !== false).length;
  }

  #wake(): void {
    for (const line of this.layer.lines) line.wake();
  }
}

class StdioLayerControls extends LayerControls<StdioServerConfig, StdioLayer> implements StdioFaultTransport {
  get pids(): readonly number[] {
    return [...this.layer.lines].map(({ pid }) => pid).filter((pid) => pid !== undefined);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number> {
    this.count('kill');
    return this.#signal(signal);
  }

  async freeze(): Promise<number> {
    this.count('freeze');
    const frozen = await Promise.all([...this.layer.lines].map((line) => line.freeze()));
    return frozen.filter(Boolean).length;
  }

  async thaw(): Promise<number> {
    return this.#signal('SIGCONT');
  }

  override async calm(): Promise<void> {
    await this.thaw();
    await super.calm();
  }

  #signal(signal: NodeJS.Signals): number {
    return [...this.layer.lines].filter((line) => line.signal(signal)).length;
  }
}
