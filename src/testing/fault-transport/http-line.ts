/**
 * One connection of the client and the exchange on it: the request goes on to the real server, the reply comes back,
 * each in its passage.
 */

import {
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  request as requestHttp,
  type ServerResponse,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import type { Conditions } from './conditions.ts';
import { EndpointRewriter, renameOrigin } from './endpoint-rewriter.ts';
import { type Line, repeated } from './line.ts';
import { Passage, writeTo } from './passage.ts';

const EVENT_STREAM = /^text\/event-stream\b/i;
const GARBAGE = '{"jsonrpc": "2.0", "id":';
/** They speak of one connection, and there are two. */
const HOP_HEADERS: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade']);
/** An encoded reply could not be read for its endpoint, and garbage in it would be another fault. */
const UNWANTED_HEADERS: ReadonlySet<string> = new Set([...HOP_HEADERS, 'host', 'accept-encoding']);

/** Where requests go, and where they came to. */
export interface Places {
  readonly target: URL;
  /** Origin of the fault transport. */
  readonly origin: string;
}

interface Exchange {
  readonly response: ServerResponse;
  readonly toServer: Passage;
  readonly toClient: Passage;
  upstream?: ClientRequest;
  isEventStream: boolean;
}

/** One connection of the client. */
export class HttpLine implements Line {
  readonly #conditions: Conditions;
  readonly #socket: Socket;
  readonly #places: Places;
  #exchange: Exchange | undefined;

  constructor(conditions: Conditions, socket: Socket, places: Places) {
    this.#conditions = conditions;
    this.#socket = socket;
    this.#places = places;
    socket.on('error', () => {});
    socket.on('close', () => this.#drop());
  }

  /** Take over one request of this connection. */
  take(request: IncomingMessage, response: ServerResponse): void {
    const toServer = new Passage(this.#conditions, 'to-server');
    const toClient = new Passage(this.#conditions, 'to-client');
    const exchange: Exchange = { response, toServer, toClient, isEventStream: false };
    this.#exchange = exchange;
    response.on('error', () => {});
    response.on('close', () => this.#drop(exchange));
    request.on('error', () => {});
    const options = this.#optionsOf(request);
    toServer.pass(() => {
      const send = this.#places.target.protocol === 'https:' ? requestHttps : requestHttp;
      const upstream = send(options, (reply) => this.#answer(exchange, reply));
      exchange.upstream = upstream;
      upstream.on('error', () => toClient.pass(() => this.#break(exchange)));
      upstream.flushHeaders();
    });
    toServer.feed(request, (chunk) => {
      this.#conditions.bytes.toServer += chunk.length;
      return exchange.upstream && writeTo(exchange.upstream, chunk);
    });
    request.on('end', () => toServer.pass(() => exchange.upstream?.end()));
  }

  cut(): boolean {
    const exchange = this.#exchange;
    exchange?.toClient.close();
    if (exchange?.response.headersSent) exchange.response.end(() => this.#socket.end());
    else this.#socket.end();
    return true;
  }

  reset(): boolean {
    this.#socket.resetAndDestroy();
    return true;
  }

  inject(text?: string): boolean {
    const exchange = this.#exchange;
    if (exchange === undefined || !exchange.isEventStream) return false;
    exchange.toClient.pass(() => writeTo(exchange.response, text ?? garbageOf(exchange)));
    return true;
  }

  flood(message: string, times: number): Promise<void> | undefined {
    const exchange = this.#exchange;
    if (exchange === undefined || !exchange.isEventStream) return undefined;
    const { response, toClient } = exchange;
    return new Promise((resolve) => {
      response.once('close', () => resolve());
      const event = `event: message\ndata: ${message}\n\n`;
      for (const piece of repeated(event, times)) toClient.pass(() => writeTo(response, piece));
      toClient.pass(() => resolve());
    });
  }

  wake(): void {
    this.#exchange?.toServer.wake();
    this.#exchange?.toClient.wake();
  }

  #optionsOf(request: IncomingMessage): RequestOptions {
    const { target } = this.#places;
    const kept = Object.entries(request.headersDistinct).filter(([name]) => !UNWANTED_HEADERS.has(name));
    const headers: NodeJS.Dict<string[]> = Object.fromEntries(kept);
    return {
      protocol: target.protocol,
      hostname: target.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: target.port,
      method: request.method,
      path: request.url,
      // A header that has one value by nature must not become a list.
      headers: {
        ...Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, single(values)])),
        host: target.host,
      },
      agent: false,
    };
  }

  #answer(exchange: Exchange, reply: IncomingMessage): void {
    const { response, toClient } = exchange;
    reply.on('error', () => {});
    const isEventStream = EVENT_STREAM.test(reply.headers['content-type'] ?? '');
    const rewriter = new EndpointRewriter(this.#places.target.origin, this.#places.origin);
    toClient.pass(() => {
      if (response.destroyed) return;
      response.writeHead(reply.statusCode ?? 502, reply.statusMessage ?? '', this.#headersOf(reply));
      response.flushHeaders();
      exchange.isEventStream = isEventStream;
    });
    toClient.feed(reply, (chunk) => {
      this.#conditions.bytes.toClient += chunk.length;
      return this.#deliver(exchange, isEventStream ? rewriter.rewrite(chunk) : chunk);
    });
    reply.on('end', () => toClient.pass(() => response.end()));
    reply.on('close', () => {
      if (!reply.complete) toClient.pass(() => this.#break(exchange));
    });
  }

  async #deliver(exchange: Exchange, chunk: Buffer): Promise<void> {
    if (chunk.length === 0) return;
    const { response } = exchange;
    const { garbage, isTruncated } = this.#conditions.takeArmed();
    if (garbage !== undefined) await writeTo(response, garbage.text ?? garbageOf(exchange));
    await writeTo(response, isTruncated ? chunk.subarray(0, chunk.length / 2) : chunk);
    if (isTruncated) this.cut();
  }

  #headersOf(reply: IncomingMessage): string[] {
    const { target, origin } = this.#places;
    const headers: string[] = [];
    for (let index = 0; index < reply.rawHeaders.length; index += 2) {
      const [name = '', value = ''] = reply.rawHeaders.slice(index, index + 2);
      if (HOP_HEADERS.has(name.toLowerCase())) continue;
      headers.push(name, name.toLowerCase() === 'location' ? renameOrigin(value, target.origin, origin) : value);
    }
    return headers;
  }

  /** What the real server did not end in order does not end in order here. */
  #break(exchange: Exchange): void {
    if (this.#exchange === exchange) this.#socket.resetAndDestroy();
  }

  #drop(exchange = this.#exchange): void {
    exchange?.toServer.close();
    exchange?.toClient.close();
    exchange?.upstream?.destroy();
    if (this.#exchange === exchange) this.#exchange = undefined;
  }
}

function garbageOf({ isEventStream }: Exchange): string {
  return isEventStream ? `event: message\ndata: ${GARBAGE}\n\n` : GARBAGE;
}

function single(values: string[] | undefined): string | string[] | undefined {
  return values?.length === 1 ? values[0] : values;
}
