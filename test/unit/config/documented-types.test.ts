/** Types are held to each other by the compiler: `npm run check` fails where these do, and running them shows nothing more. */

import { describe, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { AuthConfig } from '../../../src/config/auth-config.ts';
import type { authConfigSchema } from '../../../src/config/auth-schema.ts';
import type {
  InProcessServerConfig,
  ServerConfig,
  SseServerConfig,
  StdioServerConfig,
  StreamableHttpServerConfig,
} from '../../../src/config/server-config.ts';
import type { ConfigSchemas } from '../../../src/config/server-schema.ts';
import type { LoggingLevel, Root } from '../../../src/config/supervision-config.ts';

/** A type without `readonly`, which a schema does not give, in all its parts. */
type Writable<T> = T extends (...args: never[]) => unknown
  ? T
  : T extends object
    ? { -readonly [Key in keyof T]: Writable<T[Key]> }
    : T;

type Accepted<Schema extends z.ZodType> = Writable<z.output<Schema>>;
type Transports = ConfigSchemas['transports'];
type Declarations = ConfigSchemas['declarations'];

describe('the documented types', () => {
  it('are what the schemas accept, field by field', () => {
    expectTypeOf<Accepted<Transports['stdio']>>().toEqualTypeOf<Writable<StdioServerConfig>>();
    expectTypeOf<Accepted<Transports['sse']>>().toEqualTypeOf<Writable<SseServerConfig>>();
    expectTypeOf<Accepted<Transports['streamable_http']>>().toEqualTypeOf<Writable<StreamableHttpServerConfig>>();
    expectTypeOf<Accepted<Transports['in_process']>>().toEqualTypeOf<Writable<InProcessServerConfig>>();
    expectTypeOf<Accepted<ConfigSchemas['server']>>().toEqualTypeOf<Writable<ServerConfig>>();
    expectTypeOf<Accepted<typeof authConfigSchema>>().toEqualTypeOf<Writable<AuthConfig>>();
    expectTypeOf<Accepted<Declarations['roots']>>().toEqualTypeOf<Writable<readonly Root[]>>();
    expectTypeOf<Accepted<Declarations['loggingLevel']>>().toEqualTypeOf<LoggingLevel>();
  });

  it('are types of data that only the host writes', () => {
    expectTypeOf<ServerConfig>().not.toEqualTypeOf<Writable<ServerConfig>>();
  });
});
