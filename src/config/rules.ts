/**
 * The rules that concern more than one field of one server. They look at the raw input, so that they are reported
 * together with the bad fields and not only after those are mended.
 */

import type { ConfigIssue } from '../errors.ts';
import { DEFAULTS } from './defaults.ts';
import { type IssuePath, issueAt } from './issue.ts';
import { isRecord } from './record.ts';

/** Find what contradicts itself in the configuration of one server; fields of a wrong type are passed over. */
export function checkRules(input: Readonly<Record<string, unknown>>, at: IssuePath): ConfigIssue[] {
  return [
    ...checkBackoff(input['backoff'], at),
    ...checkSelf(input, at),
    ...checkHeaders(input['headers'], at),
    ...checkAuth(input, at),
  ];
}

function checkAuth({ auth, headers }: Readonly<Record<string, unknown>>, at: IssuePath): ConfigIssue[] {
  if (!isRecord(auth)) return [];
  const issues: ConfigIssue[] = [];
  const report = (field: string, message: string) => issues.push(issueAt([...at, 'auth', field], message));
  if (auth['clientSecret'] !== undefined && auth['clientId'] === undefined) {
    report('clientSecret', 'needs clientId, whose secret it is');
  }
  if (auth['clientMetadataUrl'] !== undefined && auth['clientId'] !== undefined) {
    report('clientMetadataUrl', 'is an id too; give it or clientId');
  }
  const own = isRecord(headers) && Object.keys(headers).find((name) => name.toLowerCase() === 'authorization');
  if (own) issues.push(issueAt([...at, 'headers', own], 'is what auth is for; give one of them'));
  return issues;
}

function checkBackoff(backoff: unknown, at: IssuePath): ConfigIssue[] {
  if (!isRecord(backoff)) return [];
  const { baseMs = DEFAULTS.backoffBaseMs, maxMs = DEFAULTS.backoffMaxMs } = backoff;
  if (typeof baseMs !== 'number' || typeof maxMs !== 'number' || !(maxMs < baseMs)) return [];
  if (backoff['maxMs'] !== undefined) {
    const standard = backoff['baseMs'] === undefined ? `, which is ${DEFAULTS.backoffBaseMs} by default` : '';
    return [issueAt([...at, 'backoff', 'maxMs'], `must be at least baseMs${standard}`)];
  }
  const message = `must be at most maxMs, which is ${DEFAULTS.backoffMaxMs} by default`;
  return [issueAt([...at, 'backoff', 'baseMs'], message)];
}

function checkSelf(input: Readonly<Record<string, unknown>>, at: IssuePath): ConfigIssue[] {
  const { name, dependsOn } = input;
  if (typeof name !== 'string' || !Array.isArray(dependsOn)) return [];
  const index = dependsOn.indexOf(name);
  return index < 0 ? [] : [issueAt([...at, 'dependsOn', index], 'must not be the server itself')];
}

function checkHeaders(headers: unknown, at: IssuePath): ConfigIssue[] {
  if (!isRecord(headers)) return [];
  const seen = new Set<string>();
  const issues: ConfigIssue[] = [];
  for (const name of Object.keys(headers)) {
    const folded = name.toLowerCase();
    // Two spellings of one header would be joined into one value, which no server accepts as a credential.
    if (seen.has(folded)) issues.push(issueAt([...at, 'headers', name], 'is given twice; header names ignore case'));
    seen.add(folded);
  }
  return issues;
}
