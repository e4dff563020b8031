/** Configurations that hold a canary in every place that may hold a secret. */

import { fileURLToPath } from 'node:url';
import type { ServerConfig } from '../../src/index.ts';
import { CANARIES } from './canaries.ts';

const TELLTALE = fileURLToPath(new URL('./telltale.mjs', import.meta.url));

/** A stdio server with secrets in its environment and arguments, named after how it tells them. */
export function telltale(mode: string) {
  return {
    name: mode,
    transport: 'stdio',
    command: process.execPath,
    args: [TELLTALE, mode, '--', '--api-key', CANARIES.argument],
    env: { SOME_NAME: CANARIES.variable },
  } as const satisfies ServerConfig;
}

/** The same URL over both HTTP transports, with secrets in its user part, its query and the headers. */
export function httpServers(name: string, port: number, path: string): ServerConfig[] {
  const url = `http://user:${CANARIES.password}@127.0.0.1:${port}${path}?access=${CANARIES.query}`;
  const headers = { 'X-Access': CANARIES.header };
  return [
    { name: `${name} over sse`, transport: 'sse', url, headers },
    { name: `${name} over http`, transport: 'streamable_http', url, headers },
  ];
}

/** Each is wrong in one place, next to a secret or in one. */
export function invalidConfigs(): unknown[] {
  return [
    { ...telltale('a'), env: { [`A=${CANARIES.variable}`]: CANARIES.variable } },
    { ...telltale('b'), args: [CANARIES.argument, 5] },
    { ...telltale('c'), transport: CANARIES.argument },
    { name: 'd', transport: 'sse', url: `ftp://user:${CANARIES.password}@127.0.0.1/?${CANARIES.query}` },
    { name: 'e', transport: 'sse', url: 'http://127.0.0.1', headers: { Authorization: `${CANARIES.header}\n` } },
    { name: 'f', transport: 'streamable_http', url: `127.0.0.1/${CANARIES.query}` },
  ];
}
