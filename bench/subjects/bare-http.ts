/** JSON-RPC by hand over HTTP/1.1 by hand: just enough of it for the server of this benchmark. */

import { connect, type Socket } from 'node:net';
import type { Exchange } from './exchange.ts';

interface Reply {
  readonly head: string;
  readonly body: string;
}

/** Talk to the server; sockets are kept and used again. */
export function connectHttp(url: URL): Exchange {
  const free: Line[] = [];
  const all = new Set<Line>();
  let session = '';
  let last = 0;
  const post = async (message: object): Promise<Reply> => {
    let line = free.pop();
    if (line === undefined) {
      line = new Line(Number(url.port));
      all.add(line);
    }
    const body = JSON.stringify(message);
    const reply = await line.ask(
      `POST ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\n` +
        `accept: application/json, text/event-stream\r\n${session}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    free.push(line);
    if (!reply.head.startsWith('HTTP/1.1 2')) throw new Error(reply.head.slice(0, 12));
    return reply;
  };
  return {
    request: async (method, params) => {
      last += 1;
      const { head, body } = await post({ jsonrpc: '2.0', id: last, method, params });
      if (method === 'initialize') session = `${/mcp-session-id: .*\r\n/i.exec(head)?.[0] ?? ''}`;
      const text = body.startsWith('event:') ? body.slice(body.indexOf('data: ') + 6, body.lastIndexOf('\n\n')) : body;
      return (JSON.parse(text) as { result: unknown }).result;
    },
    notify: (method) => post({ jsonrpc: '2.0', method }),
    close: async () => {
      for (const line of all) line.close();
    },
  };
}

/** One socket, on which one request waits at a time. */
class Line {
  readonly #socket: Socket;
  #chunks: string[] = [];
  #settle: { resolve: (reply: Reply) => void; reject: (error: Error) => void } | undefined;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (chunk: Buffer | string) => this.#read(String(chunk)));
    this.#socket.on('error', (error) => this.#settle?.reject(error));
  }

  ask(request: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: string): void {
    this.#chunks.push(chunk);
    // The end of a chunked body stands at the end of a read: only then is it worth looking at the whole.
    const isSized = this.#chunks[0]?.includes('content-length:') ?? false;
    if (!isSized && !chunk.endsWith('0\r\n\r\n') && !chunk.endsWith('\r\n\r\n')) return;
    const text = this.#chunks.join('');
    const split = text.indexOf('\r\n\r\n');
    if (split < 0) return;
    const head = text.slice(0, split + 2);
    const body = bodyOf(head, text, split + 4);
    if (body === undefined) return;
    this.#chunks = [];
    this.#settle?.resolve({ head, body });
  }
}

/** The body, once all of it is there. */
function bodyOf(head: string, text: string, from: number): string | undefined {
  if (/transfer-encoding: chunked/i.test(head)) return text.endsWith('0\r\n\r\n') ? joined(text, from) : undefined;
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  return text.length - from < length ? undefined : text.slice(from, from + length);
}

function joined(text: string, from: number): string {
  let at = from;
  let body = '';
  for (;;) {
    const line = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, line), 16);
    if (!(size > 0)) return body;
    body += text.slice(line + 2, line + 2 + size);
    at = line + 2 + size + 2;
  }
}
