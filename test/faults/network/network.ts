/**
 * Two real network namespaces with a cable between them: a host in one, servers in the other. Needs Linux, root and
 * the program `ip`; nothing of it touches the network of this machine.
 */

import { spawnSync } from 'node:child_process';

/** Addresses inside the namespaces. */
export const HOST_ADDRESS = '10.77.0.1';
export const SERVER_ADDRESS = '10.77.0.2';
const DEVICE = 'cable';

/** Whether a run without these tests counts as failed, as in continuous integration. */
export const isRequired = process.env['NETWORK_TESTS'] === 'required';

/** Why namespaces cannot be made here, or nothing when they can. */
export function networkTrouble(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces exist on Linux only';
  if (process.getuid?.() !== 0) return 'making a network namespace needs root';
  if (spawnSync('ip', ['-V']).error !== undefined) return "there is no program 'ip' (package iproute2)";
  const name = uniqueName('probe');
  const { status, stderr } = spawnSync('ip', ['netns', 'add', name]);
  if (status !== 0) return `making a network namespace is not allowed here: ${String(stderr).trim()}`;
  ip('netns', 'del', name);
  return undefined;
}

let count = 0;

function uniqueName(role: string): string {
  count += 1;
  return `mcps-${process.pid}-${count}-${role}`;
}

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync('ip', args);
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${String(stderr).trim()}`);
}

/** Two namespaces and a cable. */
export class CabledNetwork implements Disposable {
  readonly #hostSide = uniqueName('host');
  readonly #serverSide = uniqueName('server');
  readonly #delete = (): void => {
    for (const name of [this.#hostSide, this.#serverSide]) spawnSync('ip', ['netns', 'del', name]);
  };

  constructor() {
    // Should the test be ended on its way.
    process.once('exit', this.#delete);
    try {
      for (const name of [this.#hostSide, this.#serverSide]) {
        ip('netns', 'add', name);
        ip('-n', name, 'link', 'set', 'lo', 'up');
      }
      ip(
        '-n',
        this.#hostSide,
        'link',
        'add',
        DEVICE,
        'type',
        'veth',
        'peer',
        'name',
        DEVICE,
        'netns',
        this.#serverSide,
      );
      ip('-n', this.#hostSide, 'addr', 'add', `${HOST_ADDRESS}/30`, 'dev', DEVICE);
      ip('-n', this.#serverSide, 'addr', 'add', `${SERVER_ADDRESS}/30`, 'dev', DEVICE);
      for (const side of ['host', 'server'] as const) this.setLink(side, 'up');
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** The start of a command line that runs what follows on one side. */
  on(side: 'host' | 'server'): readonly [string, ...string[]] {
    return ['ip', 'netns', 'exec', this.#nameOf(side)];
  }

  /** Plug one end of the cable in or out: on the host's side its interface goes, on the other only the carrier. */
  setLink(side: 'host' | 'server', state: 'up' | 'down'): void {
    ip('-n', this.#nameOf(side), 'link', 'set', DEVICE, state);
  }

  /** Let whatever the server's side sends to the host vanish without a word, or let it through again. */
  setBlackHole(state: 'on' | 'off'): void {
    ip('-n', this.#serverSide, 'route', state === 'on' ? 'add' : 'del', 'blackhole', `${HOST_ADDRESS}/32`);
  }

  [Symbol.dispose](): void {
    process.off('exit', this.#delete);
    this.#delete();
  }

  #nameOf(side: 'host' | 'server'): string {
    return side === 'host' ? this.#hostSide : this.#serverSide;
  }
}
