import { ApiError, CircuitOpenError, ConnectionError, DeadlineError } from '@private-lending/client';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../config/config.ts';
import { StoreError, StoreSetupError } from '../storage/store.ts';
import { AdvisedError, describeFailure, isNeverReached, UnreachableError } from './failure.ts';
import { UsageError } from './lending-command.ts';

type Case = [name: string, error: unknown, exitCode: number];

const context = { requestId: 'r1', attempts: 1, retryable: true };

function apiError(status: number, body: unknown = { success: false, error: 'CONFLICT', message: 'no' }): ApiError {
  return new ApiError('no', { ...context, status, body, code: 'CONFLICT', details: [] });
}

const refusedConnection = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

describe('describeFailure', () => {
  it.each<Case>([
    ['a usage error', new UsageError('no'), 2],
    ['invalid settings', new ConfigError(['no']), 2],
    ['a store that is missing', new StoreSetupError('no'), 2],
    ['a store that does not respond', new StoreSetupError('no', refusedConnection), 4],
    ['a busy store', new StoreError('busy', 'no'), 4],
    ...[400, 401, 403, 404, 405, 409, 413, 415, 417, 422, 431].map((status): Case => [`status ${status}`, apiError(status), 3]),
    ...[408, 429, 502, 503, 504].map((status): Case => [`status ${status}`, apiError(status), 4]),
    ['status 500', apiError(500), 1],
    ['a server that does not respond', new UnreachableError('no'), 4],
    ['a lost connection', new ConnectionError('no', context), 4],
    ['a deadline', new DeadlineError('no', context), 4],
    ['an open circuit', new CircuitOpenError('no', context), 4],
    ['advice about an error', new AdvisedError(apiError(401), 'sign in'), 3],
    ['anything else', new TypeError('no'), 1],
    ['what is no error', 'no', 1],
  ])('sorts %s', (_, error, exitCode) => {
    const described = describeFailure(error, false);
    expect(described.exitCode).toBe(exitCode);
    expect(described.body).toMatchObject({
      success: false,
      error: expect.stringMatching(/^[A-Z_]+$/),
      message: expect.any(String),
    });
    expect(described.text).not.toContain('    at ');
  });

  it('shows a stack trace only for an unexpected error, and only on demand', () => {
    const [unexpected, expected, quiet] = [
      describeFailure(new TypeError('no'), true),
      describeFailure(new ConfigError(['no']), true),
      describeFailure(new TypeError('no'), false),
    ];
    expect(unexpected.text).toContain('    at ');
    expect(unexpected.body).toMatchObject({ stack: expect.stringContaining('    at ') });
    for (const { text, body } of [expected, quiet]) expect(`${text}${JSON.stringify(body)}`).not.toContain('    at ');
  });

  it('puts the page of a proxy into the form of an error', () => {
    expect(describeFailure(apiError(502, '<html>'), false).body).toMatchObject({ success: false, status: 502, request_id: 'r1' });
  });

  it('adds advice to the text and to the JSON', () => {
    const { text, body } = describeFailure(new AdvisedError(new UsageError('no token'), 'sign in'), false);
    expect([text, body]).toEqual(['no token\nsign in', expect.objectContaining({ message: 'no token', advice: 'sign in' })]);
  });
});

describe('isNeverReached', () => {
  it('finds the code of a host that can not be reached in the causes of an error', () => {
    const wrapped = (cause: unknown) => new Error('failed', { cause: new AggregateError([cause]) });
    expect([refusedConnection, wrapped(refusedConnection), new Error('other'), 'text'].map(isNeverReached)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
