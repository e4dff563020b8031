/** No library at all: JSON-RPC by hand over a pipe or a socket. Checks nothing and survives nothing: the physical limit. */

import { connectHttp } from './bare-http.ts';
import { connectStdio } from './bare-stdio.ts';
import type { Exchange } from './exchange.ts';
import { memoryTransport } from './memory-transport.ts';
import { oneByOne, type Subject, type Target } from './subject.ts';

export const subject: Subject = {
  open: async (targets) =>
    oneByOne(targets, connect, {
      call: (exchange, name, args) => exchange.request('tools/call', { name, arguments: args }),
      tools: async (exchange) => ((await exchange.request('tools/list', {})) as { tools: object[] }).tools.length,
      close: (exchange) => exchange.close(),
    }),
};

async function connect(target: Target): Promise<Exchange> {
  const exchange = exchangeWith(target);
  const clientInfo = { name: 'bench', version: '1.0.0' };
  await exchange.request('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
  await exchange.notify('notifications/initialized');
  return exchange;
}

function exchangeWith(target: Target): Exchange {
  if (target.kind === 'stdio') return connectStdio(target.command, target.args);
  if (target.kind === 'http') return connectHttp(new URL(target.url));
  return connectMemory();
}

function connectMemory(): Exchange {
  const waiting = new Map<number, (result: unknown) => void>();
  const transport = memoryTransport<{ id?: number; result?: unknown; method?: string; params?: object }>();
  transport.onmessage = ({ id, result }) => {
    waiting.get(id ?? 0)?.(result);
    waiting.delete(id ?? 0);
  };
  let last = 0;
  return {
    request: (method, params) =>
      new Promise((resolve) => {
        last += 1;
        waiting.set(last, resolve);
        void transport.send({ id: last, method, params });
      }),
    notify: (method) => transport.send({ method }),
    close: () => transport.close(),
  };
}
