/**
 * The prompts of the scripted server: each a text, in which `{name}` stands for the argument of that name; and what it
 * completes values of arguments with.
 */

import { pageOf } from './listing.mjs';

export class Prompts {
  constructor(stage) {
    this.stage = stage;
  }

  /** What the handshake says of them: nothing where there are none. */
  get capability() {
    const { prompts, completions } = this.stage.behaviour.options;
    return {
      ...(prompts === undefined ? {} : { prompts: { listChanged: true } }),
      ...(completions === undefined ? {} : { completions: {} }),
    };
  }

  /** Answer a request about prompts; `undefined` for a request about something else. */
  answer(method, params) {
    const { prompts, completions, pageSize } = this.stage.behaviour.options;
    switch (method) {
      case prompts && 'prompts/list': {
        const entries = Object.entries(prompts).map(([name, text]) => ({ name, arguments: argumentsOf(text) }));
        return { result: pageOf('prompts', entries, params.cursor, pageSize) };
      }
      case prompts && 'prompts/get': {
        const text = prompts[params.name];
        if (text === undefined) return { error: { code: -32602, message: `no prompt ${params.name}` } };
        const filled = text.replaceAll(/\{(\w+)\}/g, (_, name) => params.arguments?.[name] ?? '');
        return { result: { messages: [{ role: 'user', content: { type: 'text', text: filled } }] } };
      }
      case completions && 'completion/complete': {
        const { name, value } = params.argument;
        const values = (completions[name] ?? []).filter((each) => each.startsWith(value));
        return { result: { completion: { values, total: values.length, hasMore: false } } };
      }
      default:
        return undefined;
    }
  }
}

function argumentsOf(text) {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, required: true }));
}
