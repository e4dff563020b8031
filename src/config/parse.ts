/**
 * The door for configurations: nothing gets in that is not valid. Owns the one error that names every bad field,
 * and the frozen copies that the rest of the library relies on. Never starts anything.
 */

import { z } from 'zod';
import { ConfigError, type ConfigIssue } from '../errors.ts';
import { dependencyCycles } from './dependencies.ts';
import { explain, type IssuePath, issueAt } from './issue.ts';
import { isRecord } from './record.ts';
import { checkRules } from './rules.ts';
import type { ServerConfig, TransportKind } from './server-config.ts';
import { type ConfigSchemas, configSchemas } from './server-schema.ts';
import type { LoggingLevel, Root } from './supervision-config.ts';

/** One configuration that is still unchecked, and the path its issues are reported under. */
export interface ConfigEntry {
  readonly at: IssuePath;
  readonly input: unknown;
}

/**
 * Check one configuration and take a deep-frozen copy, so that changing the input later changes nothing.
 *
 * **Errors** one `ConfigError` that names every bad field (`args[0]`) and never quotes a value.
 */
export function parseServerConfig(input: unknown): ServerConfig {
  const { config, issues } = checkEntry({ at: [], input });
  if (config === undefined) throw new ConfigError(issues, nameOf(input));
  return config;
}

/**
 * Check many configurations, in their order, and take deep-frozen copies.
 *
 * Names must be unique and dependencies among them free of cycles; a dependency that is not among them may be a
 * server that is there already, so it is checked by whoever knows those.
 *
 * **Errors** one `ConfigError` that names every bad field of every server (`servers.weather.args[0]`).
 */
export function parseServerConfigs(inputs: unknown): ServerConfig[] {
  if (!Array.isArray(inputs)) throw new ConfigError([issueAt(['servers'], 'must be an array')]);
  return parseEntries(
    Array.from(inputs, (input: unknown, index) => ({ at: ['servers', nameOf(input) ?? index], input })),
  );
}

/** Check configurations that come with paths of their own. **Errors** as `parseServerConfigs`, `earlier` first. */
export function parseEntries(entries: readonly ConfigEntry[], earlier: readonly ConfigIssue[] = []): ServerConfig[] {
  const issues = [...earlier];
  const configs: ServerConfig[] = [];
  for (const entry of entries) {
    const checked = checkEntry(entry);
    if (checked.config !== undefined) configs.push(checked.config);
    issues.push(...checked.issues);
  }
  issues.push(...duplicateNames(entries), ...dependencyCycles(configs));
  if (issues.length > 0) throw new ConfigError(issues);
  return configs;
}

/** Check roots that are declared for a server, and take a deep-frozen copy. **Errors** as `parseServerConfig`. */
export function parseRoots(input: unknown, server: string): readonly Root[] {
  return parseDeclaration('roots', input, server);
}

/** Check a log level that is declared for a server. **Errors** as `parseServerConfig`. */
export function parseLoggingLevel(input: unknown, server: string): LoggingLevel {
  return parseDeclaration('loggingLevel', input, server);
}

function parseDeclaration<F extends keyof ConfigSchemas['declarations']>(
  field: F,
  input: unknown,
  server: string,
): z.infer<ConfigSchemas['declarations'][F]> {
  // Parsed as the field that it is, so that its paths read as in a configuration.
  const given = { [field]: input };
  const result = z.object({ [field]: configSchemas().declarations[field] }).safeParse(given);
  if (result.success) return deepFreeze(result.data[field]) as z.infer<ConfigSchemas['declarations'][F]>;
  throw new ConfigError(
    result.error.issues.flatMap((issue) => explain(issue, given, [], undefined)),
    server,
  );
}

function checkEntry(entry: ConfigEntry): { config?: ServerConfig; issues: ConfigIssue[] } {
  try {
    return checkInput(entry);
  } catch {
    // A getter or a proxy of the input threw; what it threw may hold anything, so it is not passed on.
    return { issues: [issueAt(entry.at, 'could not be read')] };
  }
}

function checkInput({ at, input: given }: ConfigEntry): { config?: ServerConfig; issues: ConfigIssue[] } {
  if (!isRecord(given)) return { issues: [issueAt(at, 'must be an object')] };
  const input = withTransport(given);
  const result = configSchemas().server.safeParse(input);
  const rules = checkRules(input, at);
  if (result.success && rules.length === 0) return { config: deepFreeze(result.data), issues: [] };
  const transport = transportOf(input);
  const found = result.error?.issues ?? [];
  const issues = found.flatMap((issue) => explain(issue, input, at, transport));
  if (found.some((issue) => issue.code === 'invalid_union' && issue.path[0] === 'transport')) {
    issues.push(...checkAsIf(input, at, transport));
  }
  return { issues: [...issues, ...rules] };
}

/** A URL alone leaves open which transport is spoken there. */
function withTransport(input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { transport, url, command } = input;
  if (transport !== undefined || url === undefined || command !== undefined) return input;
  return { ...input, transport: 'streamable_http', fallback: 'sse' };
}

/** Without a transport the validator looks no further; what the fields say is meant is checked all the same. */
function checkAsIf(input: object, at: IssuePath, transport: TransportKind | undefined): ConfigIssue[] {
  if (transport === undefined) return [];
  const assumed = configSchemas().server.safeParse({ ...input, transport });
  return (assumed.error?.issues ?? []).flatMap((issue) => explain(issue, input, at, transport));
}

function transportOf(input: Readonly<Record<string, unknown>>): TransportKind | undefined {
  const { transport } = input;
  if (isTransportKind(transport)) return transport;
  if (input['command'] !== undefined) return 'stdio';
  if (input['connect'] !== undefined) return 'in_process';
  return input['url'] === undefined ? undefined : 'streamable_http';
}

function isTransportKind(value: unknown): value is TransportKind {
  return typeof value === 'string' && Object.hasOwn(configSchemas().transports, value);
}

function duplicateNames(entries: readonly ConfigEntry[]): ConfigIssue[] {
  const seen = new Set<string>();
  return entries.flatMap(({ at, input }) => {
    const name = nameOf(input);
    if (name === undefined || !seen.has(name)) {
      if (name !== undefined) seen.add(name);
      return [];
    }
    return [issueAt([...at, 'name'], 'is the name of an earlier server')];
  });
}

/** The name, where it is one: short enough and visible enough to be shown. */
function nameOf(input: unknown): string | undefined {
  try {
    const name = isRecord(input) ? input['name'] : undefined;
    return configSchemas().transports.stdio.shape.name.safeParse(name).data;
  } catch {
    return undefined;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
