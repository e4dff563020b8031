/**
 * A channel within this process whose server is a process: what a host would write for a program that it speaks to in its
 * own way. A server that can really be killed, frozen and cut stands behind it.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ConnectFunction, InProcessTransport } from '../../src/index.ts';

/** What is started. */
export interface ChannelProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** From the end of stdin to the end by force. */
const GRACE_MS = 1_000;

/** A function that makes a channel to a new process each time. */
export function connectProcess(program: ChannelProgram): ConnectFunction {
  return () => openChannel(program);
}

function openChannel({ command, args, env }: ChannelProgram): InProcessTransport {
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  child.stdin.on('error', () => {});
  const channel: InProcessTransport = {
    start: async () => {
      let rest = '';
      child.stdout.setEncoding('utf8');
      child.stdout.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) channel.onmessage?.(valueOf(line) as never);
      });
      child.stdout.once('close', () => channel.onclose?.());
    },
    send: (message) => {
      child.stdin.write(`${JSON.stringify(message)}\n`);
    },
    close: async () => {
      child.stdin.end();
      const force = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
      await exited;
      clearTimeout(force);
      child.stdout.destroy();
    },
  };
  return channel;
}

/** What is no JSON is handed over as it is, for others to make nothing of. */
function valueOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}
