import { expect, it } from 'vitest';
import { withDefaults } from '../../../src/asking/elicitation-defaults.ts';
import type { ElicitationRequest } from '../../../src/asking/elicitation-request.ts';

const FORM: ElicitationRequest = {
  message: 'who?',
  requestedSchema: {
    type: 'object',
    properties: {
      name: { type: 'string', default: 'nobody' },
      age: { type: 'integer', default: 0 },
      mail: { type: 'string' },
    },
  },
};

it('fills in what was left out, and nothing that was not', () => {
  expect(withDefaults(FORM, { action: 'accept', content: { name: 'somebody' } })).toEqual({
    action: 'accept',
    content: { name: 'somebody', age: 0 },
  });
  expect(withDefaults(FORM, { action: 'accept' })).toEqual({ action: 'accept', content: { name: 'nobody', age: 0 } });
});

it.each(['decline', 'cancel'] as const)('adds nothing to a %s', (action) => {
  expect(withDefaults(FORM, { action })).toEqual({ action });
});

it('adds nothing to the consent to open a page', () => {
  const page: ElicitationRequest = { mode: 'url', message: 'open', url: 'https://example.test', elicitationId: '1' };

  expect(withDefaults(page, { action: 'accept' })).toEqual({ action: 'accept' });
});
