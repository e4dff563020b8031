/** A short story of three servers, and what the inspector has to know of it afterwards. */

import assert from 'node:assert/strict';
import { CONNECTION_STATES, type McpSupervisor, type ServerConfig } from 'mcp-supervisor';
import { InspectorView } from './inspector-view.ts';

const KILLED = 'everything';
const LIFE = ['connecting', 'initializing', 'ready'];

/** Connect to all, kill one, let it come back, close; the inspector's messages must tell all of it. */
export async function playStory(
  mcp: McpSupervisor,
  servers: readonly ServerConfig[],
  socketUrl: string,
): Promise<void> {
  await using view = await InspectorView.open(socketUrl);
  const happened = new Map(servers.map(({ name }) => [name, [] as string[]]));
  mcp.on('state', ({ server, to }) => happened.get(server)?.push(to));

  try {
    for (const result of await mcp.addServers(servers)) if (result.status === 'failed') throw result.error;
    const pid = mcp.getServerInfo(KILLED)?.pid;
    assert.ok(pid, `${KILLED} has no process`);
    const left = mcp.waitFor(KILLED, 'reconnecting');
    process.kill(pid, 'SIGKILL');
    await left;
    await mcp.waitFor(KILLED, 'ready');
  } finally {
    await mcp.close();
  }

  await view.until(() => view.messages.some((message) => isEndOfRoot(view, message)));
  check(view, happened);
}

function isEndOfRoot(view: InspectorView, message: InspectorView['messages'][number]): boolean {
  const [root] = view.actorsNamed('supervisor');
  return (
    message.type === '@xstate.snapshot' && message.sessionId === root?.sessionId && message.snapshot.status === 'done'
  );
}

function check(view: InspectorView, happened: ReadonlyMap<string, readonly string[]>): void {
  const [root] = view.actorsNamed('supervisor');
  assert.ok(root, 'the root actor is not in the inspector');
  assert.deepEqual(chartOf(root), ['closed', 'closing', 'running'], 'the chart of the supervisor');
  console.log('supervisor');

  for (const [server, states] of happened) {
    const [connection] = view.actorsNamed(`server:${server}`);
    assert.ok(connection, `the connection to ${server} is not in the inspector`);
    assert.equal(connection.parentId, root.sessionId, `the connection to ${server} is not a child of the supervisor`);
    assert.deepEqual(chartOf(connection), [...CONNECTION_STATES].sort(), `the chart of ${server}`);

    const expected = server === KILLED ? [...LIFE, 'reconnecting', ...LIFE, 'closed'] : [...LIFE, 'closed'];
    assert.deepEqual(states, expected, `the states of ${server}`);
    assert.deepEqual(view.statesOf(`server:${server}`), states, `the inspector missed a transition of ${server}`);

    const epochs = view.actorsNamed('epoch').filter(({ parentId }) => parentId === connection.sessionId);
    assert.equal(epochs.length, server === KILLED ? 2 : 1, `the epochs of ${server}`);
    console.log(`  ${server}: ${states.join(' -> ')} (epochs: ${epochs.length})`);
  }
  console.log(`The inspector saw all of it, in ${view.messages.length} messages.`);
}

/** The states of an actor's definition, which the inspector sends as text and in the order of their names. */
function chartOf({ definition }: InspectorView['actors'][number]): string[] {
  return Object.keys((JSON.parse(definition ?? '{}') as { states?: object }).states ?? {});
}
