/** The smallest model there is: it answers with what it was asked last. A real one is a request to a provider here. */

import type { SamplingRequest } from 'mcp-supervisor';

/** Its name, for the answers. */
export const SMALL_MODEL = 'small-model-1';

/** What it answers to messages. Rejects when it is aborted. */
export async function complete({ messages, maxTokens }: SamplingRequest, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const { content } = messages.at(-1) ?? { content: [] };
  const texts = [content].flat().flatMap((block) => (block.type === 'text' ? [block.text] : []));
  return `You said: ${texts.join(' ')}`.split(' ').slice(0, maxTokens).join(' ');
}
