/** In which order servers are started: dependencies first, otherwise as given. Knows names only. */

import { ConfigError, type ConfigIssue } from '../errors.ts';
import { issueAt, quoteName } from './issue.ts';

/** What the order depends on. */
export interface Dependent {
  readonly name: string;
  readonly dependsOn?: readonly string[] | undefined;
}

/**
 * Order servers so that each comes after those it depends on, and otherwise keeps its place.
 *
 * **Errors** one `ConfigError` that names every cycle and every dependency that is neither in `configs` nor in `known`.
 */
export function topologicalOrder<C extends Dependent>(configs: readonly C[], known: Iterable<string>): C[] {
  // The rule, and every server that is added comes by here.
  if (configs.every(({ dependsOn = [] }) => dependsOn.length === 0)) return [...configs];
  const { ordered, issues } = walk(configs);
  const names = new Set([...known, ...configs.map((config) => config.name)]);
  for (const config of configs) {
    for (const [index, dependency] of (config.dependsOn ?? []).entries()) {
      if (names.has(dependency)) continue;
      issues.push(
        issueAt(['servers', config.name, 'dependsOn', index], `${quoteName(dependency)} is not a known server`),
      );
    }
  }
  if (issues.length > 0) throw new ConfigError(issues);
  return ordered;
}

/** Find the cycles among `configs`, each reported once; dependencies outside of them are passed over. */
export function dependencyCycles(configs: readonly Dependent[]): ConfigIssue[] {
  return walk(configs).issues;
}

/** Depth first and without recursion: a chain of dependencies may be longer than the stack. */
function walk<C extends Dependent>(configs: readonly C[]): { ordered: C[]; issues: ConfigIssue[] } {
  const byName = new Map(configs.map((config) => [config.name, config]));
  const placed = new Set<string>();
  const ordered: C[] = [];
  const issues: ConfigIssue[] = [];
  for (const start of configs) {
    const path = placed.has(start.name) ? [] : [{ config: start, next: 0 }];
    const onPath = new Set([start.name]);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const dependency = byName.get(top.config.dependsOn?.[top.next] ?? '');
      if (top.next >= (top.config.dependsOn?.length ?? 0)) {
        path.pop();
        onPath.delete(top.config.name);
        placed.add(top.config.name);
        ordered.push(top.config);
        continue;
      }
      top.next += 1;
      if (dependency === undefined || placed.has(dependency.name)) continue;
      if (onPath.has(dependency.name)) {
        const names = path.map((step) => step.config.name);
        issues.push(describeCycle(names.slice(names.indexOf(dependency.name))));
        continue;
      }
      path.push({ config: dependency, next: 0 });
      onPath.add(dependency.name);
    }
  }
  return { ordered, issues };
}

function describeCycle(names: readonly string[]): ConfigIssue {
  const first = names[0] ?? '';
  const round = [...names, first].map(quoteName).join(' -> ');
  return issueAt(['servers', first, 'dependsOn'], `the servers wait for each other: ${round}`);
}
