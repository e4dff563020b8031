/**
 * Which texts of a configuration are secret. Owns the choice, not the search: `redaction.ts` uses it to show a
 * configuration and to take its secrets out of what servers write.
 */

import { authSecrets } from './auth-config.ts';
import type { ServerConfig } from './server-config.ts';
import { announcesSecret, isFlag, isHarmlessArgument, isTokenLike, MIN_TOKEN_LENGTH } from './token-shape.ts';

/** Shorter texts are not searched for: they occur in every text by chance. */
export const MIN_SECRET_LENGTH = 4;

/** What stands in the place of a secret. */
export const REDACTED = '[redacted]';

/** An argument as it is shown, and what of it is secret. */
export interface ArgumentSecrecy {
  /** What stands before the secret and may be shown, such as `--token=`. */
  readonly shown: string;
  /** The rest; `undefined` when the whole argument may be shown. */
  readonly secret: string | undefined;
}

/** Collect every secret of a configuration, and the parts of it that a server may print alone. */
export function secretsOf(config: ServerConfig): string[] {
  const secrets = new Set<string>();
  const add = (text: string | undefined): void => {
    if (text !== undefined && text.length >= MIN_SECRET_LENGTH) secrets.add(text);
  };
  const addValue = (value: string): void => {
    for (const part of valueSecrets(value)) add(part);
  };
  if (config.transport === 'stdio') {
    for (const value of Object.values(config.env ?? {})) addValue(value);
    const words = [...commandWords(config.command), ...(config.args ?? [])];
    for (const { secret } of judgeArguments(words)) if (secret !== undefined) addValue(secret);
  } else if ('url' in config) {
    // What a function gives is learnt when it gives it.
    if (typeof config.headers === 'object') for (const value of Object.values(config.headers)) addValue(value);
    for (const part of urlSecrets(config.url)) add(part);
    for (const value of config.auth === undefined ? [] : authSecrets(config.auth)) addValue(value);
  }
  return [...secrets];
}

/** Decide for each argument what of it may be shown. The argument before counts: `--token abc` names a secret. */
export function judgeArguments(args: readonly string[]): ArgumentSecrecy[] {
  return args.map((argument, index) => {
    const before = args[index - 1];
    const announced = before !== undefined && isFlag(before) && announcesSecret(before);
    return announced && !isFlag(argument) ? { shown: '', secret: argument } : judgeArgument(argument);
  });
}

function judgeArgument(argument: string): ArgumentSecrecy {
  const [, name = '', value = ''] = /^(-{0,2}[A-Za-z][\w.-]*=)([^=].*)$/s.exec(argument) ?? [];
  const label = name.slice(0, -1);
  // What looks like an assignment may be base64 with its padding.
  if (label === '' || isTokenLike(/^[A-Z0-9_]+$/.test(label) ? label.toLowerCase() : label)) {
    return isHarmlessArgument(argument) ? { shown: argument, secret: undefined } : { shown: '', secret: argument };
  }
  // `NAME=value` is how an environment is handed through a launcher, so it is treated as one.
  const isVariable = /^[A-Z_][A-Z0-9_]*$/.test(label);
  if (!isVariable && !announcesSecret(label) && isHarmlessArgument(value))
    return { shown: argument, secret: undefined };
  return { shown: name, secret: value };
}

/** A command is a path or a name; one with arguments or assignments in it does not start, but may hold a secret. */
function commandWords(command: string): string[] {
  return /[\s=]/.test(command) && !isHarmlessArgument(command) ? command.split(/\s+/) : [];
}

/** A value and those parts of it that are worth hiding by themselves: a token after its scheme, a password in a URL. */
export function valueSecrets(value: string): string[] {
  const parts = [value, value.trim()];
  const lines = value.split(/[\r\n]+/);
  if (lines.length > 1) parts.push(...lines.map((line) => line.trim()));
  parts.push(...headerCredentials(value));
  parts.push(...value.split(/[\s,;&|="'`<>(){}[\]\\]+/).filter(isTokenLike));
  // The bound on the scheme keeps the search linear: without it a long value of letters freezes the host.
  for (const [url] of value.matchAll(/[a-z][a-z0-9+.-]{0,31}:\/\/[^\s"'<>]+/gi)) parts.push(...urlSecrets(url));
  for (const [, pair = ''] of value.matchAll(/(?:^|;)\s*[\w.-]+=([^;]+)/g)) parts.push(pair.trim());
  return parts;
}

/** `Bearer x`, `Name: Bearer x`, `Name: x`: what follows the name and the scheme. */
function headerCredentials(value: string): string[] {
  const [, after = value] = /^\s*[A-Za-z][\w-]*:\s+(.*)$/s.exec(value) ?? [];
  const [, scheme = '', credentials = ''] = /^\s*([A-Za-z][\w-]*)\s+(\S.*?)\s*$/s.exec(after) ?? [];
  const known = /^(?:bearer|basic|digest|dpop|token|api-?key|negotiate)$/i.test(scheme);
  const parts = after === value ? [] : [after.trim()];
  // Two words of which the first is an unknown scheme: taken for credentials unless the second is short.
  if (known || (!/\s/.test(credentials) && credentials.length >= MIN_TOKEN_LENGTH)) parts.push(credentials);
  if (scheme.toLowerCase() === 'basic') parts.push(...basicCredentials(credentials));
  return parts;
}

function basicCredentials(encoded: string): string[] {
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon < 0 ? [] : [decoded, decoded.slice(colon + 1)];
}

/** What of a URL is secret: user, password, the values of its query, its fragment, path segments like tokens. */
export function urlSecrets(text: string): string[] {
  if (!URL.canParse(text)) return [];
  const url = new URL(text);
  const raw = [url.username, url.password, url.hash.slice(1), ...url.pathname.split('/').filter(isTokenSegment)];
  for (const pair of [...url.search.slice(1).split('&'), ...rawQuery(text).split('&')]) {
    const equals = pair.indexOf('=');
    // A query without `=` is a bare value.
    raw.push(equals < 0 ? pair : pair.slice(equals + 1));
  }
  return raw.flatMap((part) => [part, percentDecoded(part), percentDecoded(part.replaceAll('+', ' '))]);
}

/** Tell whether a segment of a path looks like a token, as written or decoded. */
export function isTokenSegment(segment: string): boolean {
  return isTokenLike(segment) || isTokenLike(percentDecoded(segment));
}

/** The query as the user wrote it; the URL parser rewrites some characters. */
function rawQuery(text: string): string {
  return /\?([^#]*)/.exec(text)?.[1] ?? '';
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
