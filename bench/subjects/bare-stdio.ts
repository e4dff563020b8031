/** JSON-RPC by hand over the pipes of a process. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Exchange } from './exchange.ts';

/** Start the server. */
export function connectStdio(command: string, args: readonly string[]): Exchange {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  let last = 0;
  let rest: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    let from = 0;
    for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', from)) {
      const line = rest.length === 0 ? chunk.slice(from, at) : rest.join('') + chunk.slice(from, at);
      rest = [];
      from = at + 1;
      const { id, result } = JSON.parse(line) as { id: number; result: unknown };
      waiting.get(id)?.resolve(result);
      waiting.delete(id);
    }
    if (from < chunk.length) rest.push(chunk.slice(from));
  });
  child.stdin.on('error', () => undefined);
  child.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the server ended'));
    waiting.clear();
  });
  return {
    request: (method, params) =>
      new Promise((resolve, reject) => {
        if (child.exitCode !== null || child.signalCode !== null) return reject(new Error('the server ended'));
        last += 1;
        waiting.set(last, { resolve, reject });
        child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: last, method, params })}\n`);
      }),
    notify: async (method) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method })}\n`),
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const closed = once(child, 'close');
      child.stdin.end();
      await closed;
    },
  };
}
