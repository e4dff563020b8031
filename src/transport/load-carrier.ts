/** Finds the carrier of a configuration. Only the code of the transport in use is loaded. */

import type { ServerConfig } from '../config/server-config.ts';
import { loadOnce, whenThere } from '../policy/load-once.ts';
import type { Carrier, CarrierContext } from './transport.ts';

const stdio = loadOnce(async () => (await import('./stdio/process-carrier.ts')).createProcessCarrier);
const sse = loadOnce(async () => (await import('./http/sse-carrier.ts')).createSseCarrier);
const streamableHttp = loadOnce(
  async () => (await import('./http/streamable-http-carrier.ts')).createStreamableHttpCarrier,
);
const inProcess = loadOnce(async () => (await import('./in-process/in-process-carrier.ts')).createInProcessCarrier);

type Construct = () => Carrier;

/**
 * Load the code that a server's transport needs, and return how to construct its carrier without I/O: at once where the
 * code is at hand.
 */
export function loadCarrier(config: ServerConfig, context: CarrierContext): Construct | Promise<Construct> {
  switch (config.transport) {
    case 'stdio':
      return whenThere(stdio(), (create) => () => create(config, context));
    case 'sse':
      return whenThere(sse(), (create) => () => create(config, context));
    case 'streamable_http':
      return whenThere(streamableHttp(), (create) => () => create(config, context));
    case 'in_process':
      return whenThere(inProcess(), (create) => () => create(config, context));
  }
}
