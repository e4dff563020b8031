/**
 * Reads the `mcpServers` files that Claude Desktop, Cursor, VS Code and others keep. Owns the only look at the
 * process's environment in the library, and never writes to it. Never starts anything.
 */

import { open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { ConfigError, type ConfigIssue } from '../errors.ts';
import { type IssuePath, issueAt } from './issue.ts';
import { parseJsonc } from './jsonc.ts';
import { isDisabled, translateEntry } from './mcp-servers-entry.ts';
import { type ConfigEntry, parseEntries } from './parse.ts';
import { isRecord } from './record.ts';
import type { ServerConfig } from './server-config.ts';
import type { Variables } from './variable-expansion.ts';

/** Options of `loadServers`. */
export interface LoadOptions {
  /** Variables for `${VAR}`. Default: the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Largest file that is read. */
const MAX_FILE_BYTES = 1024 * 1024;

/** Where files keep their servers: most clients, VS Code's `mcp.json`, VS Code's settings. */
const SERVER_PATHS: readonly IssuePath[] = [['mcpServers'], ['servers'], ['mcp', 'servers']];

/** Read the servers of a configuration file: see `loadServers`. */
export async function readServers(path: string | URL, options: LoadOptions): Promise<ServerConfig[]> {
  const file = typeof path === 'string' ? path : fileURLToPath(path);
  const variables = options.env ?? process.env;
  const content = await readText(file);
  if ('problem' in content) throw new ConfigError([{ path: file, message: content.problem }]);
  const parsed = parseJsonc(content.text);
  if ('issues' in parsed)
    throw new ConfigError(parsed.issues.map((issue) => ({ ...issue, path: `${file}${issue.path}` })));
  const { at, servers } = findServers(parsed.value, file);
  const issues: ConfigIssue[] = [];
  const entries: ConfigEntry[] = [];
  for (const [name, entry] of Object.entries(servers)) {
    const translated = await loadEntry(name, entry, [...at, name], { variables, directory: dirname(file), issues });
    if (translated !== undefined) entries.push(translated);
  }
  return parseEntries(entries, issues);
}

interface EntryContext {
  readonly variables: Variables;
  readonly directory: string;
  readonly issues: ConfigIssue[];
}

async function loadEntry(
  name: string,
  entry: unknown,
  at: IssuePath,
  context: EntryContext,
): Promise<ConfigEntry | undefined> {
  if (!isRecord(entry)) return { at, input: entry };
  if (isDisabled(entry, at, context.issues)) return undefined;
  const { input, envFile, issues } = translateEntry(name, entry, at, context.variables);
  context.issues.push(...issues);
  // Without a transport there is nothing to check against, and what is missing has been said.
  if (input['transport'] === undefined) return undefined;
  if (envFile !== undefined) {
    const content = await readText(resolve(context.directory, envFile));
    if ('problem' in content) context.issues.push(issueAt([...at, 'envFile'], `names a file that ${content.problem}`));
    else input['env'] = mergeEnv(parseEnv(content.text), input['env']);
  }
  return { at, input };
}

/** A wrong `env` is left for the parser to name. */
function mergeEnv(fromFile: object, env: unknown): unknown {
  return env === undefined || isRecord(env) ? { ...fromFile, ...env } : env;
}

function findServers(root: unknown, file: string): { at: IssuePath; servers: Record<string, unknown> } {
  const found = SERVER_PATHS.flatMap((at) => {
    const servers = at.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), root);
    return servers === undefined ? [] : [{ at, servers }];
  });
  const [first, second] = found;
  if (first === undefined) {
    throw new ConfigError([
      { path: file, message: "must be an object with 'mcpServers' (or 'servers', as VS Code has it)" },
    ]);
  }
  if (second !== undefined)
    throw new ConfigError([issueAt(second.at, `must not stand beside '${first.at.join('.')}'`)]);
  if (!isRecord(first.servers)) throw new ConfigError([issueAt(first.at, 'must be an object of servers by name')]);
  return { at: first.at, servers: first.servers };
}

async function readText(file: string): Promise<{ text: string } | { problem: string }> {
  try {
    // Asked before opening: opening a pipe would wait for somebody to write to it.
    const stats = await stat(file);
    if (!stats.isFile()) return { problem: 'is not a regular file' };
    await using handle = await open(file, 'r');
    const buffer = Buffer.alloc(MAX_FILE_BYTES + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = (await handle.read(buffer, length, buffer.length - length)).bytesRead;
    }
    if (length > MAX_FILE_BYTES) return { problem: 'is larger than 1 MiB' };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, length)) };
  } catch (error) {
    return { problem: explainFileError(error) };
  }
}

function explainFileError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'does not exist';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read by this user';
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return 'is not UTF-8 text';
    default:
      return `could not be read${typeof code === 'string' ? ` (${code})` : ''}`;
  }
}
