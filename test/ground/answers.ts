/** Walks a chart, every state times every event, and finds what is answered by accident or not at all. */

import type { AnyStateNode } from 'xstate';

/**
 * The pairs of state and event that nobody decided about: no transition in the state or above it, or one that does
 * nothing and does not say why. Walks the innermost states: a machine is always in one of them.
 */
export function unanswered(root: AnyStateNode, eventTypes: readonly string[]): string[] {
  const found: string[] = [];
  for (const node of nodesOf(root).filter(isInnermost)) {
    for (const type of eventTypes) {
      const complaint = complaintAbout(node, type);
      if (complaint !== undefined) found.push(`${node.id} × ${type}: ${complaint}`);
    }
  }
  return found;
}

function complaintAbout(node: AnyStateNode, type: string): string | undefined {
  const transitions = answerOf(node, type);
  if (transitions === undefined) return 'no answer';
  const silent = transitions.find(
    ({ target, actions, description }) => target === undefined && actions.length === 0 && description === undefined,
  );
  if (silent !== undefined) return 'ignored without a reason';
  return transitions.at(-1)?.guard === undefined ? undefined : 'no answer when all guards say no';
}

function answerOf(node: AnyStateNode, type: string): ReturnType<AnyStateNode['transitions']['get']> {
  const own = [...node.transitions].find(([descriptor]) => isMatch(descriptor, type))?.[1];
  return own ?? (node.parent === undefined ? undefined : answerOf(node.parent, type));
}

function isMatch(descriptor: string, type: string): boolean {
  if (!descriptor.endsWith('.*')) return descriptor === type;
  return type.startsWith(descriptor.slice(0, -1));
}

/** Whether a state has no states inside. */
export function isInnermost(node: AnyStateNode): boolean {
  return Object.keys(node.states).length === 0;
}

/** All states below a chart's root, in the order of the file. */
export function nodesOf(root: AnyStateNode): AnyStateNode[] {
  return Object.values(root.states).flatMap((node: AnyStateNode) => [node, ...nodesOf(node)]);
}
