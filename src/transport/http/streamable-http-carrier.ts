/** Puts the room of Streamable HTTP together from a configuration. Does no I/O. */

import { DEFAULTS } from '../../config/defaults.ts';
import { limitsOf } from '../../config/limits.ts';
import type { StreamableHttpServerConfig } from '../../config/server-config.ts';
import { MinuteBudget } from '../../policy/minute-budget.ts';
import { MessageRate } from '../message-rate.ts';
import type { Carrier, CarrierContext } from '../transport.ts';
import { AnswerJudge } from './answer-judge.ts';
import { headersOf } from './configured-headers.ts';
import { HttpCarrier } from './http-carrier.ts';
import { plainUrl } from './request-headers.ts';
import { SocketPool } from './socket-pool.ts';
import { StreamableHttpTransport } from './streamable-http-transport.ts';

/** Make the carrier of one epoch of a Streamable HTTP server. */
export function createStreamableHttpCarrier(config: StreamableHttpServerConfig, context: CarrierContext): Carrier {
  const { clock } = context;
  const url = new URL(config.url);
  const limits = limitsOf(config);
  const sent = headersOf(config, context);
  const pool = new SocketPool({
    clock,
    ...sent,
    connectTimeoutMs: config.connectTimeoutMs ?? DEFAULTS.streamableHttpConnectTimeoutMs,
    maxHeaderBytes: limits.maxHeaderBytes,
  });
  const streams = {
    pool,
    clock,
    judge: new AnswerJudge(pool, clock),
    budget: new MinuteBudget(clock),
    maxStreamsPerMinute: limits.maxStreamsPerMinute,
    rate: new MessageRate(clock, limits.maxMessagesPerSecond),
    maxValues: limits.maxMessageValues,
    limitBytes: limits.maxMessageBytes,
    maxRetryMs: limits.retryAfterMaxMs,
    silenceMs: config.sseReadTimeoutMs ?? DEFAULTS.sseReadTimeoutMs,
  };
  const terminateTimeoutMs = config.terminateTimeoutMs ?? DEFAULTS.terminateTimeoutMs;
  const { credentials } = sent;
  const options = { url: plainUrl(url), streams, terminateTimeoutMs, credentials };
  return new HttpCarrier('streamable_http', pool, () => new StreamableHttpTransport(options));
}
