/**
 * What may be shown of a configuration, and how its secrets are taken out of what a server writes. Everything that
 * leaves the vault of configurations goes through here. Never throws, whatever a server sends.
 */

import { basename } from 'node:path/posix';
import { redactAuth } from './auth-config.ts';
import type { HttpHeaders } from './http-headers.ts';
import type { LearnedSecrets } from './learned-secrets.ts';
import { type Reading, readingsOf } from './reading.ts';
import { formsOf } from './secret-form.ts';
import { isTokenSegment, judgeArguments, MIN_SECRET_LENGTH, REDACTED, secretsOf } from './secrets.ts';
import type {
  InProcessServerConfig,
  ServerConfig,
  SseServerConfig,
  StdioServerConfig,
  StreamableHttpServerConfig,
} from './server-config.ts';

/**
 * A configuration that may be shown: secrets replaced, functions left out, otherwise the same shape. Plain data, and not
 * meant to be connected with.
 */
export type RedactedConfig =
  | StdioServerConfig
  | SseServerConfig
  | StreamableHttpServerConfig
  | Omit<InProcessServerConfig, 'connect'>;

/** Characters of one text that are kept; a person reads fewer, and the cost of scrubbing grows with them. */
const MAX_TEXT_LENGTH = 65_536;

/** The name that stands for all headers of a function. */
const FROM_FUNCTION = '(from a function)';

/** A stretch of text, from `start` to before `end`. */
type Span = readonly [start: number, end: number];

/**
 * Make the function that takes the secrets of one configuration out of a text, and those that were learnt since.
 *
 * Finds each secret as it is, percent-encoded, JSON-escaped (both up to twice) and in base64, also inside longer
 * base64; overlapping finds are replaced as one. A secret that was cut off at the edge of the text is found when at
 * least four of its characters are left.
 *
 * **Bounds** the text is cut to 65 536 characters first; the cost grows with its length times the number of secrets.
 * Secrets of fewer than four characters are not looked for.
 */
export function createScrubber(config: ServerConfig, learned?: LearnedSecrets): (text: string) => string {
  let configured: readonly string[] | undefined;
  return (text) => {
    // When they are first looked for: a server is started before.
    configured ??= [...new Set(secretsOf(config).flatMap(formsOf))];
    const kept = text.slice(0, MAX_TEXT_LENGTH);
    const forms = learned === undefined ? configured : [...configured, ...learned.forms];
    const spans =
      kept === '' || forms.length === 0 ? [] : readingsOf(kept).flatMap((reading) => findAll(reading, forms));
    return `${replaceAll(kept, spans)}${kept.length < text.length ? '…' : ''}`;
  };
}

function findAll(reading: Reading, forms: readonly string[]): Span[] {
  const { text, origin } = reading;
  const spans: Span[] = [];
  const add = (start: number, end: number): void => {
    spans.push([origin[start] ?? 0, origin[end] ?? 0]);
  };
  for (const form of forms) {
    // One further at a time: the finds of a repetitive secret overlap.
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) add(at, at + form.length);
    findCut(text, form, add);
  }
  return spans;
}

/** Find the beginning of a secret at the end of the text, and its end at the beginning. */
function findCut(text: string, form: string, add: (start: number, end: number) => void): void {
  const longest = Math.min(form.length - 1, text.length);
  const lastChar = text.slice(-1);
  for (
    let at = form.lastIndexOf(lastChar, longest - 1);
    at >= MIN_SECRET_LENGTH - 1;
    at = form.lastIndexOf(lastChar, at - 1)
  ) {
    if (text.endsWith(form.slice(0, at + 1))) add(text.length - at - 1, text.length);
  }
  const firstChar = text.slice(0, 1);
  const last = form.length - MIN_SECRET_LENGTH;
  for (
    let at = form.indexOf(firstChar, form.length - longest);
    at >= 0 && at <= last;
    at = form.indexOf(firstChar, at + 1)
  ) {
    if (text.startsWith(form.slice(at))) add(0, form.length - at);
  }
}

function replaceAll(text: string, spans: readonly Span[]): string {
  let result = '';
  let shown = 0;
  for (const [start, end] of spans.toSorted((left, right) => left[0] - right[0])) {
    if (start > shown || shown === 0) result += `${text.slice(shown, start)}${REDACTED}`;
    shown = Math.max(shown, end);
  }
  return result + text.slice(shown);
}

/**
 * Say where a server is, for a person: `node (2 args)`, `https://host/mcp` or `this process`, without anything that looks
 * secret.
 */
export function describeEndpoint(config: ServerConfig): string {
  if (config.transport === 'in_process') return 'this process';
  if (config.transport !== 'stdio') return showUrl(config.url);
  const count = config.args?.length ?? 0;
  const suffix = count === 0 ? '' : ` (${count} ${count === 1 ? 'arg' : 'args'})`;
  return `${programOf(config.command)}${suffix}`;
}

/** Replace everything secret in a configuration, so that it can be shown. Returns a copy that is frozen in all its parts. */
export function redactConfig(config: ServerConfig): RedactedConfig {
  if (config.transport === 'in_process') {
    const { connect: _connect, ...shown } = config;
    return Object.freeze(shown);
  }
  if (config.transport !== 'stdio') {
    const auth = config.auth && { auth: Object.freeze(redactAuth(config.auth, REDACTED)) };
    return Object.freeze({ ...config, url: showUrl(config.url), ...redactHeaders(config.headers), ...auth });
  }
  const { args, env } = config;
  const shownArgs =
    args && judgeArguments(args).map(({ shown, secret }) => (secret === undefined ? shown : shown + REDACTED));
  return Object.freeze({
    ...config,
    command: /[\s=]/.test(config.command) ? programOf(config.command) : config.command,
    ...(shownArgs && { args: Object.freeze(shownArgs) }),
    ...(env && { env: redactValues(env) }),
  });
}

function redactHeaders(headers: HttpHeaders | undefined): { headers?: Readonly<Record<string, string>> } {
  if (headers === undefined) return {};
  return { headers: typeof headers === 'function' ? { [FROM_FUNCTION]: REDACTED } : redactValues(headers) };
}

function redactValues(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.freeze(Object.fromEntries(Object.keys(values).map((name) => [name, REDACTED])));
}

function programOf(command: string): string {
  const name = basename(command.replaceAll('\\', '/'));
  return /^[^\s=\p{C}]{1,64}$/u.test(name) ? name : '…';
}

function showUrl(text: string): string {
  if (!URL.canParse(text)) return '…';
  const { origin, pathname } = new URL(text);
  const path = pathname
    .split('/')
    .map((segment) => (isTokenSegment(segment) ? '…' : segment))
    .join('/');
  return `${origin}${path === '/' ? '' : path}`;
}
