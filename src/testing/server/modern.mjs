/**
 * What is different in a conversation of revision 2026-07-28: no handshake, every request says who asks, a subscription
 * carries what the server says by itself, and what it wants to know it asks for in its answer.
 */

export const MODERN_REVISION = '2026-07-28';

const REVISION_KEY = 'io.modelcontextprotocol/protocolVersion';
const SUBSCRIPTION_KEY = 'io.modelcontextprotocol/subscriptionId';

/** What each kind of change is called in a subscription. */
const CHANGES = {
  'notifications/tools/list_changed': 'toolsListChanged',
  'notifications/resources/list_changed': 'resourcesListChanged',
  'notifications/prompts/list_changed': 'promptsListChanged',
};

/** Whether a message says that it is of this revision. */
export function isModern(message) {
  return message?.method === 'server/discover' || message?.params?._meta?.[REVISION_KEY] !== undefined;
}

/** The subscriptions of one conversation. */
export class Subscriptions {
  #open = new Map();

  constructor(stage) {
    this.stage = stage;
  }

  /** Subscribe, for as long as the channel is open; the reply is its end. */
  async listen(id, { notifications: filter = {} }, channel, signal) {
    this.#open.set(id, { filter, channel });
    this.stage.journal.write('listening-to', { filter });
    const params = { notifications: filter, _meta: { [SUBSCRIPTION_KEY]: id } };
    channel.send({ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params });
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
      this.#open.get(id).end = resolve;
    });
    this.#open.delete(id);
    return { _meta: { [SUBSCRIPTION_KEY]: id } };
  }

  /** End every subscription in good order. */
  end() {
    for (const { end } of this.#open.values()) end();
  }

  /** Tell those who subscribed to it. */
  notify(method, params = {}) {
    for (const [id, { filter, channel }] of this.#open) {
      const isWanted =
        method === 'notifications/resources/updated'
          ? filter.resourceSubscriptions?.includes(params.uri)
          : method === 'notifications/tasks'
            ? filter.taskIds?.includes(params.taskId)
            : filter[CHANGES[method]] === true;
      const meta = { ...params._meta, [SUBSCRIPTION_KEY]: id };
      if (isWanted) channel.send({ jsonrpc: '2.0', method, params: { ...params, _meta: meta } });
    }
  }
}

/** The answer to `server/discover`. */
export function discovery({ name = 'scripted', instructions, logging }, more) {
  return {
    supportedVersions: [MODERN_REVISION],
    capabilities: { tools: { listChanged: true }, ...(logging ? { logging: {} } : {}), ...more },
    ...(instructions === undefined ? {} : { instructions }),
    ttlMs: 0,
    cacheScope: 'private',
    _meta: { 'io.modelcontextprotocol/serverInfo': { name, version: '1.0.0' } },
  };
}

/** The tools that exist in this revision only: what a server asks for comes back in further rounds of the call. */
export const MODERN_TOOLS = [
  { name: 'ask-again', description: 'Ask for input, so many times', inputSchema: { type: 'object' } },
];

/** Ask for input, or for all of `inputs`, until it was given `rounds` times; replies with what was given. */
export function askAgain({ rounds = 1, method = 'roots/list', params = {}, inputs }, { inputResponses, requestState }) {
  const given = requestState === undefined ? [] : JSON.parse(requestState);
  if (inputResponses !== undefined) given.push(inputs === undefined ? inputResponses.it : inputResponses);
  if (given.length >= rounds) return { content: [{ type: 'text', text: JSON.stringify(given) }] };
  return {
    resultType: 'input_required',
    inputRequests: inputs ?? { it: { method, params } },
    requestState: JSON.stringify(given),
  };
}
