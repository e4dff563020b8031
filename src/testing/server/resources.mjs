/**
 * The resources of the scripted server and one conversation's subscriptions to them. A resource is a text, or one text
 * per life of the server.
 */

import { pageOf } from './listing.mjs';

export class Resources {
  #subscribed = new Set();

  constructor(stage) {
    this.stage = stage;
  }

  /** What the handshake says of them: nothing where there are none. */
  get capability() {
    const { resources } = this.stage.behaviour.options;
    return resources === undefined ? {} : { resources: { subscribe: true, listChanged: true } };
  }

  /** Answer a request about resources; `undefined` for a request about something else. */
  answer(method, { uri, cursor }) {
    const { templates = [], pageSize } = this.stage.behaviour.options;
    switch (method) {
      case 'resources/list':
        return {
          result: pageOf(
            'resources',
            this.#uris.map((each) => ({ uri: each, name: each })),
            cursor,
            pageSize,
          ),
        };
      case 'resources/templates/list':
        return {
          result: pageOf(
            'resourceTemplates',
            templates.map((each) => ({ uriTemplate: each, name: each })),
            cursor,
            pageSize,
          ),
        };
      case 'resources/read': {
        const text = this.#textOf(uri);
        if (text === undefined) return { error: { code: -32002, message: `no resource ${uri}` } };
        return { result: { contents: [{ uri, mimeType: 'text/plain', text }] } };
      }
      case 'resources/subscribe':
        if (!this.#uris.includes(uri)) return { error: { code: -32002, message: `no resource ${uri}` } };
        this.#subscribed.add(uri);
        return { result: {} };
      case 'resources/unsubscribe':
        this.#subscribed.delete(uri);
        return { result: {} };
      default:
        return undefined;
    }
  }

  isSubscribed(uri) {
    return this.#subscribed.has(uri);
  }

  get #uris() {
    return Object.keys(this.stage.behaviour.options.resources ?? {});
  }

  #textOf(uri) {
    const { behaviour, texts } = this.stage;
    const text = texts.get(uri) ?? behaviour.options.resources?.[uri];
    return Array.isArray(text) ? (text[behaviour.life - 1] ?? text.at(-1)) : text;
  }
}
