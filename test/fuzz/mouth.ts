/**
 * A server that answers properly until it is told to say something hostile at one point, over each transport. The
 * HTTP ones live in this process; the stdio one is a child that reads what to say from a file.
 */

import { rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { scratchFile } from '../../src/testing/scratch.ts';
import { type HttpServer, type Received, startHttpServer } from '../fixtures/http/http-server.ts';
import { chunksOf, type FuzzCase, type Utterance } from './utterance.ts';

/** The part of a `ServerConfig` that says where the server is. */
export type MouthConfig =
  | { readonly transport: 'stdio'; readonly command: string; readonly args: string[] }
  | { readonly transport: 'sse' | 'streamable_http'; readonly url: string };

/** A server that can be told what to say. */
export interface Mouth extends AsyncDisposable {
  readonly config: MouthConfig;
  /** Requests over HTTP so far; none over stdio. */
  readonly requestCount: number;
  /** Say this at its point, each time, until told otherwise; nothing: be polite again. */
  tell(fuzzCase: FuzzCase | undefined): void;
}

const PROGRAM = fileURLToPath(new URL('stdio-mouth.mjs', import.meta.url));

const RESULTS: Readonly<Record<string, unknown>> = {
  initialize: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: { listChanged: true } },
    serverInfo: { name: 'mouth', version: '1.0.0' },
  },
  'tools/list': { tools: [{ name: 'polite', inputSchema: { type: 'object' } }] },
  'tools/call': { content: [{ type: 'text', text: 'polite' }] },
};

/** Open the mouth of one transport. */
export async function openMouth(kind: MouthConfig['transport']): Promise<Mouth> {
  return kind === 'stdio' ? stdioMouth() : await httpMouth(kind);
}

function stdioMouth(): Mouth {
  const file = scratchFile('utterance.json');
  return {
    config: { transport: 'stdio', command: process.execPath, args: [PROGRAM, file, JSON.stringify(RESULTS)] },
    requestCount: 0,
    tell: (fuzzCase) => {
      if (fuzzCase === undefined) rmSync(file, { force: true });
      else writeFileSync(file, JSON.stringify(fuzzCase));
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

async function httpMouth(kind: 'sse' | 'streamable_http'): Promise<Mouth> {
  let told: FuzzCase | undefined;
  let requestCount = 0;
  let stream: ServerResponse | undefined;
  let server: HttpServer | undefined;

  const saysAt = (point: string): Utterance | undefined => (told?.point === point ? told.utterance : undefined);
  const handler = async (received: Received, response: ServerResponse): Promise<void> => {
    requestCount += 1;
    // They would hold every body of the run.
    server?.received.splice(0);
    server?.seen.splice(0);
    const { method, message } = received;
    const point = method === 'POST' ? (message.method ?? 'response') : method;
    const utterance = saysAt(point);
    if (utterance?.as === 'socket') return await speakBare(received, utterance, requestCount);
    if (method === 'GET') {
      openStream(response, kind === 'sse' ? 'event: endpoint\ndata: /message\n\n' : ': hello\n\n');
      stream = response;
      if (utterance !== undefined) await speak(response, utterance, undefined, requestCount);
      return;
    }
    if (method !== 'POST' || message.id === undefined || message.method === undefined) {
      response.writeHead(202).end();
      return;
    }
    const reply = JSON.stringify({ jsonrpc: '2.0', id: message.id, result: RESULTS[message.method] ?? {} });
    if (kind === 'sse') {
      response.writeHead(202).end();
      if (stream !== undefined) await answer(stream, utterance, reply, message.id, requestCount);
      return;
    }
    const session = message.method === 'initialize' ? { 'mcp-session-id': 'mouth' } : {};
    const isJson = utterance === undefined || utterance.as === 'json';
    response.writeHead(200, { 'content-type': isJson ? 'application/json' : 'text/event-stream', ...session });
    if (utterance === undefined) response.end(reply);
    else await answer(response, utterance, reply, message.id, requestCount);
    if (!isJson && utterance.then === 'reply') response.end();
  };

  const started = await startHttpServer(handler);
  server = started;
  const { origin } = started;
  return {
    config: { transport: kind, url: `${origin}${kind === 'sse' ? '/sse' : '/mcp'}` },
    get requestCount() {
      return requestCount;
    },
    tell: (fuzzCase) => {
      told = fuzzCase;
    },
    [Symbol.asyncDispose]: () => started.stop(),
  };
}

/** Say what was told, if anything was, and the proper reply where it belongs. */
async function answer(
  stream: ServerResponse,
  utterance: Utterance | undefined,
  reply: string,
  id: unknown,
  count: number,
): Promise<void> {
  if (utterance !== undefined) await speak(stream, utterance, id, count);
  // Whatever was begun before is ended first.
  const isOver = utterance !== undefined && utterance.then !== 'reply';
  if (!isOver && !stream.writableEnded) stream.write(`\n\ndata: ${reply}\n\n`);
}

async function speak(stream: ServerResponse, utterance: Utterance, id: unknown, count: number): Promise<void> {
  for (const chunk of chunksOf(utterance, id, count)) {
    if (stream.writableEnded || stream.destroyed) return;
    stream.write(chunk);
    await nextTurn();
  }
  if (utterance.then === 'end') stream.end();
}

async function speakBare({ socket, message }: Received, utterance: Utterance, count: number): Promise<void> {
  for (const chunk of chunksOf(utterance, message.id, count)) {
    if (socket.writableEnded || socket.destroyed) return;
    socket.write(chunk);
    await nextTurn();
  }
  socket.end();
}

function openStream(response: ServerResponse, greeting: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(greeting);
}
