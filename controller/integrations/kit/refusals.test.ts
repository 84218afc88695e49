import { describe, expect, it } from 'vitest';
import { deadAddress } from '../../../test/emulators/listen.ts';
import { systemClock } from '../../runtime/clock.ts';
import { http } from './http.ts';
import { failureOf } from '../../../test/conformance/calls.ts';
import { byCode, networkFailure } from './refusals.ts';

const coded = (code: string, more: object = {}): Error => Object.assign(new Error(code), { code, ...more });
const behind = (...causes: Error[]): Error =>
  new TypeError('fetch failed', { cause: causes.length === 1 ? causes[0] : new AggregateError(causes) });

describe('a network failure', () => {
  it.each<[string, Error, 'unsent' | 'untrusted' | undefined, string[]]>([
    ['nobody listens', behind(coded('ECONNREFUSED')), 'unsent', ['ECONNREFUSED']],
    ['no such host', behind(coded('ENOTFOUND', { syscall: 'getaddrinfo' })), 'unsent', ['ENOTFOUND']],
    ['no way to the host', behind(coded('EHOSTUNREACH', { syscall: 'connect' })), 'unsent', ['EHOSTUNREACH']],
    ['no connection in time', behind(coded('UND_ERR_CONNECT_TIMEOUT')), 'unsent', ['UND_ERR_CONNECT_TIMEOUT']],
    ['a proxy lets nothing through', behind(new Error('Proxy response (407) !== 200')), 'unsent', ['PROXY_REFUSED']],
    [
      'two addresses, nobody there',
      behind(coded('ECONNREFUSED'), coded('ENOTFOUND')),
      'unsent',
      ['ECONNREFUSED', 'ENOTFOUND'],
    ],
    ['two addresses, one of them cut', behind(coded('ECONNREFUSED'), coded('ECONNRESET')), undefined, []],
    ['an expired certificate', behind(coded('CERT_HAS_EXPIRED')), 'untrusted', ['CERT_HAS_EXPIRED']],
    [
      'a certificate of its own',
      behind(coded('DEPTH_ZERO_SELF_SIGNED_CERT')),
      'untrusted',
      ['DEPTH_ZERO_SELF_SIGNED_CERT'],
    ],
    [
      'a certificate of another host',
      behind(coded('ERR_TLS_CERT_ALTNAME_INVALID')),
      'untrusted',
      ['ERR_TLS_CERT_ALTNAME_INVALID'],
    ],
    ['cut after it left', behind(coded('ECONNRESET', { syscall: 'read' })), undefined, []],
    ['no answer in time', behind(coded('UND_ERR_HEADERS_TIMEOUT')), undefined, []],
    ['an error without a code', new Error('stopped'), undefined, []],
  ])('%s', (_, error, what, codes) => {
    const found = networkFailure(error);
    expect([found?.what, found?.codes ?? []]).toEqual([what, codes]);
  });

  it('is what a request to nobody meets', async () => {
    const out = http(systemClock);
    const error = await failureOf(out.send(deadAddress, {}));
    out.close();
    expect(networkFailure(error)).toMatchObject({ what: 'unsent', codes: ['ECONNREFUSED'] });
  });

  it.each(['ECONNREFUSED', undefined, null])('is no value that is no error: %s', (error) => {
    expect(networkFailure(error)).toBeUndefined();
  });
});

it('a refusal is found by each of its codes', () => {
  const refusal = { reason: 'TooManyRequests' as const, help: 'remove some', codes: ['too_many', 'no_more'] };
  const found = byCode([refusal]);
  expect([found.get('too_many'), found.get('no_more'), found.get('other')]).toEqual([refusal, refusal, undefined]);
});
