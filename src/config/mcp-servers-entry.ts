/**
 * One entry of an `mcpServers` file, translated to our own fields. Knows how other clients write things; what it does
 * not know is left as it is, for `parse.ts` to name.
 */

import type { ConfigIssue } from '../errors.ts';
import { type IssuePath, issueAt } from './issue.ts';
import { expandVariables, type Variables } from './variable-expansion.ts';

type Fields = Record<string, unknown>;

/**
 * Fields that other clients know and that change nothing here. Approvals are the agent's own business and are never
 * given by us, so an entry that grants them is taken without them; the rest is for display or for an editor's debugger.
 */
const IGNORED_FIELDS: ReadonlySet<string> = new Set([
  'alwaysAllow',
  'autoApprove',
  'description',
  'dev',
  'displayName',
  'gallery',
  'icon',
  'icons',
  'tags',
  'title',
  'trust',
  'version',
]);

/** Why a server in the same process is in no file. */
const NO_FUNCTION = 'needs a function, which a file cannot hold: add such a server with addServer';

/** Fields that restrict or decide something, so that passing over them would break what the user relies on. */
const REFUSED_FIELDS: ReadonlyMap<string, string> = new Map([
  ...[
    'allowedTools',
    'disabledTools',
    'enabledTools',
    'excludeTools',
    'includeTools',
    'disabled_tools',
    'enabled_tools',
  ].map((name) => [name, 'is not supported: filter the tools where you hand them to your agent'] as const),
  ...['auth', 'authorization', 'authProviderType', 'oauth'].map(
    (name) => [name, 'is not supported in a file: give credentials in headers or through the host'] as const,
  ),
  ['connect', NO_FUNCTION],
  [
    'timeout',
    "differs between clients in meaning and unit; use 'connectTimeoutMs' or 'callTimeoutMs' (in milliseconds)",
  ],
]);

/** Spellings of the transports, without case and separators. */
const TRANSPORTS: ReadonlyMap<string, string> = new Map([
  ['stdio', 'stdio'],
  ['local', 'stdio'],
  ['sse', 'sse'],
  ['http', 'streamable_http'],
  ['streamablehttp', 'streamable_http'],
]);

/** How a server in the same process is called, by us and by others, spelt in the same way. */
const IN_PROCESS: ReadonlySet<string> = new Set(['inprocess', 'inmemory', 'sdk']);

/** Names under which an address is given, and what such a name says about the transport. */
const ADDRESS_FIELDS: ReadonlyMap<string, string | undefined> = new Map([
  ['url', undefined],
  ['serverUrl', undefined],
  ['httpUrl', 'streamable_http'],
]);

/** Tell whether an entry is switched off; reports a switch that is not a boolean. */
export function isDisabled(entry: Fields, at: IssuePath, issues: ConfigIssue[]): boolean {
  for (const name of ['disabled', 'enabled']) {
    const value = entry[name];
    if (value !== undefined && typeof value !== 'boolean') issues.push(issueAt([...at, name], 'must be true or false'));
  }
  return entry['disabled'] === true || entry['enabled'] === false;
}

/** Translate an entry into the input of `parseEntries`, and say what has no translation. */
export function translateEntry(
  name: string,
  entry: Fields,
  at: IssuePath,
  variables: Variables,
): { input: Fields; envFile: string | undefined; issues: ConfigIssue[] } {
  const issues: ConfigIssue[] = [];
  const input: Fields = {};
  for (const [field, value] of Object.entries(entry)) {
    const refusal = REFUSED_FIELDS.get(field);
    if (refusal !== undefined) issues.push(issueAt([...at, field], refusal));
    else if (!IGNORED_FIELDS.has(field)) input[field] = expandDeep(value, [...at, field], variables, issues);
  }
  const { envFile } = input;
  for (const field of ['disabled', 'enabled', 'envFile']) delete input[field];
  if (envFile !== undefined && typeof envFile !== 'string')
    issues.push(issueAt([...at, 'envFile'], 'must be a string'));
  if (input['name'] !== undefined && input['name'] !== name)
    issues.push(issueAt([...at, 'name'], 'must be the key of the entry'));
  input['name'] = name;
  const addressTransport = translateAddress(input, at, issues);
  translateTransport(input, at, addressTransport, issues);
  return { input, envFile: typeof envFile === 'string' ? envFile : undefined, issues };
}

function expandDeep(value: unknown, at: IssuePath, variables: Variables, issues: ConfigIssue[]): unknown {
  if (typeof value === 'string') {
    const expansion = expandVariables(value, variables);
    if ('text' in expansion) return expansion.text;
    issues.push(...expansion.problems.map((problem) => issueAt(at, problem)));
    return value;
  }
  if (Array.isArray(value))
    return value.map((item: unknown, index) => expandDeep(item, [...at, index], variables, issues));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, expandDeep(item, [...at, key], variables, issues)]),
  );
}

function translateAddress(input: Fields, at: IssuePath, issues: ConfigIssue[]): string | undefined {
  const given = [...ADDRESS_FIELDS.keys()].filter((field) => input[field] !== undefined);
  const [first] = given;
  if (first === undefined) return undefined;
  for (const field of given.slice(1)) issues.push(issueAt([...at, field], `must not be given together with ${first}`));
  const address = input[first];
  for (const field of given) delete input[field];
  input['url'] = address;
  return ADDRESS_FIELDS.get(first);
}

function translateTransport(
  input: Fields,
  at: IssuePath,
  addressTransport: string | undefined,
  issues: ConfigIssue[],
): void {
  const given = ['transport', 'type', 'transportType'].filter((field) => input[field] !== undefined);
  const transports = given.map((field) => {
    const value = input[field];
    const spelt = typeof value === 'string' ? value.replaceAll(/[-_ ]/g, '').toLowerCase() : '';
    const transport = TRANSPORTS.get(spelt);
    const why = IN_PROCESS.has(spelt) ? NO_FUNCTION : 'must be stdio, sse, http or streamable-http';
    if (transport === undefined) issues.push(issueAt([...at, field], why));
    return transport;
  });
  if (new Set(transports.filter((transport) => transport !== undefined)).size > 1) {
    issues.push(issueAt([...at, given.at(-1) ?? 'transport'], `must agree with ${given[0]}`));
  }
  for (const field of given) delete input[field];
  if (given.length === 0 && input['command'] !== undefined && input['url'] !== undefined) {
    issues.push(issueAt(at, 'has a command and a url; keep one of them, or say which with type'));
    delete input['url'];
  }
  const transport = transports.find((found) => found !== undefined) ?? addressTransport ?? inferTransport(input);
  if (transport !== undefined) input['transport'] = transport;
  else if (given.length === 0) issues.push(issueAt(at, 'needs a command (stdio) or a url (http, sse)'));
}

function inferTransport(input: Fields): string | undefined {
  if (input['command'] !== undefined) return 'stdio';
  const { url } = input;
  if (typeof url !== 'string') return url === undefined ? undefined : 'streamable_http';
  return /\/sse\/?(?:[?#]|$)/.test(url) ? 'sse' : 'streamable_http';
}
