import { describe, expect, it } from 'vitest';
import { KubeError, kubeError, unreachable } from './kube-errors.ts';

const terminal = (code: number, message = 'no'): boolean => new KubeError(code, '', message).terminal;

describe('a refusal', () => {
  it('tells what the server said, field by field', () => {
    const body = {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      message: 'Thing.example.dev "x" is invalid: spec.size: Unsupported value: "huge"',
      reason: 'Invalid',
      details: {
        causes: [{ reason: 'FieldValueNotSupported', message: 'Unsupported value: "huge"', field: 'spec.size' }],
      },
      code: 422,
    };
    const error = kubeError(422, JSON.stringify(body));
    expect(error).toBeInstanceOf(KubeError);
    expect(error).toMatchObject({
      status: 422,
      reason: 'Invalid',
      message: body.message,
      retryAfter: undefined,
      ambiguous: false,
    });
    expect(error.causes).toEqual([{ field: 'spec.size', message: 'Unsupported value: "huge"' }]);
  });

  it('tells when to come back, from the header or the body', () => {
    const body = JSON.stringify({ kind: 'Status', code: 429, details: { retryAfterSeconds: 7 } });
    expect(kubeError(429, body).retryAfter).toBe(7_000);
    expect(kubeError(429, body, '3').retryAfter).toBe(3_000);
    expect(kubeError(429, '', 'Wed, 21 Oct 2026 07:28:00 GMT').retryAfter).toBeUndefined();
  });

  it('is for good where the same write will be refused again, also by etcd’s own limit', () => {
    expect([400, 403, 413, 422].map((code) => terminal(code))).toEqual([true, true, true, true]);
    expect([401, 404, 409, 410, 429, 500, 503].some((code) => terminal(code))).toBe(false);
    expect(terminal(500, 'etcdserver: request is too large')).toBe(true);
    expect(terminal(500, 'etcdserver: request timed out')).toBe(false);
  });

  it('of a proxy in between is told as far as it can be', () => {
    expect(kubeError(503, '<html>\n  Bad\n</html>')).toMatchObject({
      status: 503,
      reason: '',
      message: '<html> Bad </html>',
      ambiguous: true,
    });
    expect(kubeError(502, '').message).toBe('HTTP 502');
    expect(kubeError(500, '"text"').message).toBe('"text"');
  });
});

describe('no answer', () => {
  it('because nothing listens is known to have changed nothing', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
    expect(unreachable(refused)).toMatchObject({ refused: true, neverSent: true });
    expect(unreachable(new AggregateError([refused, refused]))).toMatchObject({ refused: true });
  });

  it('after the request left is in doubt', () => {
    const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    expect(unreachable(reset)).toMatchObject({ code: 'ECONNRESET', refused: false, neverSent: false, cause: reset });
    expect(unreachable('odd')).toMatchObject({ code: 'UNKNOWN', neverSent: false });
  });
});
