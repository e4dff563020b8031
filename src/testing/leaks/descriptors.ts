/**
 * The sockets and pipes this process holds open, read from `/proc/self` (Linux). Unlike Node's own list it shows
 * those too that do not keep the process alive, such as an idle connection in a pool.
 */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Name each open socket and pipe once. Empty where there is no `/proc`. */
export function openDescriptors(): string[] {
  let names: string[];
  try {
    names = readdirSync('/proc/self/fd');
  } catch {
    return [];
  }
  const targets = new Set(names.map((name) => targetOf(name)));
  const connections = [...targets].some((target) => target?.startsWith('socket:')) ? tcpConnections() : undefined;
  return [...targets]
    .filter((target) => target !== undefined)
    .filter((target) => target.startsWith('socket:') || target.startsWith('pipe:'))
    .map((target) => nameOf(target, connections));
}

function targetOf(name: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${name}`);
  } catch {
    // The descriptor through which the directory was read is closed by now.
    return undefined;
  }
}

function nameOf(target: string, connections: ReadonlyMap<string, string> | undefined): string {
  const inode = /\[(\d+)\]/.exec(target)?.[1] ?? '';
  const connection = connections?.get(inode);
  return connection === undefined ? target : `${target} ${connection}`;
}

/** Ports of each TCP socket of this host, by inode. */
function tcpConnections(): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of ['/proc/self/net/tcp', '/proc/self/net/tcp6']) {
    for (const line of readFileSync(file, 'utf8').split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      const [, local, remote] = fields;
      const inode = fields[9];
      if (local === undefined || remote === undefined || inode === undefined) continue;
      found.set(inode, `(port ${portOf(local)} to ${portOf(remote)})`);
    }
  }
  return found;
}

function portOf(address: string): number {
  return Number.parseInt(address.slice(address.lastIndexOf(':') + 1), 16);
}
