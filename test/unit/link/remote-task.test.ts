import { describe, expect, it } from 'vitest';
import { isOver, readQuestions, readTask } from '../../../src/link/remote-task.ts';

const scrub = (text: string) => text.replaceAll('hunter2', '[redacted]');

describe('the state of a task that a server sent', () => {
  it('is read in the words of both eras', () => {
    const at = { createdAt: '2025-11-25T10:30:00Z', lastUpdatedAt: '2025-11-25T10:40:00Z' };
    const state = { id: 't', status: 'working', createdAt: at.createdAt, updatedAt: at.lastUpdatedAt };

    const old = readTask({ taskId: 't', status: 'working', ...at, ttl: 1_000, pollInterval: 20 }, scrub);
    const later = readTask({ taskId: 't', status: 'working', ...at, ttlMs: 1_000, pollIntervalMs: 20 }, scrub);

    expect(old).toEqual({ ...state, message: undefined, ttlMs: 1_000, pollIntervalMs: 20 });
    expect(later).toEqual(old);
  });

  it.each([
    undefined,
    null,
    'working',
    [],
    {},
    { taskId: 't' },
    { taskId: 't', status: 'asleep' },
    { taskId: 7, status: 'working' },
    { taskId: '', status: 'working' },
    { taskId: 'x'.repeat(8_193), status: 'working' },
  ])('is none when it is %j', (value) => {
    expect(readTask(value, scrub)).toBeUndefined();
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, '7', {}, null])('sets no time by %j', (time) => {
    const task = readTask({ taskId: 't', status: 'working', ttl: time, pollInterval: time }, scrub);

    expect([task?.ttlMs, task?.pollIntervalMs]).toEqual([null, undefined]);
  });

  it('says no secret, and no more than people read', () => {
    const said = {
      taskId: 't',
      status: 'failed',
      statusMessage: `hunter2 ${'x'.repeat(1_988)}hunter2${'x'.repeat(9_999)}`,
    };
    const task = readTask(said, scrub);

    expect(task?.message).toMatch(/^\[redacted\] x+/);
    expect(task?.message).not.toContain('hun');
    expect(task?.message).toHaveLength(2_000);
  });

  it('is over in three of five states', () => {
    const states = ['working', 'input_required', 'completed', 'failed', 'cancelled'] as const;

    expect(states.filter((status) => isOver({ status }))).toEqual(['completed', 'failed', 'cancelled']);
  });
});

describe('the questions of a task', () => {
  const isQuestion = (value: unknown) => typeof value === 'object' && value !== null && 'method' in value;

  it('are what is one, by its key, whatever that is', () => {
    const said: unknown = JSON.parse('{"__proto__":{"method":"a"},"b":7,"c":{"method":"c"}}');

    const questions = readQuestions(said, isQuestion);

    expect(Object.keys(questions)).toEqual(['__proto__', 'c']);
    expect(Object.getPrototypeOf(questions)).toBe(Object.prototype);
  });

  it('are none where there are none, and sixty-four at a time', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, { method: 'm' }]));

    expect([readQuestions(undefined, isQuestion), readQuestions('x', isQuestion)]).toEqual([{}, {}]);
    expect(Object.keys(readQuestions(many, isQuestion))).toHaveLength(64);
  });
});
