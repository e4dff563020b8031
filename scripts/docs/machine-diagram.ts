/**
 * Draws an XState machine as a Mermaid state diagram, from its resolved definition: every state, its
 * initial child, and every transition that changes the state. What an event does without leaving a state is
 * left out. Generic: it knows nothing of our machines.
 */

/** The part of a resolved XState transition that the drawing needs. */
export interface ChartTransition {
  readonly eventType: string;
  readonly guard?: unknown;
  readonly target?: readonly ChartNode[] | undefined;
  readonly reenter: boolean;
}

/** The part of a resolved XState state node that the drawing needs; `machine.root` is one. */
export interface ChartNode {
  readonly key: string;
  readonly path: readonly string[];
  readonly type: string;
  readonly parent?: ChartNode | undefined;
  readonly states: Readonly<Record<string, ChartNode>>;
  readonly initial: { readonly target: readonly ChartNode[] | undefined };
  readonly transitions: ReadonlyMap<string, readonly ChartTransition[]>;
  readonly always?: readonly ChartTransition[] | undefined;
}

interface Edge {
  readonly from: ChartNode;
  readonly to: ChartNode;
  readonly labels: string[];
}

/** Draw the machine below its root, without a fence around it. */
export function machineDiagram(root: ChartNode): string {
  const edges = new Map<ChartNode, Edge[]>();
  const names = nodeNames(root);
  for (const node of [root, ...descendants(root)]) {
    for (const transition of [...(node.always ?? []), ...[...node.transitions.values()].flat()]) {
      for (const target of transition.target ?? []) {
        for (const source of sourcesOf(node, target, transition)) addEdge(edges, source, target, transition);
      }
    }
  }
  return ['stateDiagram-v2', ...drawInside(root, edges, names, '  ')].join('\n');
}

/**
 * Where a transition starts. One that stands at a compound state and leads to its inside is drawn from each
 * child instead, as Mermaid has no line from a state to its own child; a child that answers the event itself
 * is left out.
 */
function sourcesOf(node: ChartNode, target: ChartNode, transition: ChartTransition): readonly ChartNode[] {
  if (node === target || !isInside(target, node)) return [node];
  const answers = (child: ChartNode) =>
    child.transitions.get(transition.eventType)?.some((each) => each.guard === undefined) === true;
  return Object.values(node.states).filter((child) => {
    const leadsToItself = child === target || isInside(target, child);
    return !answers(child) && (transition.reenter || !leadsToItself);
  });
}

/** Lines are only drawn between neighbours, so both ends are lifted to the children of their common parent. */
function addEdge(
  edges: Map<ChartNode, Edge[]>,
  source: ChartNode,
  target: ChartNode,
  transition: ChartTransition,
): void {
  const scope = commonParent(source, target);
  const from = childToward(scope, source);
  const to = childToward(scope, target);
  const leaving = from === source ? '' : ` (from ${source.key})`;
  const entering = to === target || entersByItself(to, target) ? '' : ` (to ${target.key})`;
  const label = describe(transition) + leaving + entering;

  const drawn = edges.get(scope) ?? [];
  const edge = drawn.find((each) => each.from === from && each.to === to);
  if (edge === undefined) drawn.push({ from, to, labels: [label] });
  else if (!edge.labels.includes(label)) edge.labels.push(label);
  edges.set(scope, drawn);
}

function drawInside(
  node: ChartNode,
  edges: ReadonlyMap<ChartNode, readonly Edge[]>,
  names: ReadonlyMap<ChartNode, string>,
  indent: string,
): string[] {
  const name = (each: ChartNode) => names.get(each) ?? each.key;
  const children = Object.values(node.states);
  const lines: string[] = [];
  for (const child of node.initial.target ?? []) {
    if (node.type === 'compound') lines.push(`${indent}[*] --> ${name(childToward(node, child))}`);
  }
  for (const [index, child] of children.entries()) {
    const alias = name(child) === child.key ? child.key : `"${child.key}" as ${name(child)}`;
    const inside = drawInside(child, edges, names, `${indent}  `);
    if (node.type === 'parallel' && index > 0) lines.push(`${indent}--`);
    if (inside.length > 0) lines.push(`${indent}state ${alias} {`, ...inside, `${indent}}`);
    else lines.push(`${indent}${alias === child.key ? alias : `state ${alias}`}`);
  }
  for (const { from, to, labels } of edges.get(node) ?? []) {
    lines.push(`${indent}${name(from)} --> ${name(to)} : ${labels.join('<br/>')}`);
  }
  for (const child of children) {
    if (child.type === 'final') lines.push(`${indent}${name(child)} --> [*]`);
  }
  return lines;
}

/** A name in the drawing for each state: its key where that is unique, its whole path otherwise. */
function nodeNames(root: ChartNode): ReadonlyMap<ChartNode, string> {
  const nodes = descendants(root);
  return new Map(
    nodes.map((node) => {
      const unique = nodes.every((other) => other === node || other.key !== node.key);
      return [node, (unique ? node.key : node.path.join('_')).replaceAll(/\W/g, '_')];
    }),
  );
}

function describe({ eventType, guard }: ChartTransition): string {
  const condition = guard === undefined ? '' : `[${describeGuard(guard)}]`;
  return [describeEvent(eventType), condition].filter((part) => part !== '').join(' ') || 'at once';
}

function describeEvent(type: string): string {
  const [, kind, subject] = /^xstate\.(after|done\.actor|error\.actor|done\.state)\.([^.]+)/.exec(type) ?? [];
  if (kind === undefined || subject === undefined) return type === '*' ? 'any other event' : type;
  const actor = subject === '*' ? 'an actor' : subject;
  if (kind === 'after') return /^\d+$/.test(subject) ? `after ${subject} ms` : `after ${subject}`;
  return kind === 'error.actor' ? `${actor} crashed` : `${actor} ended`;
}

function describeGuard(guard: unknown): string {
  if (typeof guard === 'string') return guard;
  if (typeof guard === 'object' && guard !== null && 'type' in guard) return String(guard.type);
  if (typeof guard !== 'function') return 'condition';
  if (!('guards' in guard) || !Array.isArray(guard.guards)) return guard.name || 'condition';
  const parts = guard.guards.map(describeGuard);
  return guard.name === 'not' ? `not ${parts.join()}` : parts.join(` ${guard.name} `);
}

function entersByItself(from: ChartNode, target: ChartNode): boolean {
  const first = from.initial.target?.[0];
  return first !== undefined && (first === target || entersByItself(first, target));
}

function commonParent(a: ChartNode, b: ChartNode): ChartNode {
  let scope = a.parent;
  while (scope?.parent !== undefined && !isInside(b, scope)) scope = scope.parent;
  return scope ?? a;
}

function childToward(scope: ChartNode, node: ChartNode): ChartNode {
  let child = node;
  while (child.parent !== undefined && child.parent !== scope) child = child.parent;
  return child;
}

function isInside(node: ChartNode, ancestor: ChartNode): boolean {
  return node.parent !== undefined && (node.parent === ancestor || isInside(node.parent, ancestor));
}

function descendants(node: ChartNode): readonly ChartNode[] {
  return Object.values(node.states).flatMap((child) => [child, ...descendants(child)]);
}
