/** Puts the room of HTTP+SSE together from a configuration. Does no I/O. */

import { DEFAULTS } from '../../config/defaults.ts';
import { limitsOf } from '../../config/limits.ts';
import type { SseServerConfig } from '../../config/server-config.ts';
import { MessageRate } from '../message-rate.ts';
import type { Carrier, CarrierContext } from '../transport.ts';
import { AnswerJudge } from './answer-judge.ts';
import { headersOf } from './configured-headers.ts';
import { HttpCarrier } from './http-carrier.ts';
import { plainUrl } from './request-headers.ts';
import { SocketPool } from './socket-pool.ts';
import { SseTransport } from './sse-transport.ts';

/** Make the carrier of one epoch of an HTTP+SSE server. */
export function createSseCarrier(config: SseServerConfig, context: CarrierContext): Carrier {
  const { clock } = context;
  const url = new URL(config.url);
  const limits = limitsOf(config);
  const pool = new SocketPool({
    clock,
    ...headersOf(config, context),
    connectTimeoutMs: config.connectTimeoutMs ?? DEFAULTS.sseConnectTimeoutMs,
    maxHeaderBytes: limits.maxHeaderBytes,
  });
  const parts = {
    url: plainUrl(url),
    pool,
    clock,
    judge: new AnswerJudge(pool, clock),
    rate: new MessageRate(clock, limits.maxMessagesPerSecond),
    maxValues: limits.maxMessageValues,
    limitBytes: limits.maxMessageBytes,
    silenceMs: config.sseReadTimeoutMs ?? DEFAULTS.sseReadTimeoutMs,
  };
  return new HttpCarrier('sse', pool, () => new SseTransport(parts));
}
