/** Lays the configuration of a server over what all servers share. Knows the fields that are objects, and checks nothing. */

import { isRecord } from './record.ts';

/** Fields whose parts are each a setting of its own. */
const GROUPS = ['limits', 'backoff', 'heartbeat'] as const;

/** Use the defaults where the configuration is silent: of a group of settings, setting by setting. */
export function layered<C extends object>(defaults: object, config: C): C {
  const merged: Record<string, unknown> = { ...(defaults as Record<string, unknown>), ...config };
  for (const name of GROUPS) {
    const [shared, own]: unknown[] = [Reflect.get(defaults, name), merged[name]];
    if (isRecord(shared) && isRecord(own)) merged[name] = { ...shared, ...own };
  }
  return merged as C;
}
