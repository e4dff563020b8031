/** Finds the carrier of a configuration. Only the code of the transport in use is loaded. */

import type { ServerConfig } from '../config/server-config.ts';
import type { Carrier, CarrierContext } from './transport.ts';

/** Load the code that a server's transport needs, and return how to construct its carrier without I/O. */
export async function loadCarrier(config: ServerConfig, context: CarrierContext): Promise<() => Carrier> {
  switch (config.transport) {
    case 'stdio': {
      const { createProcessCarrier } = await import('./stdio/process-carrier.ts');
      return () => createProcessCarrier(config, context);
    }
    case 'sse': {
      const { createSseCarrier } = await import('./http/sse-carrier.ts');
      return () => createSseCarrier(config, context);
    }
    case 'streamable_http': {
      const { createStreamableHttpCarrier } = await import('./http/streamable-http-carrier.ts');
      return () => createStreamableHttpCarrier(config, context);
    }
    case 'in_process': {
      const { createInProcessCarrier } = await import('./in-process/in-process-carrier.ts');
      return () => createInProcessCarrier(config, context);
    }
  }
}
