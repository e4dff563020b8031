/** The tables of the page of configurations: every field of every interface that a host may write. */

import { readSource } from './doc-comments.ts';
import { interfaceMembers } from './interface-members.ts';
import { inlineCode, markdownTable } from './markdown-table.ts';
import type { SourceLoader } from './union-members.ts';

const SUPERVISION = 'src/config/supervision-config.ts';
const SERVER = 'src/config/server-config.ts';
const AUTH = 'src/config/auth-config.ts';

/** The file that declares each interface. */
const INTERFACES: Readonly<Record<string, string>> = {
  SupervisionConfig: SUPERVISION,
  BackoffConfig: SUPERVISION,
  HeartbeatConfig: SUPERVISION,
  RecycleConfig: SUPERVISION,
  ProcessRecycleConfig: SUPERVISION,
  Root: SUPERVISION,
  StdioServerConfig: SERVER,
  HttpServerConfig: SERVER,
  StreamableHttpServerConfig: SERVER,
  InProcessServerConfig: SERVER,
  SharedAuthConfig: AUTH,
  AuthorizationCodeConfig: AUTH,
  ClientCredentialsConfig: AUTH,
  PrivateKeyJwtConfig: AUTH,
  CustomGrantConfig: AUTH,
};

type Table = (load: SourceLoader, defaults: ReadonlyMap<string, string>) => string;

/** One table for each interface, by its name. `defaults` gives the value of a default as it is written in the source. */
export const CONFIGURATION_TABLES: Readonly<Record<string, Table>> = Object.fromEntries(
  Object.entries(INTERFACES).map(([name, path]) => [name, (load, defaults) => tableOf(load, path, name, defaults)]),
);

function tableOf(load: SourceLoader, path: string, name: string, defaults: ReadonlyMap<string, string>): string {
  const rows = interfaceMembers(readSource(load(path), path), name).map((member) => [
    inlineCode(member.isOptional ? `${member.name}?` : member.name),
    inlineCode(member.type),
    withValues(member.doc, defaults, path),
  ]);
  return markdownTable(['Field', 'Type', 'What it is'], rows);
}

/** A comment names a default, so that it cannot be wrong; a reader wants its value. */
function withValues(doc: string, defaults: ReadonlyMap<string, string>, path: string): string {
  return doc.replaceAll(/`DEFAULTS\.(\w+)`/g, (_, name: string) => {
    const value = defaults.get(name);
    if (value === undefined) throw new Error(`${path}: there is no default '${name}'`);
    return inlineCode(value);
  });
}
